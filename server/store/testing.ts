/**
 * A store for tests: a fresh database on a real engine. `UME_TEST_MONGODB_URL` names a server to use (the tests run
 * against a replica set that way); without it the embedded engine is started, once per test process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { pino } from 'pino';
import { ulid } from 'ulid';
import { readConfig } from '../config.ts';
import { startEngine } from './engine/engine.ts';
import type { Engine } from './engine/engine.ts';
import { database, openStore } from './connection.ts';

let engine: Promise<{ engine: Engine; folder: string }> | null = null;

function startOwn(): Promise<{ engine: Engine; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'ume-test-'));
  const config = readConfig({ ...process.env, UME_DATA: folder, UME_ENGINE: 'embedded' });
  return startEngine(config, pino({ level: 'silent' })).then((started) => ({ engine: started, folder }));
}

export interface TestStore {
  connection: Connection;
  url: string;
  name: string;
  close(): Promise<void>;
}

/** Opens a database of its own; `close` drops it. */
export async function testStore(name: string = `test-${ulid().toLowerCase()}`): Promise<TestStore> {
  const url = process.env['UME_TEST_MONGODB_URL'] ?? (await (engine ??= startOwn())).engine.url;
  const connection = await openStore(url, name);
  return {
    connection,
    url,
    name,
    close: async () => {
      await database(connection).dropDatabase();
      await connection.close();
    }
  };
}

/** Stops the engine that was started; call once all stores of the process are closed. */
export async function stopTestEngine(): Promise<void> {
  if (!engine) return;
  const running = await engine;
  engine = null;
  await running.engine.stop();
  rmSync(running.folder, { recursive: true, force: true });
}
