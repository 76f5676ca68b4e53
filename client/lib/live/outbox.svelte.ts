/* eslint-disable svelte/prefer-svelte-reactivity -- the plain maps and sets here are bookkeeping no screen reads */
/** The outbox of this browser: kept in IndexedDB, sent by one tab, shown by all. */
import { orderedIds } from '#shared/kernel/ids.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { Command, Pending } from './commands.ts';
import { OutboxQueue, type Shelf } from './outbox-queue.ts';
import { sender } from './send.ts';
import type { LiveStore } from './store.ts';

const inMemory = (): Shelf => {
  const kept = new Map<string, Pending>();
  return {
    all: async () => [...kept.values()],
    put: async (pending) => void kept.set(pending.id, pending),
    delete: async (id) => void kept.delete(id)
  };
};

const inStore = (store: LiveStore, onUnkept: () => void): Shelf => ({
  all: () => store.getAll('commands').catch(() => (onUnkept(), [])),
  put: async (pending) => {
    await store.put('commands', pending).catch(onUnkept);
  },
  delete: async (id) => {
    await store.delete('commands', id).catch(onUnkept);
  }
});

export class Outbox {
  /** All commands that have not become part of every list yet, oldest first. */
  items = $state.raw<readonly Pending[]>([]);
  readonly waiting = $derived(this.items.filter((each) => each.status === 'waiting'));
  readonly refused = $derived(this.items.filter((each) => each.status === 'refused'));
  readonly #queue: OutboxQueue;
  readonly #channel: BroadcastChannel | null;
  readonly #leaving = new AbortController();
  readonly #landings = new Map<string, Array<() => void>>();

  constructor(options: {
    scope: string;
    store: LiveStore | null;
    fetch: typeof fetch;
    onRefused: (pending: Pending) => void;
    onDone: (pending: Pending, row: Row | undefined) => void;
    onSignedOut: () => void;
    onUnkept: () => void;
    /** How far the lists of a type are told. */
    toldUpTo: (type: string) => number;
  }) {
    const { store } = options;
    this.#channel =
      store && typeof BroadcastChannel !== 'undefined'
        ? new BroadcastChannel(`${options.scope}:outbox`)
        : null;
    const shelf = store ? inStore(store, options.onUnkept) : inMemory();
    const tell = () => this.#channel?.postMessage('changed');
    const send = sender(options.fetch);
    this.#queue = new OutboxQueue({
      shelf: {
        all: shelf.all,
        put: (pending) => shelf.put(pending).then(tell),
        delete: (id) => shelf.delete(id).then(tell)
      },
      send: async (pending) => {
        const result = await send(pending);
        if (result.kind === 'signedOut') options.onSignedOut();
        // An answer without a row names no position: what it did will be told next, so that is when lists show it.
        return result.kind === 'done' && result.position === 0
          ? { ...result, position: options.toldUpTo(pending.command.type) + 1 }
          : result;
      },
      now: Date.now,
      after: (ms, then) => {
        const timer = setTimeout(then, ms);
        return () => clearTimeout(timer);
      },
      newId: orderedIds(),
      onChange: (items) => {
        this.items = items;
        this.#land();
      },
      onRefused: options.onRefused,
      onDone: options.onDone
    });
    this.#channel?.addEventListener('message', () => void this.#queue.load());
    void this.#queue.load();
    this.#lead(options.scope, store !== null);
  }

  /** One tab holds the lock and sends; when it closes, the next one takes over. */
  #lead(scope: string, shared: boolean): void {
    if (!shared || !navigator.locks) return this.#queue.lead();
    navigator.locks
      .request(`${scope}:outbox`, { signal: this.#leaving.signal }, async () => {
        await this.#queue.load();
        this.#queue.lead();
        await new Promise<void>((done) => this.#leaving.signal.addEventListener('abort', () => done()));
      })
      .catch(() => {});
  }

  give(command: Command, notBefore?: number): Promise<Pending> {
    return this.#queue.add(command, notBefore);
  }

  cancel(id: string): Promise<boolean> {
    return this.#queue.cancel(id);
  }

  amend(record: string, fields: Record<string, unknown>): Promise<boolean> {
    return this.#queue.amend(record, fields);
  }

  discard(id: string): Promise<void> {
    return this.#queue.discard(id);
  }

  retry(id: string): Promise<void> {
    return this.#queue.retry(id);
  }

  kick(): void {
    this.#queue.kick();
  }

  /** Whether a record is still to be made. */
  unborn(record: string): boolean {
    return this.items.some(
      (each) => each.command.kind === 'create' && each.command.record === record && each.status !== 'answered'
    );
  }

  /** Resolves once the server has made the record; at once where it isn't this outbox that makes it. */
  born(record: string): Promise<void> {
    if (!this.unborn(record)) return Promise.resolve();
    return new Promise((done) => {
      this.#landings.set(record, [...(this.#landings.get(record) ?? []), done]);
    });
  }

  #land(): void {
    for (const [record, waiting] of this.#landings) {
      if (this.unborn(record)) continue;
      this.#landings.delete(record);
      for (const done of waiting) done();
    }
  }

  end(): void {
    this.#leaving.abort();
    this.#queue.stop();
    this.#channel?.close();
  }
}
