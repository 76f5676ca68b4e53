/**
 * The content of one document in memory. It starts as bytes, a snapshot and the entries after it, which is all that
 * opening needs: a joining client gets the bytes. A Y.Doc, some twenty times as large, is made when the content is
 * first changed or read, and given up again when it has been left alone.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';

/** What an applied update turned out to be. */
export type Applied = 'changed' | 'known';

export class Content {
  /** Merged or not: every update, oldest first. Empty while there is a Y.Doc. */
  #updates: Uint8Array[];
  #doc: Y.Doc | null = null;
  /** The whole state as one update, kept until something changes. */
  #encoded: Uint8Array | null = null;
  #vector: Uint8Array | null = null;
  /** When the Y.Doc was last needed, milliseconds since 1970. */
  #touched = 0;
  /** An upper bound of the encoded size, bytes, cheap to keep. */
  #size: number;

  /** @param updates Y.js updates (format v1) already known to be readable, oldest first. */
  constructor(updates: Uint8Array[]) {
    this.#updates = updates;
    this.#size = updates.reduce((sum, each) => sum + each.byteLength, 0);
  }

  /** About how large the document is, bytes. Never less than its encoded size. */
  get size(): number {
    return this.#size;
  }

  /** The live Y.Doc. Callers may read it, and change it only through `change`. */
  get doc(): Y.Doc {
    this.#touched = Date.now();
    if (this.#doc) return this.#doc;
    const doc = new Y.Doc({ gc: true });
    doc.transact(() => {
      for (const update of this.#updates) Y.applyUpdate(doc, update);
    }, 'load');
    this.#doc = doc;
    this.#updates = [];
    return doc;
  }

  /**
   * Applies an update that came from outside.
   * @throws when the update can't be read or does not fit; the content must then be thrown away and loaded anew, since
   * part of the update may have been applied.
   */
  apply(update: Uint8Array): Applied {
    const doc = this.doc;
    const pending = doc.store.pendingStructs?.update ?? null;
    const pendingDeletions = doc.store.pendingDs;
    let changed = false;
    doc.transact((transaction) => {
      Y.applyUpdate(doc, update);
      changed = transaction.deleteSet.clients.size > 0;
      for (const [client, structs] of doc.store.clients) {
        if (changed) break;
        const last = structs[structs.length - 1]!;
        changed = last.id.clock + last.length > (transaction.beforeState.get(client) ?? 0);
      }
    }, 'remote');
    // An edit that waits for an earlier one is not visible yet, but it is an edit.
    changed ||=
      !same(doc.store.pendingStructs?.update ?? null, pending) ||
      !same(doc.store.pendingDs, pendingDeletions);
    if (changed) this.#changed(update.byteLength);
    return changed ? 'changed' : 'known';
  }

  /** Runs a change of the server's own and returns it as an update; null where nothing changed. */
  change(run: (doc: Y.Doc) => void): Uint8Array | null {
    const doc = this.doc;
    const updates: Uint8Array[] = [];
    const note = (update: Uint8Array) => updates.push(update);
    doc.on('update', note);
    try {
      doc.transact(() => run(doc), 'server');
    } finally {
      doc.off('update', note);
    }
    if (updates.length === 0) return null;
    const update = updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);
    this.#changed(update.byteLength);
    return update;
  }

  /** The state, or with a state vector what its owner lacks, as one update. */
  encode(vector?: Uint8Array): Uint8Array {
    if (vector && vector.byteLength > 1) {
      if (this.#doc) return Y.encodeStateAsUpdate(this.#doc, vector);
      return Y.diffUpdate(this.encode(), vector);
    }
    if (!this.#encoded) {
      this.#encoded = this.#doc ? Y.encodeStateAsUpdate(this.#doc) : merge(this.#updates);
      if (!this.#doc) this.#updates = [this.#encoded];
      this.#size = this.#encoded.byteLength;
    }
    return this.#encoded;
  }

  /** The state vector, encoded. */
  vector(): Uint8Array {
    this.#vector ??= this.#doc
      ? Y.encodeStateVector(this.#doc)
      : Y.encodeStateVectorFromUpdate(this.encode());
    return this.#vector;
  }

  /** Gives the Y.Doc up where nobody needed it for `idle` milliseconds. */
  cool(idle: number, now: number = Date.now()): void {
    if (!this.#doc || now - this.#touched < idle) return;
    this.#updates = [this.encode()];
    this.#doc.destroy();
    this.#doc = null;
  }

  destroy(): void {
    this.#doc?.destroy();
    this.#doc = null;
    this.#updates = [];
    this.#encoded = this.#vector = null;
  }

  #changed(bytes: number): void {
    this.#encoded = this.#vector = null;
    this.#size += bytes;
  }
}

const same = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === b ||
  (a !== null && b !== null && a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]));

const merge = (updates: Uint8Array[]): Uint8Array =>
  updates.length === 1 ? updates[0]! : Y.mergeUpdates(updates);

/** Whether bytes are a whole, well-formed Y.js update and nothing else. */
export function isReadable(update: Uint8Array): boolean {
  try {
    Y.decodeUpdate(update);
    return true;
  } catch {
    return false;
  }
}

/** Whether an update says nothing at all: no structs, no deletions. */
export const isEmpty = (update: Uint8Array): boolean =>
  update.byteLength === 2 && update[0] === 0 && update[1] === 0;

/** Whether a state vector names nobody: its owner has nothing of the document. */
export function isBlank(vector: Uint8Array): boolean {
  return vector.byteLength <= 1 && decoding.readVarUint(decoding.createDecoder(vector)) === 0;
}
