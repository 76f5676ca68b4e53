/**
 * The local control channel: what `./ume admin` asks of the running server. Opened by the token of `server.json` in the
 * data folder, which changes with every start.
 */
import { z } from 'zod';
import { foundOrganization, invite } from '#shared/protocol/api.ts';
import { founded, invited } from '#shared/protocol/identity.ts';
import type { Access } from '../../access/access.ts';
import { initialize, inviteAs, listAll } from '../../access/operator.ts';
import { addressFor, invitationLink, setupLink } from '../links.ts';
import { route, type Route } from '../route.ts';

export const adminRoutes = (access: Access, url: string | undefined): Route[] => [
  route({
    method: 'post',
    path: '/admin/init',
    summary: 'Found an organization and make its founder an API key',
    policy: 'operator',
    body: foundOrganization,
    answer: founded.extend({ apiKey: z.string() }),
    handle: ({ body }) => initialize(access, body)
  }),
  route({
    method: 'post',
    path: '/admin/set-up-link',
    summary: 'The one-time set-up link, while there is one',
    policy: 'operator',
    answer: z.object({ url: z.string().nullable() }),
    handle: async ({ request }) => {
      const token = await access.setup.ensureToken();
      return { url: token === null ? null : setupLink(addressFor(request, url), token) };
    }
  }),
  route({
    method: 'post',
    path: '/admin/invite',
    summary: 'Invite somebody to an organization',
    policy: 'operator',
    body: invite.extend({ organization: z.string().max(200) }),
    answer: invited,
    handle: async ({ body: { organization, ...wish }, request }) => {
      const made = await inviteAs(access, organization, wish);
      return {
        id: made.id,
        url: invitationLink(addressFor(request, url), made.token),
        expiresAt: made.expiresAt.toISOString()
      };
    }
  }),
  route({
    method: 'post',
    path: '/admin/list',
    summary: 'Organizations and their people',
    policy: 'operator',
    handle: () => listAll(access)
  })
];
