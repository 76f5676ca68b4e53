/** Server-sent events (WHATWG HTML §9.2): one way, over plain HTTP, resumed by the browser with the last event's id. */
import type { Response } from 'express';

/** How often a silent stream says that it lives, milliseconds: proxies close what is quiet for a minute. */
const HEARTBEAT = 20_000;
/** A reader that lets this much pile up is let go, bytes; it comes back and resumes. */
const MAX_BACKLOG = 8 * 1024 * 1024;

export class EventStream {
  readonly #response: Response;
  readonly #timer: NodeJS.Timeout;

  constructor(response: Response, onClosed: () => void) {
    this.#response = response;
    response.set({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // What ends it ends the connection: a server that stops waits for those.
      connection: 'close',
      // Nginx would collect the events first.
      'x-accel-buffering': 'no'
    });
    response.flushHeaders();
    this.#timer = setInterval(() => response.write(': still here\n\n'), HEARTBEAT);
    response.once('close', () => {
      clearInterval(this.#timer);
      onClosed();
    });
  }

  send(event: string, id: number, data: unknown): void {
    if (this.#response.writableLength > MAX_BACKLOG) return this.end();
    this.#response.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#response.end();
  }
}
