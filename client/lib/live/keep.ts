/**
 * Keeps one open document on this device. Every update is written as it happens; where it is the person's own, the mark
 * "not confirmed by the server" is written in the same transaction, so that after a reload the badge still says so.
 */
import * as Y from 'yjs';
import type { LiveStore } from './store.ts';

/** Above this many kept updates a document is rewritten as one when it is opened. */
const COMPACT_ABOVE = 200;

export class Keep {
  /** Resolves once what was kept is part of the document. */
  readonly loaded: Promise<void>;
  /** Whether anything was kept at all. */
  found = false;
  /** Unconfirmed edits of earlier sessions came with what was loaded. */
  #inherited = false;
  #own = false;
  #loadedUpTo = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;
  readonly #store: LiveStore;
  readonly #name: string;
  readonly #doc: Y.Doc;
  readonly #isRemote: (origin: unknown) => boolean;
  readonly #onChange: () => void;
  readonly #onFailure: (error: unknown) => void;

  /**
   * @param isRemote whether an update's origin is the server, so that it needs no confirmation
   * @param onChange called when `dirty` may have changed
   * @param onFailure called when this device could not keep something
   */
  constructor(options: {
    store: LiveStore;
    name: string;
    doc: Y.Doc;
    isRemote: (origin: unknown) => boolean;
    onChange?: () => void;
    onFailure?: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#name = options.name;
    this.#doc = options.doc;
    this.#isRemote = options.isRemote;
    this.#onChange = options.onChange ?? (() => {});
    this.#onFailure = options.onFailure ?? (() => {});
    this.#doc.on('update', this.#onUpdate);
    this.loaded = this.#enqueue(() => this.#load());
  }

  /** Whether the document holds edits of this device that the server has not confirmed. */
  get dirty(): boolean {
    return this.#own || this.#inherited;
  }

  readonly #onUpdate = (update: Uint8Array, origin: unknown) => {
    if (origin === this || this.#closed) return;
    const local = !this.#isRemote(origin);
    if (local && !this.#own) {
      this.#own = true;
      this.#onChange();
    }
    void this.#enqueue(async () => {
      const tx = this.#store.transaction(['updates', 'dirty'], 'readwrite');
      const key = await tx.objectStore('updates').add({ document: this.#name, update });
      if (local)
        await tx.objectStore('dirty').put({ document: this.#name, session: this.#doc.clientID, upTo: key });
      await tx.done;
    });
  };

  async #load(): Promise<void> {
    const tx = this.#store.transaction(['updates', 'dirty'], 'readwrite');
    const updates = tx.objectStore('updates');
    const keys = await updates.index('document').getAllKeys(this.#name);
    const kept = await updates.index('document').getAll(this.#name);
    const marks = await tx.objectStore('dirty').index('document').getAll(this.#name);
    if (kept.length > COMPACT_ABOVE) {
      const merged = Y.mergeUpdates(kept.map((each) => each.update));
      await updates.add({ document: this.#name, update: merged });
      await Promise.all(keys.map((key) => updates.delete(key)));
    }
    await tx.done;
    if (this.#closed) return;
    this.found = kept.length > 0;
    this.#loadedUpTo = keys.at(-1) ?? 0;
    this.#inherited = marks.length > 0;
    Y.transact(
      this.#doc,
      () => {
        for (const each of kept) Y.applyUpdate(this.#doc, each.update, this);
      },
      this,
      false
    );
    this.#onChange();
  }

  /**
   * The server has confirmed everything this document holds: takes away this session's mark and those of sessions whose
   * edits were loaded here. A mark another tab sets meanwhile stays.
   */
  settle(): Promise<void> {
    if (!this.dirty) return Promise.resolve();
    this.#own = false;
    this.#inherited = false;
    this.#onChange();
    return this.#enqueue(async () => {
      const tx = this.#store.transaction('dirty', 'readwrite');
      for (const mark of await tx.store.index('document').getAll(this.#name)) {
        if (mark.session === this.#doc.clientID || mark.upTo <= this.#loadedUpTo)
          await tx.store.delete([mark.document, mark.session]);
      }
      await tx.done;
    });
  }

  /** Drops everything kept of this document. */
  async forget(): Promise<void> {
    this.#own = false;
    this.#inherited = false;
    await this.close();
    const tx = this.#store.transaction(['updates', 'dirty'], 'readwrite');
    const updates = tx.objectStore('updates');
    for (const key of await updates.index('document').getAllKeys(this.#name)) await updates.delete(key);
    const dirty = tx.objectStore('dirty');
    for (const key of await dirty.index('document').getAllKeys(this.#name)) await dirty.delete(key);
    await tx.done;
  }

  /** Resolves when everything so far is written. */
  flush(): Promise<unknown> {
    return this.#queue;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#doc.off('update', this.#onUpdate);
    await this.#queue;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const next = this.#queue.then(work).catch((error: unknown) => this.#onFailure(error));
    this.#queue = next;
    return next;
  }
}
