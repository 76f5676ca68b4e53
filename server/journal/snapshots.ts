/**
 * Snapshots: the merged state of a document after a position, so that opening reads one value and a short tail. They
 * only ever save time: a damaged or missing one is passed over, and the journal is read from further back.
 */
import { createHash } from 'node:crypto';
import { Binary } from 'mongodb';
import type { Connection, Model } from 'mongoose';
import { snapshotModel } from '../store/models/snapshot.ts';
import type { StoredSnapshot } from '../store/models/snapshot.ts';
import { bytesOf } from './stored.ts';

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
    // One at a time: they are large, and the first is nearly always good.
    for (let before = upTo + 1; ;) {
      const found = await this.#model.collection.findOne(
        { document, position: { $lt: before } },
        { sort: { position: -1 } }
      );
      if (!found) return null;
      const { organization, position, ordinal, state, digest } = found as unknown as StoredSnapshot;
      const bytes = bytesOf(state);
      if (digestOf(bytes) === digest) return { organization, position, ordinal, state: bytes };
      before = position;
    }
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
          digest: digestOf(state),
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

const digestOf = (state: Uint8Array): string => createHash('sha256').update(state).digest('hex');
