/** A real ume server as a child process, on a fresh data folder and a free port. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const READY_LIMIT_MS = 90_000;

/** `./ume test` runs this on the Node the server wants. */
const node = process.execPath;

export interface RunningServer {
  url: string;
  /** Opens the set-up screen, where nobody has founded anything yet. */
  setupLink: string | null;
  data: string;
  stop(): Promise<void>;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await over;
  clearTimeout(impatient);
}

export async function startServer(): Promise<RunningServer> {
  const data = await mkdtemp(join(tmpdir(), 'ume-e2e-'));
  const child = spawn(node, ['server/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      UME_DATA: data,
      PORT: '0',
      HOST: '127.0.0.1',
      UME_LOG: 'warn',
      UME_URL: undefined,
      MONGODB_URL: undefined
    },
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let output = '';
  const url = await new Promise<string>((ready, failed) => {
    const limit = setTimeout(
      () => failed(new Error(`The server did not start in time:\n${output}`)),
      READY_LIMIT_MS
    );
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /ume is ready at (\S+)/.exec(output)?.[1];
      if (found === undefined) return;
      clearTimeout(limit);
      ready(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', failed);
    child.once('exit', (code) => {
      clearTimeout(limit);
      failed(new Error(`The server ended with ${code}:\n${output}`));
    });
  });
  // The set-up link is said right after the address.
  for (let waited = 0; waited < 2000 && !/setup\?token=/.test(output); waited += 50)
    await new Promise((next) => setTimeout(next, 50));
  return {
    url,
    data,
    setupLink: /(http\S+setup\?token=\S+)/.exec(output)?.[1] ?? null,
    async stop() {
      await ended(child);
      await rm(data, { recursive: true, force: true });
    }
  };
}

export interface Founded {
  organization: string;
  user: string;
  space: string;
  apiKey: string;
}

export const FOUNDER = { name: 'Ann Berger', email: 'ann@example.org', password: 'a plum tree in the snow' };

/** Founds an organization the way `./ume admin init` does. */
export async function found(server: RunningServer): Promise<Founded> {
  const { stdout } = await promisify(execFile)(
    node,
    [
      'server/cli/main.ts',
      ...['admin', 'init', '--json', '--org', 'Plum & Co', '--type', 'for-profit'],
      ...['--name', FOUNDER.name, '--email', FOUNDER.email, '--password', FOUNDER.password]
    ],
    { cwd: root, env: { ...process.env, UME_DATA: server.data } }
  );
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Founded;
}
