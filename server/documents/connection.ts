/**
 * One client connection and the documents it has open.
 *
 * Hocuspocus keeps the door: it takes the token, asks who it is, opens and closes documents, and drops connections that
 * fall silent. Once a document is open, its messages go straight to the live document: edits are the hot path.
 */
import * as decoding from 'lib0/decoding';
import type { Connection, Hocuspocus, WebSocketLike } from '@hocuspocus/server';
import {
  problem as problemSchema,
  rubbish,
  tooMany,
  tooManyDocuments,
  UmeError
} from '#shared/protocol/errors.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import * as frames from './frames.ts';
import { TokenBucket } from './limits.ts';
import type { LiveDocument } from './live-document.ts';
import type { Port } from './port.ts';
import type { DocumentSocket } from './socket.ts';

export interface ConnectionLimits {
  messagesPerSecond: number;
  documents: number;
  /** How much may wait for a document that is still opening, bytes. */
  waitingBytes: number;
}

/**
 * WebSocket close codes of ours: 4400 bad message, 4403 not allowed, 4429 too much, 4503 not now. y-websocket's clients
 * never come back after 44xx, and by themselves after all others: so to them 44xx is said only where it is meant.
 */
const CLOSE_BAD_MESSAGE = 4400;
const CLOSE_TOO_MUCH = 4429;
const CLOSE_NOT_NOW = 4503;

interface OpenPort extends Port {
  document: LiveDocument;
  hocuspocus: Connection;
}

export class DocumentConnection {
  readonly socket: DocumentSocket;
  /** Set right after Hocuspocus took the connection. */
  door!: ReturnType<Hocuspocus['handleConnection']>;
  /** For y-websocket: the one document it speaks of, whose name its frames leave out. */
  readonly #single: string | null;
  readonly #ports = new Map<string, OpenPort>();
  /** The port of the last message. */
  #last: OpenPort | null = null;
  /** What came for documents that are still opening, by address. */
  readonly #waiting = new Map<string, Uint8Array[]>();
  #waitingBytes = 0;
  readonly #bucket: TokenBucket;
  readonly #limits: ConnectionLimits;

  constructor(socket: DocumentSocket, limits: ConnectionLimits, single: string | null = null) {
    this.socket = socket;
    this.#limits = limits;
    this.#single = single;
    this.#bucket = new TokenBucket(limits.messagesPerSecond);
  }

  get protocol(): Port['protocol'] {
    return this.#single === null ? 'hocuspocus' : 'y-websocket';
  }

  get ports(): Iterable<Port> {
    return this.#ports.values();
  }

