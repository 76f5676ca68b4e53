/**
 * Sending one thing to many: what all documents have to say is gathered for the length of one turn of the event loop,
 * then every distinct frame is built once and written to all who want it.
 */
import { addressed, webSocketFrame } from './frames.ts';
import type { Port } from './port.ts';

/** Sends a body to many ports, building one frame per distinct address. */
export function broadcast(ports: Iterable<Port>, body: Uint8Array, except?: Port): void {
  let key: string | undefined;
  let frame: Buffer | undefined;
  for (const port of ports) {
    if (port === except) continue;
    if (!frame || port.addressKey !== key) {
      key = port.addressKey;
      frame = webSocketFrame(port.protocol === 'hocuspocus' ? addressed(port.address, body) : body);
    }
    port.write(frame);
  }
}

/** Runs each task once at the end of the current turn, however often it is asked for. */
export class EndOfTurn {
  readonly #tasks = new Set<() => void>();
  #scheduled = false;

  add(task: () => void): void {
    this.#tasks.add(task);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    const tasks = [...this.#tasks];
    this.#tasks.clear();
    for (const task of tasks) task();
  }
}
