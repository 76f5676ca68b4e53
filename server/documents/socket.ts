/**
 * A WebSocket as documents use it: whole binary messages, with everything written in one turn of the event loop sent in
 * one go. Framing and writing per message is what a fan-out spends most of its time on.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { webSocketFrame } from './frames.ts';

/** A receiver that lets this much pile up is too slow to follow, bytes; it reconnects and gets the state in one piece. */
const MAX_BACKLOG = 32 * 1024 * 1024;

export class DocumentSocket {
  readonly ws: WebSocket;
  readonly #stream: Duplex;
  #corked = false;
  /** When something was last sent, milliseconds since 1970. */
  sentAt = Date.now();

  /** @param ws without compression: frames are written past it, which only whole, plain messages allow. */
  constructor(ws: WebSocket, stream: Duplex) {
    this.ws = ws;
    this.#stream = stream;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.ws.readyState;
  }

  send(message: Uint8Array): void {
    this.write(webSocketFrame(message));
  }

  /** Writes a finished frame. */
  write(frame: Buffer): void {
    if (this.ws.readyState !== 1 || this.#stream.destroyed) return;
    if (this.#stream.writableLength > MAX_BACKLOG) return this.close(4413, 'Too slow to follow');
    if (!this.#corked) {
      this.#corked = true;
      this.#stream.cork();
      uncorkLater(this.#uncork);
    }
    this.#stream.write(frame);
  }

  readonly #uncork = (): void => {
    this.#corked = false;
    this.sentAt = Date.now();
    if (!this.#stream.destroyed) this.#stream.uncork();
  };

  close(code?: number, reason?: string): void {
    if (this.#corked) this.#uncork();
    // A reason is at most 123 bytes (RFC 6455 §5.5).
    this.ws.close(code, reason?.slice(0, 120));
  }
}

let waiting: Array<() => void> = [];

/** Runs tasks together after what this turn still has to write. */
function uncorkLater(task: () => void): void {
  if (waiting.length === 0) {
    setImmediate(() => {
      const tasks = waiting;
      waiting = [];
      for (const each of tasks) each();
    });
  }
  waiting.push(task);
}
