/** Journal entries as MongoDB keeps them, and back. */
import { Binary } from 'mongodb';
import type { StoredEntry } from '../store/models/journal.ts';
import type { Cause, Entry } from './entry.ts';

/** Idempotency keys are the caller's own: two people may use the same. */
export const idempotencyKey = (organization: string, user: string, key: string): string =>
  `${organization}/${user}/${key}`;

export function toStored(entry: Entry, write: string, at: Date): StoredEntry {
  const { position, organization, by, cause, changes } = entry;
  const stored: StoredEntry = {
    _id: position,
    organization,
    at,
    by: { user: by.user, kind: by.kind, name: by.name },
    cause,
    changes: changes.map(({ update, ...rest }) => (update ? { ...rest, update: new Binary(update) } : rest)),
    write
  };
  if (cause.kind === 'command' && cause.key) stored.key = idempotencyKey(organization, by.user, cause.key);
  return stored;
}

export function fromStored(stored: StoredEntry): Entry {
  return {
    position: stored._id,
    organization: stored.organization,
    at: stored.at.getTime(),
    by: stored.by,
    cause: stored.cause,
    changes: stored.changes.map(({ update, ...rest }) =>
      update ? { ...rest, update: bytesOf(update) } : rest
    )
  };
}

/** The bytes of a binary value, without the driver's wrapper. */
export function bytesOf(value: Binary | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return value.buffer.subarray(0, value.length());
}

export const withoutKey = (cause: Cause): Cause =>
  cause.kind === 'command' ? { kind: 'command', name: cause.name } : cause;
