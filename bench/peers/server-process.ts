/**
 * A server under test as a child process: started on a free port, asked for its use of CPU and memory, stopped
 * gracefully or killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { pause } from '../load/pace.ts';
import { cpuMicros, descendants, forget, remember, residentBytes, signal } from './children.ts';
import type { Answer } from './probe.ts';

/** CPU time, µs: the server's own, and that of processes it runs (a database engine). */
export type Cpu = { server: number; below: number };
/** Bytes: what the system sees, what the server's heap holds after collection, and what its children hold. */
export type Memory = { rss: number; live: number; below: number };

export type Start = {
  script: string;
  args?: string[];
  env?: Record<string, string>;
  /** Where the server's output goes; shown when it does not start. */
  log: string;
  /** An address that answers with 200 once the server is ready. */
  readyPath: string;
};

const probe = fileURLToPath(new URL('./probe.ts', import.meta.url));

export class ServerProcess {
  readonly port: number;
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly asked = new Map<number, (answer: Answer) => void>();
  private questions = 0;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    this.pid = child.pid!;
    child.on('message', (answer: Answer) => {
      this.asked.get(answer.id)?.(answer);
      this.asked.delete(answer.id);
    });
    child.on('error', () => {});
    remember(this.pid);
    child.once('exit', () => forget(this.pid));
  }

  /**
   * Starts a server and waits until it answers, at most 60 s.
   * @throws Error with the end of its log when it does not.
   */
  static async start(start: Start): Promise<ServerProcess> {
    const port = await freePort();
    const log = openSync(start.log, 'a');
    const child = spawn(
      process.execPath,
      [
        '--expose-gc',
        '--disable-warning=ExperimentalWarning',
        '--import',
        probe,
        start.script,
        ...(start.args ?? [])
      ],
      {
        env: { ...process.env, ...start.env, PORT: String(port), HOST: '127.0.0.1', NODE_ENV: 'production' },
        stdio: ['ignore', log, log, 'ipc']
      }
    );
    closeSync(log);
    const server = new ServerProcess(child, port);
    const end = Date.now() + 60_000;
    while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}${start.readyPath}`);
        await answer.arrayBuffer();
        if (answer.ok) return server;
      } catch {
        // not listening yet
      }
      await pause(25);
    }
    await server.kill();
    throw new Error(`${start.script} did not start:\n${readFileSync(start.log, 'utf8').slice(-2_000)}`);
  }

  async cpu(): Promise<Cpu> {
    const below = descendants(this.pid).reduce((sum, pid) => sum + cpuMicros(pid), 0);
    return { server: (await this.ask({ ask: 'usage' })).cpuMicros, below };
  }

  /** Memory after a collection of garbage. */
  async memory(): Promise<Memory> {
    const { rss, heap, external } = await this.ask({ ask: 'collect' });
    const below = descendants(this.pid).reduce((sum, pid) => sum + residentBytes(pid), 0);
    return { rss, live: heap + external, below };
  }

  async startProfile(): Promise<void> {
    await this.ask({ ask: 'profile' });
  }

  /** Ends a CPU profile and leaves it in a file Chrome's developer tools can open. */
  async endProfile(file: string): Promise<void> {
    await this.ask({ ask: 'profiled', file });
  }

  /** Asks it to stop, and insists after 20 s. Resolves with whether asking was enough. */
  async stop(): Promise<boolean> {
    if (this.gone) return true;
    const exited = once(this.child, 'exit');
    signal(this.pid, 'SIGTERM');
    const graceful = await Promise.race([exited.then(() => true), pause(20_000).then(() => false)]);
    if (!graceful) await this.kill();
    return graceful;
  }

  /**
   * SIGKILL.
   * @param below also what it runs: as if the machine went down.
   */
  async kill(below = true): Promise<void> {
    const children = descendants(this.pid);
    if (!this.gone) {
      const exited = once(this.child, 'exit');
      signal(this.pid, 'SIGKILL');
      if (below) for (const pid of children) signal(pid, 'SIGKILL');
      await exited;
    }
  }

  private get gone(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  private ask(question: Record<string, unknown>): Promise<Answer> {
    const id = ++this.questions;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The server (pid ${this.pid}) does not answer`)),
        30_000
      );
      this.asked.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.child.send({ ...question, id }, (error) => {
        if (!error) return;
        clearTimeout(timer);
        reject(error);
      });
    });
  }
}

/** A TCP port nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