  /**
   * Whether one more document may be opened.
   * @throws tooManyDocuments
   */
  admit(): void {
    if (this.#ports.size >= this.#limits.documents) throw tooManyDocuments();
  }

  /** Handles a message from the client; closes the connection where it can't be understood. */
  receive(message: Uint8Array): void {
    if (!this.#bucket.take()) return this.close(CLOSE_TOO_MUCH, tooMany().problem);
    try {
      this.#receive(message);
    } catch (error) {
      const problem = error instanceof UmeError ? error.problem : rubbish().problem;
      this.close(CLOSE_BAD_MESSAGE, problem);
    }
  }

  #receive(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    // Mostly it is the document of the message before, and mostly an edit.
    const last = this.#last;
    if (last && frames.beginsWith(message, last.address)) {
      decoder.pos = last.address.byteLength;
      const kind = decoding.readVarUint(decoder);
      if (kind !== frames.Kind.auth && kind !== frames.Kind.close) {
        this.door.lastMessageReceivedAt = Date.now();
        return last.document.receive(last, kind, decoder);
      }
      decoder.pos = 0;
    }
    const address = this.#single ?? frames.readAddress(decoder);
    const start = decoder.pos;
    const kind = decoding.readVarUint(decoder);
    if (kind === frames.Kind.auth || kind === frames.Kind.close) {
      // y-websocket clients never send these: its token came with the address.
      if (this.#single !== null) throw rubbish();
      // Hocuspocus would keep it, and close with it what the client opens next.
      if (kind === frames.Kind.close && !this.#ports.has(address) && !this.#waiting.has(address)) return;
      if (kind === frames.Kind.auth && !this.#ports.has(address)) this.#expect(address);
      return this.door.handleMessage(message);
    }
    this.door.lastMessageReceivedAt = Date.now();
    const port = this.#ports.get(address);
    if (port) {
      this.#last = port;
      return port.document.receive(port, kind, decoder);
    }
    this.#wait(address, message.subarray(start));
  }

  /** A document is about to be opened: what comes for it until then is kept. */
  #expect(address: string): void {
    if (this.#waiting.size > this.#limits.documents) throw tooManyDocuments();
    if (!this.#waiting.has(address)) this.#waiting.set(address, []);
  }

  /** Starts y-websocket's one document, as if its client had sent the token. */
  begin(document: string, token: string): void {
    this.#expect(document);
    this.door.handleMessage(frames.addressed(frames.address(document), frames.token(token)));
  }

  #wait(address: string, body: Uint8Array): void {
    const queue = this.#waiting.get(address);
    // Nobody asked for it: a document that was refused or closed. The client has been told.
    if (!queue) return;
    this.#waitingBytes += body.byteLength + 64;
    if (this.#waitingBytes > this.#limits.waitingBytes) throw tooMany();
    queue.push(body);
  }

  /** Hocuspocus let the client in: joins the document and hands on what waited. */
  join(
    address: string,
    document: LiveDocument,
    actor: Actor,
    readOnly: boolean,
    hocuspocus: Connection
  ): void {
    const { socket, protocol } = this;
    const encoded = protocol === 'hocuspocus' ? frames.address(address) : EMPTY;
    const saved = protocol === 'hocuspocus' ? frames.webSocketFrame(encoded, frames.syncStatus(true)) : null;
    const port: OpenPort = {
      document,
      hocuspocus,
      actor,
      readOnly,
      protocol,
      address: encoded,
      addressKey: protocol === 'hocuspocus' ? address : '',
      send: (body) => socket.write(frames.webSocketFrame(encoded, body)),
      acknowledge: () => saved && socket.write(saved),
      write: (frame) => socket.write(frame),
      close: (problem) => this.#closePort(port, problem)
    };
    this.#ports.set(address, port);
    document.join(port);
    hocuspocus.onClose(() => {
      if (this.#ports.get(address) === port) this.#ports.delete(address);
      if (this.#last === port) this.#last = null;
      document.leave(port);
    });
    this.#release(address, port);
  }

  /** The document could not be opened: what waited for it is dropped; the client is told why by the door. */
  refuse(document: string): void {
    for (const address of [...this.#waiting.keys()]) {
      if (address === document || address.startsWith(`${document}\0`)) this.#forget(address);
    }
  }

  #forget(address: string): void {
    for (const body of this.#waiting.get(address) ?? []) this.#waitingBytes -= body.byteLength + 64;
    this.#waiting.delete(address);
  }

  /** What Hocuspocus writes to. y-websocket clients don't know its frames: they get what those mean. */
  get outlet(): WebSocketLike {
    const { socket } = this;
    if (this.#single === null) return socket;
    return {
      get readyState() {
        return socket.readyState;
      },
      send: (message: Uint8Array) => this.#translate(message),
      close: (code, reason) => socket.close(code, reason)
    };
  }

  #translate(message: Uint8Array): void {
    const decoder = decoding.createDecoder(message);
    frames.readAddress(decoder);
    const kind = decoding.readVarUint(decoder);
    if (kind === frames.Kind.close) return this.socket.close(CLOSE_NOT_NOW, 'closed');
    if (kind !== frames.Kind.auth || decoding.readVarUint(decoder) !== frames.DENIED) return;
    const reason = decoding.readVarString(decoder);
    this.socket.send(frames.denied(reason));
    if (passes(problemIn(reason))) this.socket.close(CLOSE_NOT_NOW, 'not now');
    else this.socket.close(4403, 'not allowed');
  }

  #release(address: string, port: OpenPort): void {
    const queue = this.#waiting.get(address) ?? [];
    this.#forget(address);
    try {
      for (const body of queue) {
        const decoder = decoding.createDecoder(body);
        port.document.receive(port, decoding.readVarUint(decoder), decoder);
      }
    } catch (error) {
      this.close(CLOSE_BAD_MESSAGE, error instanceof UmeError ? error.problem : rubbish().problem);
    }
  }

  #closePort(port: OpenPort, problem: Problem): void {
    if (this.#single !== null) return this.close(4403, problem);
    port.hocuspocus.close({ code: 4403, reason: JSON.stringify(problem) });
  }

  /** Clients take silence for a dead connection: where nothing was sent for a while, it is said that nothing changed. */
  keepAlive(): void {
    if (!this.socket.wasSilent()) return;
    const [port] = this.#ports.values();
    port?.send(NOBODY_MOVED);
  }

  close(code: number, problem: Problem): void {
    if (this.#single !== null && passes(problem)) code = CLOSE_NOT_NOW;
    this.socket.close(code, problem.code);
    this.door.handleClose({ code, reason: problem.code });
    this.#waiting.clear();
  }
}

/** Whether it may go better in a while. */
const passes = (problem: Problem | null): boolean =>
  problem !== null && (problem.status >= 500 || problem.status === 409 || problem.status === 429);

/** The problem that a reason of ours is; null where it is somebody else's word. */
function problemIn(reason: string): Problem | null {
  try {
    return problemSchema.safeParse(JSON.parse(reason)).data ?? null;
  } catch {
    return null;
  }
}

const EMPTY = new Uint8Array(0);
const NOBODY_MOVED = frames.awareness(Uint8Array.of(0));
