/**
 * What both stock peers have in common: the same program, started with or without a database file.
 */
import { fileURLToPath } from 'node:url';
import type { Target } from '../load/connection.ts';
import type { Protocol } from '../load/frames.ts';
import type { Peer, PeerName } from './peer.ts';
import { ServerProcess } from './server-process.ts';

const script = fileURLToPath(new URL('./hocuspocus-server.ts', import.meta.url));

export class StockPeer implements Peer {
  readonly name: PeerName;
  readonly title: string;
  readonly keeps: boolean;
  private readonly args: string[];
  private readonly log: string;
  private running: ServerProcess | undefined;

  constructor(name: PeerName, title: string, log: string, database?: string) {
    this.name = name;
    this.title = title;
    this.keeps = database !== undefined;
    this.args = database ? [database] : [];
    this.log = log;
  }

  get process(): ServerProcess {
    if (!this.running) throw new Error(`${this.title} is not running`);
    return this.running;
  }

  async start(): Promise<void> {
    this.running = await ServerProcess.start({ script, args: this.args, log: this.log, readyPath: '/' });
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  target(_documentName: string, protocol: Protocol = 'hocuspocus'): Target {
    if (protocol !== 'hocuspocus') throw new Error('Stock Hocuspocus does not speak y-websocket’s protocol');
    return { url: `ws://127.0.0.1:${this.process.port}`, token: 'bench', protocol };
  }

  documents(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
