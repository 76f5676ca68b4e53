/**
 * Many writes in one command. The driver's own bulk helpers measure and wrap every document, which under a flood of
 * edits costs more than writing them; a plain command serializes each once.
 */
import type { Document } from 'mongodb';
import type { Connection } from 'mongoose';
import { database } from './connection.ts';

/** A command may hold 16 MB (MongoDB's largest document), which so many rows nearly always are far below. */
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
    await replaceSome(connection, collection, documents.slice(from, from + MOST));
  }
}

async function replaceSome(
  connection: Connection,
  collection: string,
  documents: ReadonlyArray<{ _id: unknown }>
): Promise<void> {
  const updates = documents.map((u) => ({ q: { _id: u._id }, u, upsert: true }));
  try {
    await run(connection, { update: collection, updates, ordered: false });
  } catch (error) {
    // Found out by trying: measuring every time would cost more than writing twice where some are huge.
    if (!isTooLarge(error) || documents.length === 1) throw error;
    const half = documents.length >> 1;
    await replaceSome(connection, collection, documents.slice(0, half));
    await replaceSome(connection, collection, documents.slice(half));
  }
}

/** The driver's own buffer ends a little above 16 MB; in between the server says so (BSONObjectTooLarge). */
const isTooLarge = (error: unknown): boolean =>
  error instanceof RangeError || (error as { code?: unknown } | null)?.code === 10334;
