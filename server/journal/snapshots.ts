/**
 * Snapshots: the merged state of a document after a position, so that opening reads one value and a short tail. They
 * only ever save time: a damaged or missing one is passed over, and the journal is read from further back.
 */
import { createHash } from 'node:crypto';
import { Binary } from 'mongodb';
import type { Connection, Model } from 'mongoose';
import { snapshotModel } from '../store/models/snapshot.ts';
import type { StoredSnapshot } from '../store/models/snapshot.ts';
import { bytesOf } from './journal.ts';

export interface Snapshot {
  organization: string;
  position: number;
  ordinal: number;
  state: Uint8Array;
}

/** Every so many snapshots one is kept for good, so that old moments are not far from one. */
const KEEP_EVERY = 16;
/** The newest are kept too: when the last is damaged, the one before is near. */
const KEEP_NEWEST = 2;

export class Snapshots {
  readonly #model: Model<StoredSnapshot>;

  constructor(connection: Connection) {
    this.#model = snapshotModel(connection);
  }

  /** The newest undamaged snapshot of a document, at or before a position where one is given. */
  async latest(document: string, upTo = Number.MAX_SAFE_INTEGER): Promise<Snapshot | null> {
    const cursor = this.#model.collection
      .find({ document, position: { $lte: upTo } })
      .sort({ position: -1 })
      .limit(4);
    for await (const found of cursor) {
      const stored = found as unknown as StoredSnapshot;
      const state = bytesOf(stored.state);
      if (digest(state) === stored.digest)
        return {
          organization: stored.organization,
          position: stored.position,
          ordinal: stored.ordinal,
          state
        };
    }
    return null;
  }

  /** Writes a snapshot and thins out older ones. */
  async write(document: string, organization: string, position: number, state: Uint8Array): Promise<void> {
    const previous = await this.#model.collection
      .find({ document }, { projection: { ordinal: 1 } })
      .sort({ position: -1 })
      .limit(1)
      .next();
    const ordinal = ((previous as { ordinal?: number } | null)?.ordinal ?? 0) + 1;
    await this.#model.collection.updateOne(
      { _id: `${document}@${position}` as never },
      {
        $set: {
          document,
          organization,
          position,
          ordinal,
          state: new Binary(state),
          digest: digest(state),
          at: new Date()
        }
      },
      { upsert: true }
    );
    const superseded = Array.from({ length: KEEP_EVERY }, (_, back) => ordinal - KEEP_NEWEST - back).filter(
      (each) => each > 0 && each % KEEP_EVERY !== 0
    );
    await this.#model.collection.deleteMany({ document, ordinal: { $in: superseded } });
  }
}

const digest = (state: Uint8Array): string => createHash('sha256').update(state).digest('hex');
