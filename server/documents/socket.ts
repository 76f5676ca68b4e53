/** A WebSocket as documents use it: whole binary messages, with everything written in one turn sent in one go. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { webSocketFrame } from './frames.ts';
import { sendAtEndOfTurn } from './turn.ts';

/** A receiver that lets this much pile up is too slow to follow, bytes; it reconnects and gets the state in one piece. */
const MAX_BACKLOG = 32 * 1024 * 1024;
/** Frames up to this size together are copied into one buffer, which is cheaper than handing the system several. */
const COPY = 16 * 1024;

/** Messages that are whole already need no address. */
const NOWHERE = new Uint8Array(0);

export class DocumentSocket {
  readonly ws: WebSocket;
  readonly #stream: Duplex;
  #frames: Buffer[] = [];
  #bytes = 0;
  /** Whether anything was sent since `wasSilent` was last asked. */
  #spoke = true;
  readonly #send = () => this.#flush();

  /** @param ws without compression: frames are written past it, which only whole, plain messages allow. */
  constructor(ws: WebSocket, stream: Duplex) {
    this.ws = ws;
    this.#stream = stream;
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.ws.readyState;
  }

  /** Whether nothing was sent since this was last asked. */
  wasSilent(): boolean {
    const silent = !this.#spoke;
    this.#spoke = false;
    return silent;
  }

  send(message: Uint8Array): void {
    this.write(webSocketFrame(NOWHERE, message));
  }

  /** Writes a finished frame. */
  write(frame: Buffer): void {
    if (this.ws.readyState !== 1) return;
    if (this.#frames.push(frame) === 1) sendAtEndOfTurn(this.#send);
    this.#bytes += frame.byteLength;
  }

  #flush(): void {
    const frames = this.#frames;
    const bytes = this.#bytes;
    if (frames.length === 0) return;
    this.#frames = [];
    this.#bytes = 0;
    this.#spoke = true;
    if (this.ws.readyState !== 1 || this.#stream.destroyed) return;
    if (this.#stream.writableLength + bytes > MAX_BACKLOG && this.#stream.writableLength > 0) {
      return this.ws.close(4513, 'Too slow to follow');
    }
    if (frames.length === 1) this.#stream.write(frames[0]!);
    else if (bytes <= COPY) this.#stream.write(Buffer.concat(frames, bytes));
    else {
      this.#stream.cork();
      for (const frame of frames) this.#stream.write(frame);
      this.#stream.uncork();
    }
  }

  close(code?: number, reason?: string): void {
    this.#flush();
    // A reason is at most 123 bytes (RFC 6455 §5.5).
    this.ws.close(code, reason?.slice(0, 120));
  }
}
