/**
 * Many writes in one command. The driver's own bulk helpers measure and wrap every document, which under a flood of
 * edits costs more than writing them; a plain command serializes each once.
 */
import type { Document } from 'mongodb';
import type { Connection } from 'mongoose';
import { database } from './connection.ts';

/** A command may hold 16 MB (MongoDB's largest document); rows are far smaller, journal entries at most some MB. */
const MOST = 500;

/** One or more writes of a command were refused. `code` is the first refusal's. */
export class BulkWriteError extends Error {
  override name = 'BulkWriteError';
  readonly code: number | undefined;
  constructor(message: string, code?: number) {
    super(message);
    this.code = code;
  }
}

interface Refusal {
  code?: number;
  errmsg?: string;
}

async function run(connection: Connection, command: Document): Promise<void> {
  const { writeConcern } = connection.getClient().options;
  const answer = await database(connection).command({
    ...command,
    writeConcern: { w: writeConcern?.w, j: true }
  });
  const refusal = ((answer['writeErrors'] as Refusal[] | undefined)?.[0] ?? answer['writeConcernError']) as
    Refusal | undefined;
  if (refusal) throw new BulkWriteError(refusal.errmsg ?? 'a write was refused', refusal.code);
}

/**
 * Inserts documents in order; those before a refused one are written.
 * @throws {BulkWriteError}
 */
export const insertInOrder = (
  connection: Connection,
  collection: string,
  documents: readonly object[]
): Promise<void> => run(connection, { insert: collection, documents, ordered: true });

/**
 * Writes documents over those with their `_id`, or anew.
 * @throws {BulkWriteError}
 */
export async function replaceAll(
  connection: Connection,
  collection: string,
  documents: ReadonlyArray<{ _id: unknown }>
): Promise<void> {
  for (let from = 0; from < documents.length; from += MOST) {
    const updates = documents.slice(from, from + MOST).map((u) => ({ q: { _id: u._id }, u, upsert: true }));
    await run(connection, { update: collection, updates, ordered: false });
  }
}
