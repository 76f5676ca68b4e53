/**
 * The pool of mediasoup workers. The server runs without them: they start when the worker's binary is there, also when
 * it comes later, and one that dies is replaced.
 */
import { accessSync, constants } from 'node:fs';
import type { types } from 'mediasoup';
import type { MediaConfig } from '../mediasoup.config.ts';

/** Looks this often whether the binary has come, milliseconds: it may be on its way in the background. */
const LOOK = 5_000;
const BACK_OFF = [500, 2_000, 10_000, 60_000];
/** A worker that ran this long was well. */
const HEALTHY = 60_000;

export interface MediaStatus {
  /** Whether rooms can use the video server now. */
  available: boolean;
  /** Workers that run now. */
  workers: number;
  /** Why it is not available, in words for an operator. */
  reason?: string;
}

export interface MediaWorker {
  worker: types.Worker;
  /** The one port of this worker; rooms make their transports on it. */
  server: types.WebRtcServer;
}

export interface MediaLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export class MediaWorkers {
  readonly #config: MediaConfig;
  readonly #log: MediaLog;
  readonly #look: number;
  readonly #slots: Array<MediaWorker | undefined>;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #died = new Set<(worker: types.Worker) => void>();
  #reason: string | undefined = 'the video workers are starting';
  #closed = false;
  #next = 0;

  constructor(config: MediaConfig, log: MediaLog, { look = LOOK } = {}) {
    this.#config = config;
    this.#log = log;
    this.#look = look;
    this.#slots = Array.from({ length: config.workers }, () => undefined);
  }

  /** Starts what can be started; never throws. `status()` tells how it went. */
  async start(): Promise<void> {
    if (this.#closed) return;
    const missing = this.#missing();
    if (missing) {
      if (this.#reason !== missing) this.#log.warn(`Rooms are without a video server for now: ${missing}`);
      this.#reason = missing;
      this.#later(() => this.start(), this.#look);
      return;
    }
    await Promise.all(this.#slots.map((_, index) => this.#fill(index, 0)));
    if (this.status().available)
      this.#log.info(`The video server is ready (${this.status().workers} workers)`);
  }

  status(): MediaStatus {
    const workers = this.#slots.filter((slot) => slot !== undefined).length;
    if (workers > 0) return { available: true, workers };
    return { available: false, workers, reason: this.#reason };
  }

  /** A worker for a new room, each in turn; undefined while there is none. */
  next(): MediaWorker | undefined {
    for (let tried = 0; tried < this.#slots.length; tried++) {
      const slot = this.#slots[this.#next++ % this.#slots.length];
      if (slot) return slot;
    }
    return undefined;
  }

  /** Told when a worker died, and with it everything its rooms had on it. Returns how to stop being told. */
  onDied(listener: (worker: types.Worker) => void): () => void {
    this.#died.add(listener);
    return () => this.#died.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#reason = 'the server is stopping';
    for (const timer of this.#timers) clearTimeout(timer);
    for (const [index, slot] of this.#slots.entries()) {
      this.#slots[index] = undefined;
      slot?.worker.close();
    }
  }

  async #fill(index: number, failures: number): Promise<void> {
    let worker: types.Worker | undefined;
    try {
      // Not before it is needed: a server without video does not load it at all.
      const { createWorker } = await import('mediasoup');
      worker = await createWorker(this.#config.worker);
      const server = await worker.createWebRtcServer({ listenInfos: this.#config.listenInfos(index) });
      if (this.#closed) return worker.close();
      this.#slots[index] = { worker, server };
      const begun = Date.now();
      const itself = worker;
      worker.once('died', (error) => {
        this.#slots[index] = undefined;
        this.#reason = `the video workers died (${error.message})`;
        this.#log.error(`A video worker died: ${error.message}; starting another`);
        for (const listener of this.#died) listener(itself);
        this.#again(index, Date.now() - begun > HEALTHY ? 0 : failures + 1);
      });
    } catch (error) {
      worker?.close();
      const message = error instanceof Error ? error.message : String(error);
      this.#reason = `a video worker can't be started: ${message}`;
      if (failures === 0) this.#log.error(`A video worker can't be started: ${message}`);
      this.#again(index, failures + 1);
    }
  }

  #again(index: number, failures: number): void {
    this.#later(
      () => this.#fill(index, failures),
      BACK_OFF[Math.min(failures, BACK_OFF.length) - 1] ?? BACK_OFF[0]
    );
  }

  #later(work: () => Promise<void>, time = 0): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void work();
    }, time);
    timer.unref();
    this.#timers.add(timer);
  }

  #missing(): string | undefined {
    const path = this.#config.worker.workerBin;
    if (!path) return 'MEDIASOUP_WORKER_BIN is not set (./ume start sets it)';
    try {
      accessSync(path, constants.X_OK);
      return undefined;
    } catch {
      return `there is no worker at ${path} yet; ./ume doctor tells how to get it`;
    }
  }
}
