/** Everything the screens ask of the server, by name. Lists and documents go over lib/live instead. */
import { z } from 'zod';
import type { Row } from '#shared/kernel/row.ts';
import type {
  acceptInvite,
  createKey,
  createRecord,
  foundOrganization,
  invite,
  queryRecords,
  signIn,
  updateOrganization
} from '#shared/protocol/api.ts';
import * as identity from '#shared/protocol/identity.ts';
import { ask } from './request.ts';

export type Me = identity.Me;
export type OrganizationDetails = z.output<typeof identity.organization>;
export type Invitation = z.output<typeof identity.invitation>;
export type ApiKey = z.output<typeof identity.apiKey>;

const at = encodeURIComponent;
const ulid = (id: string): string => id.slice(id.indexOf('/') + 1);

/** Rows are the server's own work: their frame is checked, and their fields are for whoever knows the type. */
const row = z.looseObject({
  id: z.string(),
  type: z.string(),
  fields: z.record(z.string(), z.unknown())
}) as unknown as z.ZodType<Row>;
const rows = z.object({ rows: z.array(row), cursor: z.string().nullish(), position: z.number() });

export const setUp = {
  /** Whether nobody has founded anything here yet, and whether this token is the one of the set-up link. */
  look: (token: string) => ask('GET', `/setup?token=${at(token)}`, { answer: identity.setupState }),
  found: (body: z.input<typeof foundOrganization>) =>
    ask('POST', '/organizations', { body, answer: identity.founded })
};

export const auth = {
  signIn: (body: z.input<typeof signIn>) => ask('POST', '/auth/sign-in', { body }),
  signOut: () => ask('POST', '/auth/sign-out'),
  /** Who is signed in, if anybody: asked of pages that strangers open, too. */
  session: () => ask('GET', '/session', { answer: identity.session }),
  rename: (name: string) => ask('PATCH', '/me', { body: { name }, answer: identity.me }),
  enter: (organization: string) =>
    ask('POST', `/organizations/${at(organization)}/enter`, { answer: identity.me })
};

export const organization = {
  update: (body: z.input<typeof updateOrganization>) =>
    ask('PATCH', '/organization', { body, answer: identity.organization }),
  members: () => ask('GET', '/members', { answer: z.array(identity.member) }),
  removeMember: (id: string) => ask('DELETE', `/members/${at(id)}`)
};

export const invitations = {
  create: (body: z.input<typeof invite>) => ask('POST', '/invitations', { body, answer: identity.invited }),
  list: () => ask('GET', '/invitations', { answer: z.array(identity.invitation) }),
  revoke: (id: string) => ask('DELETE', `/invitations/${at(id)}`),
  byToken: (token: string) =>
    ask('GET', `/invitations/by-token/${at(token)}`, { answer: identity.invitationLook }),
  /** Without a body: the person who is signed in joins. */
  accept: (token: string, body: z.input<typeof acceptInvite> | Record<string, never> = {}) =>
    ask('POST', `/invitations/by-token/${at(token)}/accept`, { body })
};

export const keys = {
  create: (body: z.input<typeof createKey>) => ask('POST', '/keys', { body, answer: identity.keyMade }),
  list: () => ask('GET', '/keys', { answer: z.array(identity.apiKey) }),
  remove: (id: string) => ask('DELETE', `/keys/${at(id)}`)
};

export const records = {
  create: (type: string, body: z.input<typeof createRecord>) =>
    ask('POST', `/records/${type}`, { body, answer: row }),
  patch: (type: string, id: string, fields: Record<string, unknown>) =>
    ask('PATCH', `/records/${type}/${ulid(id)}`, { body: { fields }, answer: row }),
  remove: (type: string, id: string) => ask('DELETE', `/records/${type}/${ulid(id)}`),
  /** Brings a removed one back. */
  restore: (type: string, id: string) =>
    ask('POST', `/records/${type}/${ulid(id)}/commands/restore`, { body: {}, answer: row }),
  query: (type: string, body: z.input<typeof queryRecords> = {}) =>
    ask('POST', `/records/${type}/query`, { body, answer: rows })
};
