/** The embedded engine: fetched on demand into the cache, run by `embedded-serve.ts` in a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.ts';
import type { EngineConfig, EngineLog, Launch } from './types.ts';

const VERSION = '0.1.1';

/** The folder with the engine, fetched first where it is not there yet; or why it cannot be had. */
export async function embeddedEngine(
  config: Pick<EngineConfig, 'UME_CACHE'>,
  log: EngineLog
): Promise<{ folder: string } | { missing: string }> {
  const folder = join(cacheFolder(config), `embedded-mongodb-${VERSION}`);
  if (existsSync(join(folder, 'complete'))) return { folder };
  const script = fileURLToPath(new URL('../../../toolchain/embedded-engine.sh', import.meta.url));
  const child = spawn('sh', [script, folder, VERSION], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, UME_CACHE: cacheFolder(config) }
  });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('npm ')) {
      // npm's own last line names a log file; the one that says what is wrong comes before.
      if (!/npm error (A complete log|code|errno|$)/.test(line)) last = line.replace(/^npm error /, '');
    } else if (line.trim()) {
      last = line.trim();
      log.info(last);
    }
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      last = error.message;
      resolve(null);
    });
    child.on('close', resolve);
  });
  return code === 0 ? { folder } : { missing: `it could not be fetched (${last || `code ${code}`})` };
}

/** How to run it over a folder, listening on a socket file. */
export function embeddedLaunch(engine: string, folder: string, socket: string): Launch {
  const script = fileURLToPath(new URL('embedded-serve.ts', import.meta.url));
  const args = [script, engine, folder, socket];
  const loader = newerLoader(join(engine, 'libc'));
  if (!loader) return { file: process.execPath, args, watchesStdin: true };
  const library = join(loader, '..');
  return {
    file: loader,
    args: ['--library-path', library, '--argv0', 'node', process.execPath, ...args],
    watchesStdin: true
  };
}

/** The dynamic loader of the newer C library, where one was needed. */
function newerLoader(libc: string): string | undefined {
  const root = join(libc, 'usr', 'lib');
  if (!existsSync(root)) return undefined;
  for (const triplet of readdirSync(root).filter((name) => name.includes('-linux-'))) {
    const name = readdirSync(join(root, triplet)).find((file) => /^ld-linux-.*\.so\.\d+$/.test(file));
    if (name) return join(root, triplet, name);
  }
  return undefined;
}
