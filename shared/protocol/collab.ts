/**
 * What server and client say to each other beside the document itself, as stateless messages of the Hocuspocus
 * protocol on `/collab`: JSON, one union, versioned.
 */
import { z } from 'zod';
import { problem } from './errors.ts';

export const collabNotice = z.discriminatedUnion('kind', [
  /** An edit was refused and is not part of the document; the client reloads the document and says why. */
  z.object({ v: z.literal(1), kind: z.literal('refused'), problem }),
  /** A value wasn't allowed; the server put the last valid one back. */
  z.object({ v: z.literal(1), kind: z.literal('corrected'), field: z.string(), problem }),
  /** Whether edits can be made durable at the moment. While not, they are kept and not acknowledged. */
  z.object({ v: z.literal(1), kind: z.literal('storage'), ok: z.boolean() }),
  /** Rights changed: the document is now read-only, or writable. */
  z.object({ v: z.literal(1), kind: z.literal('scope'), readOnly: z.boolean() })
]);
export type CollabNotice = z.infer<typeof collabNotice>;
