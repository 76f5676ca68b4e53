/**
 * A client that writes and remembers what was acknowledged. It speaks Hocuspocus' protocol by hand, since it must know
 * which edit an acknowledgement belongs to: the n-th one belongs to the n-th message.
 */
import * as decoding from 'lib0/decoding';
import WebSocket from 'ws';
import * as Y from 'yjs';
import * as frames from '../documents/frames.ts';

export class Writer {
  readonly name: string;
  /** Keys that are acknowledged: they must never be missing again. */
  readonly acknowledged = new Set<string>();
  /** Whether the server said that it can't save at the moment. */
  toldDown = false;
  readonly #document: string;
  readonly #doc = new Y.Doc();
  #socket: WebSocket | null = null;
  #greeted = false;
  #waiting: string[][] = [];
  #unsent: string[] = [];
  #written = 0;

  constructor(name: string, document: string) {
    this.name = name;
    this.#document = document;
    this.#doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === this) return;
      const key = String(origin);
      if (!this.#greeted) this.#unsent.push(key);
      else this.#send(frames.update(update), [key]);
    });
  }

  /** Keys written and not acknowledged yet. */
  get pending(): number {
    return this.#unsent.length + this.#waiting.reduce((sum, keys) => sum + keys.length, 0);
  }

  get doc(): Y.Doc {
    return this.#doc;
  }

  connect(url: string, token: string): void {
    const socket = new WebSocket(`${url}/collab`);
    this.#socket = socket;
    this.#greeted = false;
    socket.binaryType = 'nodebuffer';
    socket.on('error', () => undefined);
    socket.on('open', () => {
      socket.send(frames.addressed(frames.address(this.#document), frames.token(token)));
      socket.send(
        frames.addressed(frames.address(this.#document), frames.step1(Y.encodeStateVector(this.#doc)))
      );
    });
    socket.on('message', (data: Buffer) => {
      if (socket === this.#socket) this.#receive(new Uint8Array(data));
    });
    socket.on('close', () => {
      if (socket === this.#socket) this.#lost();
    });
  }

  disconnect(): void {
    this.#socket?.terminate();
    this.#lost();
  }

  /** Writes one thing that nobody else writes. */
  write(value: string): void {
    const key = `${this.name}-${++this.#written}`;
    this.#doc.transact(() => this.#doc.getMap('notes').set(key, value), key);
  }

  #lost(): void {
    this.#socket = null;
    this.#greeted = false;
    this.#unsent = [...this.#waiting.flat(), ...this.#unsent];
    this.#waiting = [];
  }

  #send(body: Uint8Array, keys: string[]): void {
    this.#waiting.push(keys);
    this.#socket?.send(frames.addressed(frames.address(this.#document), body));
  }

  #receive(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    decoding.readVarString(decoder);
    const kind = decoding.readVarUint(decoder);
    if (kind === frames.Kind.syncStatus) return this.#acknowledgedOne();
    if (kind === frames.Kind.stateless) {
      const notice = JSON.parse(decoding.readVarString(decoder)) as { kind: string; ok?: boolean };
      if (notice.kind === 'storage' && notice.ok === false) this.toldDown = true;
      return;
    }
    if (kind !== frames.Kind.sync) return;
    const step = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (step !== frames.Sync.step1) return Y.applyUpdate(this.#doc, bytes, this);
    // The server asks for what it lacks: everything not acknowledged goes in one message.
    this.#greeted = true;
    const keys = this.#unsent;
    this.#unsent = [];
    this.#send(frames.step2(Y.encodeStateAsUpdate(this.#doc, bytes)), keys);
  }

  #acknowledgedOne(): void {
    if (!this.#greeted) {
      // Someone with an empty copy is not asked for anything, and told right away that all is saved.
      this.#greeted = true;
      const keys = this.#unsent;
      this.#unsent = [];
      if (keys.length > 0) this.#send(frames.update(Y.encodeStateAsUpdate(this.#doc)), keys);
      return;
    }
    for (const key of this.#waiting.shift() ?? []) this.acknowledged.add(key);
  }
}
