/** People of an organization, and inviting more. */
import { z } from 'zod';
import { acceptInvite, invite } from '#shared/protocol/api.ts';
import { accepted, invitation, invitationLook, invited, member } from '#shared/protocol/identity.ts';
import { forbidden } from '#shared/protocol/errors.ts';
import type { Access } from '../../access/access.ts';
import { neighbourhood } from '../../access/limits.ts';
import { mayInOrganization } from '../../access/policies.ts';
import { setCookies } from '../cookies.ts';
import { addressFor, invitationLink } from '../links.ts';
import { route, type Route } from '../route.ts';

export const memberRoutes = (access: Access, url: string | undefined): Route[] => [
  route({
    method: 'get',
    path: '/members',
    summary: 'Everybody in the organization',
    policy: ({ actor }) => mayInOrganization(actor, 'members:read'),
    answer: z.array(member),
    handle: ({ actor }) => access.members.list(actor.organization)
  }),
  route({
    method: 'delete',
    path: '/members/{id}',
    summary: 'End a membership; the person is out at once',
    policy: ({ actor }) => mayInOrganization(actor, 'members:remove'),
    handle: ({ actor, params }) => access.endMembership(actor.organization, params.id)
  }),
  route({
    method: 'post',
    path: '/invitations',
    summary: 'Invite somebody: a link, shown once, that lets one person in',
    policy: ({ actor }) => mayInOrganization(actor, 'members:invite'),
    body: invite,
    answer: invited,
    status: 201,
    handle: async ({ actor, body, request }) => {
      const made = await access.invitations.create(actor, body);
      return {
        id: made.id,
        url: invitationLink(addressFor(request, url), made.token),
        expiresAt: made.expiresAt.toISOString()
      };
    }
  }),
  route({
    method: 'get',
    path: '/invitations',
    summary: 'Invitations of the organization, newest first',
    policy: ({ actor }) => mayInOrganization(actor, 'members:invite'),
    answer: z.array(invitation),
    handle: ({ actor }) => access.invitations.list(actor.organization)
  }),
  route({
    method: 'delete',
    path: '/invitations/{id}',
    summary: 'Take an invitation back',
    policy: ({ actor }) => mayInOrganization(actor, 'members:invite'),
    handle: ({ actor, params }) => access.invitations.remove(actor.organization, params.id)
  }),
  route({
    method: 'get',
    path: '/invitations/by-token/{token}',
    summary: 'What an invitation says to whoever opens its link',
    policy: 'public',
    answer: invitationLook,
    handle: async ({ params, address }) => {
      await access.limits.take('invitation', neighbourhood(address));
      return access.invitations.look(params.token);
    }
  }),
  route({
    method: 'post',
    path: '/invitations/by-token/{token}/accept',
    summary: 'Accept an invitation: as who is signed in, or with a new account (then name, email, password)',
    policy: 'public',
    body: acceptInvite.partial().default({}),
    answer: accepted,
    handle: async ({ params, body, person, address, request, response }) => {
      await access.limits.take('invitation', neighbourhood(address));
      if (person) {
        const [kind, id] = person.credential.split(':') as [string, string];
        if (kind !== 'session') throw forbidden({ title: 'An API key cannot accept an invitation.' });
        const made = await access.invitations.accept(params.token, person);
        await access.members.entered(made.organization.id, person.user, new Date(access.now()));
        await access.sessions.enter(id, made.organization.id);
        return made;
      }
      const account = acceptInvite.parse(body);
      const made = await access.invitations.accept(params.token, account);
      const visit = { address, agent: request.headers['user-agent'] };
      const { cookies } = await access.sessions.begin(account.email, account.password, visit);
      setCookies(response, cookies);
      return made;
    }
  })
];
