/** What the journal holds: one entry is one MongoDB document, so it is written whole or not at all. */
import type { Actor } from '../access/actor.ts';

/** Why something happened. */
export type Cause =
  | { kind: 'edit' }
  /** A named command; `key` is the caller's idempotency key. */
  | { kind: 'command'; name: string; key?: string }
  /** The server put a value back that wasn't allowed. */
  | { kind: 'correction'; fields: string[] }
  | { kind: 'restore'; position: number }
  | { kind: 'import'; name: string };

/** Values only the server decides; they live in the row, not in the document. */
export interface ServerValues {
  state?: string;
  rank?: string;
  space?: string | null;
  deleted?: boolean;
}

export interface RecordChange {
  /** The record, `work.task/<ulid>`. */
  record: string;
  /** The section's key; `main` is the record's own document. */
  section: string;
  /** One merged Y.js update (format v1), absent where only server values change. */
  update?: Uint8Array;
  set?: ServerValues;
  /** The record comes into being with this entry. */
  created?: boolean;
}

export interface NewEntry {
  organization: string;
  by: Pick<Actor, 'user' | 'kind' | 'name'>;
  cause: Cause;
  changes: RecordChange[];
}

export interface Entry extends NewEntry {
  /** Gapless and strictly growing: the order of everything that ever happened here. */
  position: number;
  /** Milliseconds since 1970, the server's clock. */
  at: number;
}
