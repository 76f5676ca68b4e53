/**
 * The database engine: somebody's MongoDB server when `MONGODB_URL` names one, else the best engine to be had on this
 * machine, run as a child process with its files under the data folder. The rest of the server sees a URL.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { enginesToTry } from './choose.ts';
import { claimData } from './claim.ts';
import { downloadedMongod } from './download.ts';
import { embeddedEngine, embeddedLaunch } from './embedded.ts';
import { EngineError } from './errors.ts';
import { isTooOld, mongodLaunch, mongodVersion, onPath } from './mongod.ts';
import { databaseFolder, forgetChoice, readRecord, writeRecord, type EngineRecord } from './record.ts';
import { socketPath, socketUrl } from './socket.ts';
import { supervise } from './supervise.ts';
import { serverAt } from './url.ts';
import type { Engine, EngineConfig, EngineLog, Launch, OwnEngineKind } from './types.ts';

export { EngineError } from './errors.ts';
export { runningEngine } from './claim.ts';
export type { Engine, EngineConfig, EngineExit, EngineKind, EngineLog } from './types.ts';

type Found = { launch: (folder: string, socket: string, logFile: string) => Launch; version?: string };

/**
 * Starts the engine that the settings and the data folder ask for.
 * @throws {EngineError} when it can't be had, or another server has the data folder. The message says what to do.
 */
export async function startEngine(config: EngineConfig, log: EngineLog): Promise<Engine> {
  if (config.MONGODB_URL) return serverAt(config.MONGODB_URL, log);
  const data = config.UME_DATA;
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const claim = await claimData(data, log);
  try {
    const record = readRecord(data);
    const kinds = enginesToTry({ forced: config.UME_ENGINE, recorded: record?.kind }) as OwnEngineKind[];
    const problems: string[] = [];
    for (const kind of kinds) {
      const found = await find(kind, config, log, record, kinds.length === 1);
      if ('missing' in found) {
        problems.push(`  ${kind}: ${found.missing}`);
        continue;
      }
      const url = socketUrl(socketPath(data));
      if (!record) writeRecord(data, { kind, version: found.version, since: new Date().toISOString() });
      try {
        const running = await start(data, found, log, (pid) => claim.running({ pid, url, kind }));
        return {
          url,
          kind,
          version: running.version,
          get pid() {
            return running.pid;
          },
          onExit: (listener) => running.onExit(listener),
          stop: () => running.stop().then(() => claim.release())
        };
      } catch (error) {
        // A folder with somebody's data is never given to the next engine.
        if (record || !(error instanceof EngineError)) throw error;
        forgetChoice(data);
        problems.push(`  ${kind}: ${error.message}`);
        if (kinds.at(-1) !== kind) log.warn(`The "${kind}" engine does not run here; trying the next`);
      }
    }
    throw noEngine(problems, record, data);
  } catch (error) {
    claim.release();
    throw error;
  }
}

function start(data: string, found: Found, log: EngineLog, started: (pid: number) => void) {
  const socket = socketPath(data);
  const folder = databaseFolder(data);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(join(data, 'log'), { recursive: true });
  const logFile = join(data, 'log', 'engine.log');
  return supervise({
    launch: found.launch(folder, socket, logFile),
    url: socketUrl(socket),
    socket,
    logFile,
    log,
    started
  });
}

/** Looks for one kind of engine, and fetches it where that is the way to have it. */
async function find(
  kind: OwnEngineKind,
  config: EngineConfig,
  log: EngineLog,
  record: EngineRecord | undefined,
  only: boolean
): Promise<Found | { missing: string }> {
  switch (kind) {
    case 'mongod': {
      const path = onPath('mongod');
      if (!path) return { missing: 'there is no mongod on PATH' };
      const version = await mongodVersion(path);
      if (!version) return { missing: `${path} does not run` };
      if (isTooOld(version)) return { missing: `${path} is version ${version}; 4.2 or later is needed` };
      return { version, launch: (...paths) => mongodLaunch(path, ...paths) };
    }
    case 'download': {
      const result = await downloadedMongod(config, log, { wanted: record?.version, eager: only });
      if ('missing' in result) return { missing: `MongoDB could not be downloaded: ${result.missing}` };
      return { version: result.version, launch: (...paths) => mongodLaunch(result.path, ...paths) };
    }
    case 'embedded': {
      const result = await embeddedEngine(config, log);
      if ('missing' in result) return result;
      return { launch: (folder, socket) => embeddedLaunch(result.folder, folder, socket) };
    }
  }
}

function noEngine(problems: string[], record: EngineRecord | undefined, data: string): EngineError {
  return new EngineError(
    record
      ? `This data folder was made by the "${record.kind}" engine, which can't be had now:\n${problems.join('\n')}\n` +
          `Get it back as it was; the files in ${databaseFolder(data)} are good for no other engine.`
      : `No database engine can be had:\n${problems.join('\n')}\nSet MONGODB_URL to a MongoDB server, or install mongod.`
  );
}

/**
 * Makes sure that the engine a start would choose is on this machine, and tells how it goes. Starts nothing.
 * @throws {EngineError} as `startEngine` would.
 */
export async function prepareEngine(config: EngineConfig, log: EngineLog): Promise<void> {
  if (config.MONGODB_URL) return;
  const record = readRecord(config.UME_DATA);
  const kinds = enginesToTry({ forced: config.UME_ENGINE, recorded: record?.kind }) as OwnEngineKind[];
  const problems: string[] = [];
  for (const kind of kinds) {
    const found = await find(kind, config, log, record, kinds.length === 1);
    if (!('missing' in found)) return;
    problems.push(`  ${kind}: ${found.missing}`);
  }
  throw noEngine(problems, record, config.UME_DATA);
}
