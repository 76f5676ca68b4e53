/**
 * `engine.lock` in the data folder: which server has it open, and with which engine process. It keeps two servers from
 * opening one data folder, and lets a server that comes after a crash end the engine the crashed one left behind.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from './errors.ts';
import { endProcess, isAlive, markOf, type ProcessMark } from './process.ts';
import type { EngineKind, EngineLog } from './types.ts';

interface Content {
  owner: ProcessMark;
  engine?: ProcessMark;
  url?: string;
  kind?: EngineKind;
}

/** How long an engine left behind gets to end in good order, milliseconds. */
const PATIENCE = 20_000;

export interface Claim {
  /** Writes down the engine that runs now, for who finds this folder after a crash. */
  running(engine: { pid: number; url: string; kind: EngineKind }): void;
  release(): void;
}

const pathOf = (data: string) => join(data, 'engine.lock');

function read(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch {
    return undefined;
  }
}

/**
 * Takes the data folder for this process.
 * @throws {EngineError} when another living server has it.
 */
export async function claimData(data: string, log: EngineLog): Promise<Claim> {
  const path = pathOf(data);
  const mine = `${path}.${process.pid}`;
  const owner = markOf(process.pid);
  if (!owner)
    throw new EngineError('This system tells nothing about running processes (/proc or ps is needed).');

  const write = (content: Content) => writeFileSync(mine, JSON.stringify(content));
  for (;;) {
    write({ owner });
    try {
      linkSync(mine, path); // appears with its content, and only where there is none
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = read(path);
    if (found && isAlive(found.owner)) {
      rmSync(mine, { force: true });
      throw new EngineError(
        `The data folder ${data} is in use by the server with process id ${found.owner.pid}. Stop that one first, or choose ` +
          `another folder with --data.`
      );
    }
    if (found?.engine && isAlive(found.engine)) {
      log.warn(
        `A server that ended badly left its database engine running (process ${found.engine.pid}); ending it first`
      );
      await endProcess(found.engine, PATIENCE);
    }
    removeStale(path, found);
  }
  rmSync(mine, { force: true });

  return {
    running({ pid, url, kind }) {
      const engine = markOf(pid);
      write({ owner, url, kind, ...(engine && { engine }) });
      renameSync(mine, path);
    },
    release() {
      if (read(path)?.owner.pid === process.pid) rmSync(path, { force: true });
    }
  };
}

// Of several servers that find the same stale lock, one may have taken the folder by now: what was moved away is looked
// at, and put back if it is not the one that was judged.
function removeStale(path: string, judged: Content | undefined): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else removed it
  }
  if (JSON.stringify(read(aside)) !== JSON.stringify(judged)) linkSync(aside, path);
  rmSync(aside, { force: true });
}

/** The engine of the server that has this data folder open now, for tools that join it; undefined where none runs. */
export function runningEngine(data: string): { url: string; kind: EngineKind; ownerPid: number } | undefined {
  const found = read(pathOf(data));
  if (!found?.url || !found.kind || !isAlive(found.owner)) return undefined;
  return { url: found.url, kind: found.kind, ownerPid: found.owner.pid };
}
