/** A MongoDB server that somebody else runs. */
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { EngineError } from './errors.ts';
import type { Engine, EngineLog } from './types.ts';

/** It may be starting at the same time as we are, as in a compose file; milliseconds. */
const PATIENCE = 60_000;

/** A connection string without its password, for logs and errors. */
export function withoutPassword(url: string): string {
  return url.replace(/^(mongodb(?:\+srv)?:\/\/)[^@/]*@/, '$1***@');
}

/**
 * Waits until the server answers.
 * @throws {EngineError} when the URL is none, or nothing answers for a minute, or it refuses us.
 */
export async function serverAt(url: string, log: EngineLog, patience = PATIENCE): Promise<Engine> {
  if (!/^mongodb(\+srv)?:\/\/./.test(url)) {
    throw new EngineError('MONGODB_URL should be like mongodb://user:password@host:27017/?replicaSet=rs0.');
  }
  const shown = withoutPassword(url);
  const end = Date.now() + patience;
  let told = false;
  for (;;) {
    let client: MongoClient | undefined;
    try {
      client = new MongoClient(url, { serverSelectionTimeoutMS: Math.min(5_000, patience) });
      const info = await client.db('admin').command({ buildInfo: 1 });
      return {
        url,
        kind: 'url',
        version: String(info['version']),
        pid: undefined,
        onExit: () => () => {},
        stop: () => Promise.resolve()
      };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const mayCome = error instanceof Error && /ServerSelection|Network/.test(error.name);
      if (!mayCome || Date.now() > end) {
        throw new EngineError(`The MongoDB server of MONGODB_URL (${shown}) can't be used: ${message}`, {
          cause: error
        });
      }
      if (!told) log.info(`Waiting for the MongoDB server at ${shown}`);
      told = true;
    } finally {
      await client?.close().catch(() => {});
    }
    await wait(500);
  }
}
