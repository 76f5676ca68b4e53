/**
 * The connection to MongoDB, whichever engine serves it. Every write is acknowledged by a majority and journaled to disk
 * (`w: 'majority', j: true`): with less, killing the engine loses writes that were already acknowledged.
 */
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';

export const DURABLE = { w: 'majority', j: true } as const;

/**
 * Opens a connection of its own (nothing global), reconnecting by itself for as long as it lives.
 * @param url a mongodb:// URL; `database` names the database where the URL does not.
 * @throws when no server answers within ten seconds.
 */
export async function openStore(url: string, database?: string): Promise<Connection> {
  const named = database ?? databaseOf(url) ?? 'ume';
  const connection = mongoose.createConnection(url, {
    dbName: named,
    autoIndex: false,
    autoCreate: false,
    // Not every engine has sessions, which retryable writes need; the journal retries by itself.
    retryWrites: false,
    writeConcern: DURABLE,
    serverSelectionTimeoutMS: 10_000,
    maxPoolSize: 20
  });
  await connection.asPromise();
  return connection;
}

function databaseOf(url: string): string | null {
  const path = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/.exec(url);
  return path ? decodeURIComponent(path[1]!) : null;
}

/** The database behind a connection. */
export function database(connection: Connection) {
  if (!connection.db) throw new Error('The store is not open.');
  return connection.db;
}
