/**
 * What this device keeps for one person: one IndexedDB database with the updates of documents, marks of documents whose
 * edits the server has not confirmed yet, the rows of lists, and commands that wait to be sent.
 *
 * One database rather than one per document: an update and the mark that it is unconfirmed are then written in one
 * transaction, and signing out is one deletion.
 */
import { openDB, deleteDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Row } from '#shared/kernel/row.ts';
import type { Pending } from './commands.ts';

export interface KeptList {
  key: string;
  position: number;
  rows: Row[];
  more: boolean;
  /** Milliseconds since 1970, to forget what nobody looked at for long. */
  at: number;
}

export interface DirtyMark {
  document: string;
  /** The Y.Doc's client id: one open document in one tab. */
  session: number;
  /** Key of the last update of that session which the server has not confirmed. */
  upTo: number;
}

interface Schema extends DBSchema {
  updates: { key: number; value: { document: string; update: Uint8Array }; indexes: { document: string } };
  dirty: { key: [string, number]; value: DirtyMark; indexes: { document: string } };
  lists: { key: string; value: KeptList };
  commands: { key: string; value: Pending };
}

export type LiveStore = IDBPDatabase<Schema>;

/**
 * Opens the person's database, or answers null where the browser keeps nothing (private windows, a full or broken
 * disk): then work goes on in memory and leaving warns.
 */
export async function openStore(scope: string, onLost: () => void = () => {}): Promise<LiveStore | null> {
  if (typeof indexedDB === 'undefined') return null;
  try {
    return await openDB<Schema>(scope, 1, {
      upgrade(db) {
        const updates = db.createObjectStore('updates', { autoIncrement: true });
        updates.createIndex('document', 'document');
        const dirty = db.createObjectStore('dirty', { keyPath: ['document', 'session'] });
        dirty.createIndex('document', 'document');
        db.createObjectStore('lists', { keyPath: 'key' });
        db.createObjectStore('commands', { keyPath: 'id' });
      },
      // Signing out in another tab deletes the database: let go of it, or the deletion waits for this tab for ever.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        onLost();
      },
      terminated: onLost
    });
  } catch {
    return null;
  }
}

/** Deletes everything kept for a person; used when they sign out. */
export const forgetStore = (scope: string): Promise<void> =>
  typeof indexedDB === 'undefined' ? Promise.resolve() : deleteDB(scope);

/** Deletes everything but what the server has not got yet: edits it has not confirmed, commands it has not answered. */
export async function forgetSaved(store: LiveStore): Promise<void> {
  const tx = store.transaction(['updates', 'dirty', 'lists', 'commands'], 'readwrite');
  await tx.objectStore('lists').clear();
  const unsaved = new Set((await tx.objectStore('dirty').getAll()).map((each) => each.document));
  for (let at = await tx.objectStore('updates').openCursor(); at; at = await at.continue())
    if (!unsaved.has(at.value.document)) await at.delete();
  for (let at = await tx.objectStore('commands').openCursor(); at; at = await at.continue())
    if (at.value.status === 'answered') await at.delete();
  await tx.done;
}
