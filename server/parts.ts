/**
 * The parts of a running server as the others see them. `main.ts` builds them in this order and hands them on; nothing
 * reaches for a part that it was not handed.
 */
import type { Doc } from 'yjs';
import type { Row } from '#shared/kernel/row.ts';
import type { Actor } from './access/actor.ts';
import type { Cause, Entry, NewEntry } from './journal/entry.ts';

export interface Journal {
  /** The last position that is durable. */
  readonly head: number;
  /** Whether writes succeed at the moment. */
  readonly healthy: boolean;
  /** Resolves once the entry is durable; it may share its flush with many others. Never rejects for a database that is away: it waits. */
  append(entry: NewEntry): Promise<Entry>;
  /** Told of every durable entry, in order. Returns how to stop. */
  onCommitted(listener: (entries: Entry[]) => void): () => void;
  /** Told when writing starts to fail and when it works again. */
  onHealth(listener: (healthy: boolean) => void): () => void;
  /** A record's entries, oldest first. */
  entriesOf(record: string, range?: { after?: number; upTo?: number; limit?: number }): Promise<Entry[]>;
  /** The entry that a caller's idempotency key already made, if it did. `key` is scoped by organization and user. */
  findByKey(organization: string, user: string, key: string): Promise<Entry | null>;
}

export interface RowChange {
  organization: string;
  type: string;
  id: string;
  /** The row as it is now; null when the record is gone. */
  row: Row | null;
}

export interface Projector {
  /** Everything up to this position is in the rows. */
  readonly head: number;
  /** Resolves once the rows include a position. */
  settled(position: number): Promise<void>;
  /** Told after each round, in order, with every row that changed and the new head. */
  onProjected(listener: (changes: RowChange[], head: number) => void): () => void;
}

export interface Documents {
  /**
   * Changes a document as the server: opens it, runs `change` in one transaction, and resolves once the edit is durable.
   * People who have it open see the change like anybody's edit.
   */
  edit(actor: Actor, document: string, cause: Cause, change: (doc: Doc) => void): Promise<Entry | null>;
}
