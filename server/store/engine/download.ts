/**
 * MongoDB's official build, by mongodb-memory-server's downloader. In a process of its own, so that it can be given up:
 * without a network, or with one that leads nowhere, people shall not wait.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache.ts';
import type { EngineConfig, EngineLog } from './types.ts';

/** Given up when nothing has arrived for this time, milliseconds. */
const SILENCE = 10_000;
const LONGEST = 15 * 60_000;
/** A failure is remembered this long. */
const DAY = 24 * 60 * 60_000;

export interface Downloaded {
  path: string;
  version: string;
}

/**
 * The downloaded mongod, fetched first where it is not there yet.
 * @param wanted the version whose files the data folder has; default: the downloader's own
 * @param eager try even if it failed less than a day ago
 * @returns why not, where it cannot be had.
 */
export async function downloadedMongod(
  config: Pick<EngineConfig, 'UME_CACHE'>,
  log: EngineLog,
  { wanted, eager }: { wanted?: string; eager: boolean }
): Promise<Downloaded | { missing: string }> {
  const folder = join(cacheFolder(config), 'mongod', wanted ?? 'newest');
  const done = join(folder, 'complete.json');
  const failed = join(folder, 'failed');
  if (existsSync(done)) return JSON.parse(readFileSync(done, 'utf8')) as Downloaded;
  if (!eager && existsSync(failed) && Date.now() - statSync(failed).mtimeMs < DAY) {
    return { missing: `the download failed less than a day ago (${readFileSync(failed, 'utf8')})` };
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  log.info('Fetching MongoDB (some 100 MB, once)');
  const result = await fetchInto(folder, wanted, log);
  if ('missing' in result) {
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
    writeFileSync(failed, result.missing);
  } else {
    writeFileSync(done, JSON.stringify(result));
  }
  return result;
}

function fetchInto(
  folder: string,
  wanted: string | undefined,
  log: EngineLog
): Promise<Downloaded | { missing: string }> {
  const script = fileURLToPath(new URL('download-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, folder, ...(wanted ? [wanted] : [])], {
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let answer = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (complaint = (complaint + text).slice(-2_000)));

  const begun = Date.now();
  let bytes = 0;
  let grown = begun;
  let told = begun;
  let givenUp = '';
  const watch = setInterval(() => {
    const now = Date.now();
    const have = sizeOf(folder);
    if (have > bytes) grown = now;
    bytes = have;
    if (now - told > 5_000 && bytes > 1e6) {
      told = now;
      log.info(`Fetching MongoDB: ${Math.round(bytes / 1e6)} MB`);
    }
    if (now - grown > SILENCE) givenUp = 'nothing arrived for 10 seconds';
    else if (now - begun > LONGEST) givenUp = 'it took longer than 15 minutes';
    if (givenUp) child.kill('SIGKILL');
  }, 500);

  return new Promise((resolve) => {
    child.on('error', (error) => (complaint = error.message));
    child.on('close', (code) => {
      clearInterval(watch);
      const line = answer.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as Downloaded);
      else
        resolve({
          missing: givenUp || complaint.trim().split('\n').at(-1) || `the download ended with code ${code}`
        });
    });
  });
}

function sizeOf(folder: string): number {
  let sum = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    try {
      sum += statSync(join(entry.parentPath, entry.name)).size;
    } catch {
      // moved in between
    }
  }
  return sum;
}
