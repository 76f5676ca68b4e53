/** Keeps an engine's process running: starts it, waits until it answers, starts it again when it dies, stops it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { EngineError } from './errors.ts';
import type { EngineExit, EngineLog, Launch } from './types.ts';

/** How long a first start may take: an engine that was killed reads its journal again, milliseconds. */
const START = 120_000;
/** How long it gets to end in good order. */
const STOP = 20_000;
const BACK_OFF = [200, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** One that ran this long is taken to be well again. */
const HEALTHY = 60_000;
const LARGEST_LOG = 5_000_000;

export interface Supervised {
  readonly version: string;
  readonly pid: number | undefined;
  onExit(listener: (exit: EngineExit) => void): () => void;
  stop(): Promise<void>;
}

/**
 * Starts an engine and resolves once it answers.
 * @param started told of each process, the first and those after it
 * @throws {EngineError} when it ends or does not answer, with the end of what it wrote.
 */
export async function supervise(options: {
  launch: Launch;
  url: string;
  socket: string;
  logFile: string;
  log: EngineLog;
  started(pid: number): void;
}): Promise<Supervised> {
  const { launch, url, logFile, log } = options;
  const listeners = new Set<(exit: EngineExit) => void>();
  let child: ChildProcess | undefined;
  let stopping: Promise<void> | undefined;
  let failures = 0;
  let version = '';
  let timer: NodeJS.Timeout | undefined;

  function run(): ChildProcess {
    rotate(logFile);
    // A file, not a pipe: what it writes must not depend on us, it may outlive us for a moment.
    const output = openSync(logFile, 'a');
    const next = spawn(launch.file, launch.args, {
      stdio: [launch.watchesStdin ? 'pipe' : 'ignore', output, output],
      // In a group of its own: Ctrl-C on the terminal is for the server, which stops the engine last.
      detached: true
    });
    closeSync(output);
    next.stdin?.on('error', () => {}); // the exit is heard of elsewhere
    const begun = Date.now();
    let over = false;
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      if (over) return;
      over = true;
      if (child === next) child = undefined;
      if (stopping || !version) return; // asked for, or the first start, which tells by itself
      if (Date.now() - begun > HEALTHY) failures = 0;
      const restartIn = BACK_OFF[Math.min(failures, BACK_OFF.length - 1)] as number;
      failures += 1;
      log.error(
        `The database engine ended unexpectedly (${signal ?? `code ${code}`}); starting it again in ${restartIn / 1000} s. ` +
          `What it wrote: ${logFile}`
      );
      timer = setTimeout(() => void again(), restartIn);
      for (const listener of listeners) listener({ code, signal, restartIn });
    };
    next.on('exit', ended);
    next.on('error', (error) => {
      log.error(`The database engine can't be run: ${error.message}`);
      ended(null, null);
    });
    child = next;
    if (next.pid !== undefined) options.started(next.pid);
    return next;
  }

  async function again(): Promise<void> {
    const next = run();
    const answer = await ask(url, options.socket, START, () => child === next && !stopping);
    if (answer) log.info('The database engine is back');
  }

  const first = run();
  const answer = await ask(url, options.socket, START, () => child === first);
  if (!answer) {
    const was = child === first ? `did not answer within ${START / 1000} s` : 'ended while starting';
    stopping = end(first);
    await stopping;
    throw new EngineError(`The database engine ${was}. The end of ${logFile}:\n${tail(logFile)}`);
  }
  version = answer;

  return {
    version,
    get pid() {
      return child?.pid;
    },
    onExit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopping ??= (async () => {
        clearTimeout(timer);
        if (child) await end(child);
        rmSync(options.socket, { force: true });
      })();
      return stopping;
    }
  };
}

/** The engine's version once it answers; undefined when `running` says no, or the time is over. */
async function ask(
  url: string,
  socket: string,
  time: number,
  running: () => boolean
): Promise<string | undefined> {
  for (const end = Date.now() + time; running() && Date.now() < end; await wait(20)) {
    if (!(await listens(socket))) continue; // the driver itself would ask only twice a second
    const client = new MongoClient(url, { serverSelectionTimeoutMS: 1_000, directConnection: true });
    try {
      const info = await client.db('admin').command({ buildInfo: 1 });
      return String(info['version'] ?? 'unknown');
    } catch {
      // not yet
    } finally {
      await client.close().catch(() => {});
    }
  }
  return undefined;
}

function listens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.on('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.on('error', () => resolve(false));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP);
  await gone;
  clearTimeout(force);
}

function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > LARGEST_LOG) renameSync(file, `${file}.1`);
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-8).join('\n') : '(nothing)';
}
