/** For tests: the whole server as a child process on a data folder, which can be killed and started again. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

export class ServerChild {
  readonly data: string;
  readonly #env: Record<string, string>;
  #process: ChildProcess | null = null;
  #output = '';
  url = '';
  apiKey = '';

  constructor(env: Record<string, string> = {}) {
    this.data = mkdtempSync(join(tmpdir(), 'ume-resilience-'));
    this.#env = env;
  }

  get webSocketUrl(): string {
    return this.url.replace('http', 'ws');
  }

  get alive(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** What the server printed, its log included. */
  get output(): string {
    return this.#output;
  }

  /** @throws when the server isn't ready within 30 seconds; the message holds what it printed. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [main], {
      env: {
        ...process.env,
        UME_ENGINE: 'embedded',
        UME_LOG: 'warn',
        UME_LIMIT_REQUESTS_PER_SECOND: '100000',
        ...this.#env,
        PORT: '0',
        UME_DATA: this.data
      },
      stdio: ['ignore', 'pipe', 'pipe']
    });
    this.#process = child;
    let printed = '';
    const ready = new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server is not ready:\n${printed}`)), 30_000);
      const read = (data: Buffer) => {
        printed += data.toString();
        this.#output = (this.#output + data.toString()).slice(-200_000);
        const found = /ready at (http:\S+)/.exec(printed);
        if (!found) return;
        clearTimeout(timer);
        resolve(found[1]!);
      };
      child.stdout!.on('data', read);
      child.stderr!.on('data', read);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${printed}`)));
    });
    this.url = await ready;
  }

  /** Founds an organization and keeps its API key. */
  async found(name = 'Harbour'): Promise<void> {
    const control = JSON.parse(readFileSync(join(this.data, 'server.json'), 'utf8')) as { token: string };
    const answer = await fetch(`${this.url}/api/v1/admin/init`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-ume-operator': control.token },
      body: JSON.stringify({
        organization: { name, type: 'for-profit', country: 'DE', timeZone: 'Europe/Berlin', currency: 'EUR' },
        founder: {
          name: 'Ann',
          email: `ann@${name.toLowerCase()}.example`,
          password: 'a long enough password'
        },
        space: { name: 'Team' }
      })
    });
    if (!answer.ok) throw new Error(`founding: ${answer.status} ${await answer.text()}`);
    this.apiKey = ((await answer.json()) as { apiKey: string }).apiKey;
  }

  async api<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000)
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** The engine's process, as the data folder records it; null where none is recorded. */
  enginePid(): number | null {
    const pid = this.#process?.pid;
    if (!pid) return null;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    return (
      children.find(
        (each) => each > 0 && readFileSync(`/proc/${each}/cmdline`, 'utf8').includes('embedded')
      ) ?? null
    );
  }

  /** Kills the server at once, as a power failure would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to stop. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
    this.#process = null;
  }

  cleanUp(): void {
    rmSync(this.data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
