/** A database for tests: the replica set that `./ume test store` names, else an embedded engine of the test file's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine, type Engine, type EngineLog } from './engine.ts';
import { serverAt } from './url.ts';

export const quiet: EngineLog = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * Use a database name of your own (`dbName`): the replica set is shared by all test files.
 * `stop()` when done; what it kept is gone then, except on the replica set.
 */
export async function databaseForTests(): Promise<Engine> {
  const replicaSet = process.env.UME_TEST_REPLSET_URL;
  if (replicaSet) return serverAt(replicaSet, quiet);
  const data = mkdtempSync(join(tmpdir(), 'ume-test-'));
  const engine = await startEngine(
    { UME_DATA: data, UME_ENGINE: 'embedded', UME_CACHE: process.env.UME_CACHE },
    quiet
  );
  return {
    url: engine.url,
    kind: engine.kind,
    version: engine.version,
    get pid() {
      return engine.pid;
    },
    onExit: (listener) => engine.onExit(listener),
    async stop() {
      await engine.stop();
      rmSync(data, { recursive: true, force: true });
    }
  };
}
