/** The parts of `./ume test`, in the order they run: the quick ones first. */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startReplicaSet } from './replica-set.ts';
import { root, type Need, type Prepared } from './preparations.ts';
import { none, playwrightCounts, vitestCounts, type Counts } from './reports.ts';

/** Runs a program of the project, its output to the terminal; resolves with its exit code. */
export type Run = (command: string[], options?: { env?: Record<string, string> }) => Promise<number>;

export interface Part {
  name: string;
  what: string;
  /** What must be there before it can run. `optional`: the tests themselves say what they skip without it. */
  needs: Need[];
  optional: Need[];
  run(run: Run, prepared: Map<Need, Prepared>): Promise<Counts | { nothing: string }>;
}

const bin = (path: string) => join(root, 'node_modules', path);
const report = (name: string) => join(root, '.ume', 'log', `test-${name}.json`);
const one = (code: number): Counts => ({ ...none, [code === 0 ? 'passed' : 'failed']: 1 });
const add = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped
});

/** Files of this kind in the project's own folders. */
function files(folder: string, ending: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}

async function vitest(
  run: Run,
  name: string,
  filter: string[],
  env: Record<string, string> = {}
): Promise<Counts> {
  const file = report(name);
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run([bin('vitest/vitest.mjs'), 'run', ...reporters, ...filter], { env });
  const counts = vitestCounts(file);
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

export const parts: Part[] = [
  {
    name: 'format',
    what: 'prettier finds nothing to change',
    needs: [],
    optional: [],
    run: async (run) =>
      one(await run([bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']))
  },
  {
    name: 'lint',
    what: 'eslint has no complaint',
    needs: [],
    optional: [],
    run: async (run) => one(await run([bin('eslint/bin/eslint.js'), '--max-warnings', '0', '.']))
  },
  {
    name: 'types',
    what: 'the types of the server, the client and its service worker agree',
    needs: [],
    optional: [],
    async run(run) {
      const server = one(await run([bin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit']));
      if (!existsSync(join(root, 'client', 'tsconfig.json'))) return server;
      // Installing packages removes the client's generated types.
      const sync = await run([
        bin('@sveltejs/kit/svelte-kit.js'),
        'sync',
        '--config',
        'client/vite.config.ts'
      ]);
      if (sync !== 0) return add(server, one(sync));
      const check = ['--workspace', 'client', '--tsconfig', './tsconfig.json', '--output', 'human'];
      const client = one(await run([bin('svelte-check/bin/svelte-check'), ...check, '--fail-on-warnings']));
      // It runs apart from the pages, with other globals, so it has a project of its own.
      const worker = one(await run([bin('typescript/bin/tsc'), '-p', 'client/service-worker', '--noEmit']));
      return [client, worker].reduce(add, server);
    }
  },
  {
    name: 'unit',
    what: 'every test beside the sources, on the embedded engine',
    needs: ['engine'],
    optional: ['worker'],
    run: (run) => vitest(run, 'unit', [])
  },
  {
    name: 'store',
    what: "the store's tests on a MongoDB replica set",
    needs: [],
    optional: ['mongod', 'engine'],
    async run(run, prepared) {
      const tests = files('server', '.test.ts').filter((file) =>
        /\/testing\.ts'|UME_TEST_MONGO/.test(readFileSync(join(root, file), 'utf8'))
      );
      if (tests.length === 0) return { nothing: 'no test asks for a database' };
      const mongod = prepared.get('mongod');
      if (!mongod?.ok) return { nothing: `no MongoDB server can be had for tests: ${mongod?.problem ?? ''}` };
      const set = await startReplicaSet(mongod.answer);
      try {
        return await vitest(run, 'store', tests, {
          UME_TEST_MONGODB_URL: set.url,
          UME_TEST_MONGOD: mongod.answer
        });
      } finally {
        await set.stop();
      }
    }
  },
  {
    name: 'build',
    what: 'the client builds',
    needs: [],
    optional: [],
    run: async (run) => one(await run(['sh', join(root, 'toolchain', 'build-client.sh')]))
  },
  {
    name: 'e2e',
    what: 'people in browsers, against a real server',
    needs: ['chromium', 'engine'],
    optional: ['worker'],
    async run(run, prepared) {
      if (files('e2e', '.spec.ts').length + files('e2e', '.test.ts').length === 0)
        return { nothing: 'there are no browser tests' };
      const built = await run(['sh', join(root, 'toolchain', 'build-client.sh')]);
      if (built !== 0) return one(built);
      const file = report('e2e');
      rmSync(file, { force: true });
      const code = await run([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], {
        env: {
          PLAYWRIGHT_JSON_OUTPUT_FILE: file,
          ...(prepared.get('chromium')?.answer
            ? { CHROMIUM_PATH: prepared.get('chromium')?.answer ?? '' }
            : {})
        }
      });
      const counts = playwrightCounts(file);
      return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
    }
  }
];
