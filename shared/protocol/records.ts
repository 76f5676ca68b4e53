/** Answers of the HTTP API about records, as zod schemas; `openapi.json` is made from them. */
import { z } from 'zod';

const instant = z.string().describe('ISO 8601, UTC');

export const row = z.object({
  id: z.string().describe('work.task/01J…'),
  type: z.string(),
  space: z.string().nullable(),
  state: z.string().nullable().describe("The lifecycle's state; changed by the command move"),
  rank: z.string().describe('Place among its neighbours, compared as a string'),
  fields: z.record(z.string(), z.unknown()).describe('By field key; null where a field is empty'),
  position: z.number().int().describe('The journal position this row includes'),
  createdAt: instant,
  createdBy: z.string(),
  updatedAt: instant,
  updatedBy: z.string(),
  may: z
    .object({ update: z.boolean(), delete: z.boolean(), commands: z.array(z.string()) })
    .optional()
    .describe('What you may do with it')
});

export const page = z.object({
  rows: z.array(row),
  cursor: z.string().optional().describe('Where to go on; absent on the last page'),
  position: z.number().int().describe('Follow the feed from here')
});

const serverValues = {
  state: z.string().optional(),
  rank: z.string().optional(),
  space: z.string().nullable().optional(),
  deleted: z.boolean().optional()
};

export const historyEntry = z.object({
  position: z.number().int(),
  at: instant,
  by: z.object({ user: z.string(), name: z.string() }),
  cause: z.string().describe("edit, correction, restore, import, or a command's name"),
  changed: z.object({
    ...serverValues,
    created: z.literal(true).optional(),
    content: z.array(z.string()).optional().describe('Sections whose content was edited')
  })
});

export const moment = z.object({
  id: z.string(),
  type: z.string(),
  position: z.number().int(),
  state: z.string().nullable(),
  rank: z.string().nullable(),
  space: z.string().nullable(),
  deleted: z.boolean(),
  fields: z.record(z.string(), z.unknown())
});

/** `GET types`: the declarations, and what you may do with records of each. */
export const typeList = z.object({
  types: z.array(
    z.looseObject({
      type: z.string(),
      label: z.string(),
      plural: z.string(),
      main: z.string(),
      fields: z.array(z.looseObject({ key: z.string(), label: z.string(), kind: z.string() })),
      may: z.object({ create: z.boolean(), update: z.boolean(), delete: z.boolean() })
    })
  )
});
