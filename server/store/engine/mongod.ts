/** A MongoDB server of this machine's own, or one that was downloaded: how it is found and run. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Launch } from './types.ts';

const run = promisify(execFile);

/** The driver speaks to MongoDB 4.2 and later. */
const OLDEST = [4, 2] as const;

/** A program's full path, from PATH. */
export function onPath(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // the next one
    }
  }
  return undefined;
}

/** `7.0.11`, or undefined when the program does not run or says something else. */
export async function mongodVersion(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 30_000 });
    return /version v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

/** mongod over a folder, listening on a socket file and on no port. */
export function mongodLaunch(mongod: string, folder: string, socket: string, logFile: string): Launch {
  const args = [
    // --nounixsocket is about the one it would make in /tmp besides, where everybody finds it.
    ...['--dbpath', folder, '--bind_ip', socket, '--nounixsocket'],
    ...['--logpath', logFile, '--logappend', '--quiet'],
    // Left alone it takes half of the memory, as if it had the machine for itself.
    ...['--wiredTigerCacheSizeGB', cacheGigabytes(totalmem()).toFixed(2)],
    ...['--setParameter', 'diagnosticDataCollectionEnabled=false']
  ];
  // mongod does not notice that its parent died; on Linux the kernel can tell it.
  const setpriv = process.platform === 'linux' ? onPath('setpriv') : undefined;
  return setpriv
    ? { file: setpriv, args: ['--pdeathsig', 'TERM', '--', mongod, ...args], watchesStdin: false }
    : { file: mongod, args, watchesStdin: false };
}

/** A quarter of the memory, at least a quarter of a gigabyte. */
export function cacheGigabytes(memory: number): number {
  return Math.max(0.25, memory / 2 ** 30 / 4);
}
