import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** The one-time set-up of this server: there is at most one such document, with the id `setup`. */
export interface StoredSetup {
  _id: string;
  /** SHA-256 of the set-up token, hex. */
  hash: string;
  /** Somebody is founding with it until then; afterwards it may be tried again. */
  claimedUntil: Date;
  claim: string | null;
  usedAt: Date | null;
}

const schema = new Schema<StoredSetup>(
  {
    _id: { type: String, required: true },
    hash: { type: String, required: true },
    claimedUntil: { type: Date, required: true },
    claim: { type: String, default: null },
    usedAt: { type: Date, default: null }
  },
  { collection: 'setup', versionKey: false }
);

export const setupModel = (connection: Connection): Model<StoredSetup> =>
  (connection.models['Setup'] as Model<StoredSetup> | undefined) ??
  connection.model<StoredSetup>('Setup', schema);
