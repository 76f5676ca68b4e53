/**
 * ume itself: the real server on a data folder of its own, with an organization founded for the bench, reached as any
 * client reaches it, with an API key. Only the limits that protect a server from one user are lifted, since here one
 * user is a thousand.
 */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Target } from '../load/connection.ts';
import type { Protocol } from '../load/frames.ts';
import { widely } from '../load/pace.ts';
import type { Peer } from './peer.ts';
import { ServerProcess } from './server-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const LIMITS = {
  UME_LIMIT_CONNECTIONS_PER_USER: '100000',
  UME_LIMIT_DOCUMENTS_PER_CONNECTION: '100000',
  UME_LIMIT_MESSAGES_PER_SECOND: '1000000',
  UME_LIMIT_REQUESTS_PER_SECOND: '1000000'
};

export class UmePeer implements Peer {
  readonly name = 'ume';
  readonly title = 'ume';
  readonly keeps = true;
  private readonly data: string;
  private readonly log: string;
  private apiKey: string | undefined;
  private made = 0;
  private running: ServerProcess | undefined;

  constructor(folder: string) {
    this.data = join(folder, 'ume');
    this.log = join(folder, 'ume.log');
    mkdirSync(this.data, { recursive: true });
  }

  get process(): ServerProcess {
    if (!this.running) throw new Error('ume is not running');
    return this.running;
  }

  async start(): Promise<void> {
    this.running = await ServerProcess.start({
      script: join(root, 'server/main.ts'),
      env: { UME_DATA: this.data, UME_LOG: 'warn', ...LIMITS },
      log: this.log,
      readyPath: '/api/v1/health'
    });
    this.apiKey ??= await this.found();
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  target(documentName: string, protocol: Protocol = 'hocuspocus'): Target {
    const token = this.apiKey!;
    const base = `ws://127.0.0.1:${this.process.port}`;
    const url =
      protocol === 'hocuspocus'
        ? `${base}/collab`
        : `${base}/y/${encodeURIComponent(documentName)}?token=${encodeURIComponent(token)}`;
    return { url, token, protocol };
  }

  /** Creates tasks, as a client of the API would. */
  async documents(count: number): Promise<string[]> {
    return widely(Array.from({ length: count }), 16, async () => {
      const answer = await fetch(`http://127.0.0.1:${this.process.port}/api/v1/records/work.task`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ fields: { title: `Bench ${++this.made}` } })
      });
      const body = await answer.text();
      if (!answer.ok) throw new Error(`Creating a task: ${answer.status} ${body.slice(0, 300)}`);
      return (JSON.parse(body) as { id: string }).id;
    });
  }

  private async found(): Promise<string> {
    const args = ['admin', 'init', '--org', 'Bench', '--type', 'for-profit', '--email', 'bench@example.org'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        join(root, 'server/cli/main.ts'),
        ...args,
        '--password',
        'bench-Bench-1234',
        '--data',
        this.data,
        '--json'
      ],
      { env: { ...process.env, UME_DATA: this.data, UME_LOG: 'error' }, timeout: 60_000 }
    );
    const last = stdout.trim().split('\n').at(-1)!;
    return (JSON.parse(last) as { apiKey: string }).apiKey;
  }
}
