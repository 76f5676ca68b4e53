/**
 * Edits of one document on their way to the journal: gathered into entries when a write begins, and acknowledged to
 * their authors strictly in order once they are durable.
 */
import * as Y from 'yjs';
import type { Actor } from '../access/actor.ts';
import type { Cause, Entry } from '../journal/entry.ts';
import type { Port } from './port.ts';

/** An edit that is not durable yet. */
export interface Edit {
  by: Pick<Actor, 'user' | 'kind' | 'name'>;
  cause: Cause;
  update: Uint8Array;
  /** Whom to acknowledge it to; null for the server's own. */
  port: Port | null;
  done?: (entry: Entry) => void;
}

/** What one entry carries. */
export interface Batch {
  by: Edit['by'];
  cause: Cause;
  update: Uint8Array;
  /** Bytes of edits it is made of. */
  bytes: number;
  edits: Numbered[];
}

interface Numbered extends Edit {
  /** Its number among all edits of the document since it was opened. */
  sequence: number;
}

/** The cause of what people type; the one object, so that it is known at a glance. */
export const EDIT: Cause = { kind: 'edit' };

/** One entry carries at most this much of one document, bytes: MongoDB's documents end at 16 MiB. */
const ENTRY_BYTES = 4 * 1024 * 1024;
/** What an edit that waits costs beside its bytes: people type one letter at a time, and a letter is a few bytes. */
const EDIT_OVERHEAD = 400;

export class Unsaved {
  #pending: Numbered[] = [];
  #sequence = 0;
  /** Numbers of edits that are not durable yet, ascending. */
  readonly #open = new Set<number>();
  /**
   * Ports to acknowledge once every edit up to a number is durable, ascending. Not only the edit itself: it may build on
   * any that came before it, whoever's, and could not be read without them.
   */
  #waiters: Array<{ port: Port; sequence: number }> = [];

  /** Whether anything is not durable yet. */
  get any(): boolean {
    return this.#open.size > 0;
  }

  /** Whether anything waits to be taken. */
  get waiting(): boolean {
    return this.#pending.length > 0;
  }

  /** Adds an edit. Returns what it costs to keep, bytes. */
  add(edit: Edit): number {
    const numbered = { ...edit, sequence: ++this.#sequence };
    this.#pending.push(numbered);
    this.#open.add(numbered.sequence);
    if (edit.port) this.#waiters.push({ port: edit.port, sequence: numbered.sequence });
    return edit.update.byteLength + EDIT_OVERHEAD;
  }

  /** Takes what is pending as batches for the journal, at most about `bytes`, but one at least. */
  take(bytes: number): Batch[] {
    const batches: Batch[] = [];
    let room = bytes;
    while (this.#pending.length > 0 && (room > 0 || batches.length === 0)) {
      const edits = this.#nextGroup();
      const updates = edits.map(({ update }) => update);
      const size = updates.reduce((sum, update) => sum + update.byteLength, 0);
      const { by, cause } = edits[0]!;
      const update = updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);
      batches.push({ by, cause, update, bytes: size, edits });
      room -= size;
    }
    return batches;
  }

  /** A batch is durable: tells who waited for it. Returns what it had cost to keep, bytes. */
  settle(batch: Batch, entry: Entry): number {
    for (const { done, sequence } of batch.edits) {
      this.#open.delete(sequence);
      done?.(entry);
    }
    this.#release();
    return batch.bytes + batch.edits.length * EDIT_OVERHEAD;
  }

  /** Acknowledges a port once everything that is here now is durable: at once where that is so already. */
  acknowledge(port: Port): void {
    if (!this.any) return port.acknowledge();
    this.#waiters.push({ port, sequence: this.#sequence });
  }

  /** A port is gone: nobody waits there any more. Its edits stay. */
  forget(port: Port): void {
    this.#waiters = this.#waiters.filter((waiter) => waiter.port !== port);
  }

  /**
   * Edits from the front of the queue that one entry can carry: the same author's, for the same cause. A person's
   * keystrokes interleave with others' but commute with them, so all of the same author's go together.
   */
  #nextGroup(): Numbered[] {
    const first = this.#pending[0]!;
    if (first.cause !== EDIT) return this.#pending.splice(0, 1);
    const group: Numbered[] = [];
    const rest: Numbered[] = [];
    let size = 0;
    for (const edit of this.#pending) {
      const same = edit.cause === EDIT && edit.by.user === first.by.user && edit.by.kind === first.by.kind;
      if (edit === first || (same && size + edit.update.byteLength <= ENTRY_BYTES)) {
        size += edit.update.byteLength;
        group.push(edit);
      } else rest.push(edit);
    }
    this.#pending = rest;
    return group;
  }

  #release(): void {
    const [oldest = Infinity] = this.#open;
    let count = 0;
    for (const { port, sequence } of this.#waiters) {
      if (sequence >= oldest) break;
      port.acknowledge();
      count += 1;
    }
    this.#waiters.splice(0, count);
  }
}
