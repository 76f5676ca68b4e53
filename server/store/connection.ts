/**
 * The connection to MongoDB, whichever engine serves it. Every write is acknowledged only once it is in the journal on
 * disk, and on a replica set once a majority has it; so what ume acknowledges survives the death of any process.
 */
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';

/**
 * What "durable" is called depends on the server. A replica set is asked for a majority. A single server is asked for
 * itself: the embedded engine answers a "majority" before its journal is on disk, and killed at the right moment it then
 * loses what it acknowledged (some 0.4 % of 33,000 inserts in trials; with `w: 1` none of 55,000).
 */
const writeConcern = (replicated: boolean) => ({ w: replicated ? ('majority' as const) : 1, journal: true });

/**
 * Opens a connection of its own (nothing global), reconnecting by itself for as long as it lives. Writes through it are
 * durable without saying so; no write may name a write concern of its own.
 * @param url a mongodb:// URL; `database` names the database where the URL does not.
 * @throws when no server answers within ten seconds.
 */
export async function openStore(url: string, database?: string): Promise<Connection> {
  const named = database ?? databaseOf(url) ?? 'ume';
  const connection = await connect(url, named, false);
  const hello = await connection.db!.admin().command({ hello: 1 });
  if (!hello['setName'] && hello['msg'] !== 'isdbgrid') return connection;
  await connection.close();
  return connect(url, named, true);
}

function connect(url: string, dbName: string, replicated: boolean): Promise<Connection> {
  return mongoose
    .createConnection(url, {
      dbName,
      autoIndex: false,
      autoCreate: false,
      // Not every engine has sessions, which retryable writes need; the journal retries by itself.
      retryWrites: false,
      writeConcern: writeConcern(replicated),
      serverSelectionTimeoutMS: 10_000,
      maxPoolSize: 20
    })
    .asPromise();
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
