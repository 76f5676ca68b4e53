/** Founding an organization, entering one, and the one-time set-up. */
import { z } from 'zod';
import { foundOrganization, updateOrganization } from '#shared/protocol/api.ts';
import { founded, me, organization, setupState } from '#shared/protocol/identity.ts';
import { forbidden, notFound } from '#shared/protocol/errors.ts';
import type { Access } from '../../access/access.ts';
import { neighbourhood } from '../../access/limits.ts';
import { mayInOrganization } from '../../access/policies.ts';
import { setCookies } from '../cookies.ts';
import { route, type Route } from '../route.ts';
import { meOf } from './session.ts';

export const organizationRoutes = (access: Access): Route[] => [
  route({
    method: 'get',
    path: '/setup',
    summary: 'Whether this server waits for its first organization, and whether a set-up token is good',
    policy: 'public',
    query: z.object({ token: z.string().max(200).optional() }),
    answer: setupState,
    handle: async ({ query, address }) => {
      if (!query.token) return { needed: await access.setup.needed(), valid: false };
      await access.limits.take('founding', neighbourhood(address));
      return { needed: await access.setup.needed(), valid: await access.setup.valid(query.token) };
    }
  }),
  route({
    method: 'post',
    path: '/organizations',
    summary: 'Found an organization, with its founder and first space; signs the founder in',
    policy: 'public',
    body: foundOrganization,
    answer: founded,
    status: 201,
    handle: async ({ body, person, address, request, response }) => {
      await access.limits.take('founding', neighbourhood(address));
      const made = await access.founding.found(body, { person });
      const organization = made.organization.id;
      const [kind, id] = (person?.credential ?? '').split(':') as [string, string];
      if (kind === 'session' && person?.user === made.user.id) await access.sessions.enter(id, organization);
      else if (body.founder) {
        const visit = { address, agent: request.headers['user-agent'] };
        const { cookies } = await access.sessions.begin(made.user.email, body.founder.password, visit);
        setCookies(response, cookies);
      }
      return made;
    }
  }),
  route({
    method: 'get',
    path: '/organization',
    tag: 'organizations',
    summary: 'The organization one is in',
    policy: ({ actor }) => mayInOrganization(actor, 'organization:read'),
    answer: organization,
    handle: async ({ actor }) => {
      const found = await access.members.organization(actor.organization);
      if (!found) throw notFound();
      return found;
    }
  }),
  route({
    method: 'patch',
    path: '/organization',
    tag: 'organizations',
    summary: 'Change what the organization says of itself; what is left out stays',
    policy: ({ actor }) => mayInOrganization(actor, 'organization:update'),
    body: updateOrganization,
    answer: organization,
    handle: ({ actor, body }) => access.members.change(actor.organization, body)
  }),
  route({
    method: 'post',
    path: '/organizations/{id}/enter',
    summary: 'Go to another organization one is a member of',
    policy: 'person',
    answer: me,
    handle: async ({ person, params }) => {
      const role = await access.members.roleOf(params.id, person.user);
      if (!role) throw notFound();
      const [kind, id] = person.credential.split(':') as [string, string];
      if (kind !== 'session')
        throw forbidden({
          title: 'An API key stays in its organization.',
          detail: 'Make a key in the other organization.'
        });
      await access.members.entered(params.id, person.user, new Date(access.now()));
      await access.sessions.enter(id, params.id);
      return meOf(access, { ...person, organization: params.id, role });
    }
  })
];
