/** Answers of the HTTP API about people, organizations and ways in, as zod schemas; `openapi.json` is made from them. */
import { z } from 'zod';
import { ORGANIZATION_TYPES } from '#shared/kernel/organization.ts';

const instant = z.string().describe('ISO 8601, UTC');
const role = z.enum(['founder', 'member', 'viewer']);
const invitedRole = z.enum(['member', 'viewer']);

export const user = z.object({ id: z.string(), name: z.string(), email: z.string() });
export const member = user.extend({ role });

export const organization = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(ORGANIZATION_TYPES.map((each) => each.key)),
  country: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  contact: z.object({
    email: z.string().optional(),
    phone: z.string().optional(),
    website: z.string().optional(),
    address: z.string().optional()
  })
});

/** `GET me`: who is signed in, where they are, and where else they could go. */
export const me = z.object({
  user,
  organization: organization.nullable(),
  role: role.nullable(),
  organizations: z.array(z.object({ id: z.string(), name: z.string(), role }))
});
export type Me = z.output<typeof me>;

/** `GET session`: as `me`, with an answer for those who are not signed in as well. */
export const session = z.object({ me: me.nullable() });

/** `POST auth/token`: opens documents and sockets until it expires; ask anew before that. */
export const token = z.object({ token: z.string(), expiresAt: instant });

/** `GET setup` */
export const setupState = z.object({
  /** Whether nobody has founded anything on this server yet. */
  needed: z.boolean(),
  /** Whether the token given may found. */
  valid: z.boolean()
});

/** `POST organizations` */
export const founded = z.object({ organization, user, space: z.string() });

/** `POST invitations`: the link is shown once. */
export const invited = z.object({ id: z.string(), url: z.string(), expiresAt: instant });
export const invitation = z.object({
  id: z.string(),
  role: invitedRole,
  email: z.string().nullable(),
  /** User id of who invited. */
  by: z.string(),
  createdAt: instant,
  expiresAt: instant,
  state: z.enum(['open', 'used', 'expired'])
});
/** `GET invitations/by-token/{token}`: what whoever opens the link sees. */
export const invitationLook = z.object({
  organization: z.object({ name: z.string() }),
  by: z.object({ name: z.string() }),
  role: invitedRole,
  /** The only address that may accept it, if it is bound to one. */
  email: z.string().nullable(),
  expiresAt: instant
});
export const accepted = z.object({ organization, user, role: invitedRole });

/** `POST keys`: the key is shown once. */
export const keyMade = z.object({ id: z.string(), key: z.string() });
export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  /** User id of whom it acts for. */
  user: z.string(),
  createdAt: instant,
  usedAt: instant.nullable(),
  expiresAt: instant.nullable()
});
