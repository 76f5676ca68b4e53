/** Bodies of the HTTP API under `/api/v1`, as zod schemas; `openapi.json` is made from them. */
import { z } from 'zod';
import { filter } from '#shared/kernel/filter.ts';
import { ORGANIZATION_TYPES } from '#shared/kernel/organization.ts';

const recordId = z.string().max(120);
/** Where among its neighbours: right after one record, or right before another; at the end where neither is given. */
export const placement = z.object({ after: recordId.optional(), before: recordId.optional() });

export const createRecord = z.object({
  /** The client may choose the id, so that a card made offline keeps it. A ULID after the type. */
  id: recordId.optional(),
  space: recordId.optional(),
  state: z.string().max(40).optional(),
  fields: z.record(z.string(), z.unknown()).default({}),
  place: placement.optional()
});
export type CreateRecord = z.input<typeof createRecord>;

/** Values by field key; null empties a field. Text fields are merged letter by letter into what others type. */
export const patchRecord = z.object({ fields: z.record(z.string(), z.unknown()) });

/** The command `move`: to a state, and a place among its neighbours there. */
export const moveCommand = z.object({ state: z.string().max(40).optional(), place: placement.optional() });
export type MoveCommand = z.input<typeof moveCommand>;

export const queryRecords = z.object({
  filter: filter.optional(),
  sort: z
    .array(z.object({ by: z.string().max(80), descending: z.boolean().optional() }))
    .max(4)
    .optional(),
  limit: z.number().int().min(1).max(500).default(100),
  /** From the page before; long where the sort is by text. */
  cursor: z.string().max(64_000).optional()
});

export const searchRecords = z.object({ text: z.string().min(1).max(200) });

export const readHistory = z.object({
  /** Entries after this journal position. */
  after: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100)
});

/** `GET feed`: server-sent events. `filter` is the JSON of a filter; `since` a position from an earlier answer. */
export const followRecords = z.object({
  type: z.string().max(80),
  filter: z.string().max(20_000).optional(),
  since: z.coerce.number().int().nonnegative().optional(),
  limit: z.coerce.number().int().min(1).max(5000).default(2000)
});

const password = z.string().min(10, 'A password has at least 10 characters.').max(200);
const email = z.email('That is not an e-mail address.').max(254);
const personName = z.string().trim().min(1, 'A name is needed.').max(120);

/** What an organization says of itself. */
const organizationDetails = z.object({
  name: z.string().trim().min(1, 'A name is needed.').max(120),
  type: z.enum(ORGANIZATION_TYPES.map((each) => each.key)),
  country: z.string().regex(/^[A-Z]{2}$/, 'A country is two letters (ISO 3166-1), such as DE.'),
  timeZone: z.string().min(1).max(64),
  currency: z.string().regex(/^[A-Z]{3}$/, 'A currency is three letters (ISO 4217), such as EUR.'),
  contact: z.object({
    email: email.optional(),
    phone: z.string().max(60).optional(),
    website: z.string().max(200).optional(),
    address: z.string().max(400).optional()
  })
});

export const foundOrganization = z.object({
  organization: organizationDetails.extend({ contact: organizationDetails.shape.contact.default({}) }),
  /** Left out by someone who already has an account and is signed in. */
  founder: z.object({ name: personName, email, password }).optional(),
  space: z.object({ name: z.string().trim().min(1).max(80) }),
  /** The one-time set-up link's token, needed while nobody has founded anything here. */
  setup: z.string().max(200).optional()
});

/** What is left out stays as it is; a contact that is given replaces the whole one. */
export const updateOrganization = organizationDetails.partial();

/** The person's own name, in every organization. */
export const updateMe = z.object({ name: personName });

export const signIn = z.object({ email, password: z.string().max(200) });
export const invite = z.object({
  email: email.optional(),
  role: z.enum(['member', 'viewer']).default('member'),
  days: z.number().int().min(1).max(30).default(7)
});
export const acceptInvite = z.object({ name: personName, email, password });
export const createKey = z.object({
  name: z.string().trim().min(1).max(80),
  days: z.number().int().min(1).max(3650).optional()
});
