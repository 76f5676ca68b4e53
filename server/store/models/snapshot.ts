import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Binary } from 'mongodb';

/** The merged state of a document after a journal position: makes opening fast, and can be rebuilt. */
export interface StoredSnapshot {
  /** `<document>@<position>` */
  _id: string;
  document: string;
  organization: string;
  position: number;
  /** How many snapshots the document had before this one. */
  ordinal: number;
  /** One Y.js update, format v1. */
  state: Binary;
  /** SHA-256 of the state, hex: a damaged snapshot is passed over, never handed out. */
  digest: string;
  at: Date;
}

const schema = new Schema<StoredSnapshot>(
  {
    _id: { type: String, required: true },
    document: { type: String, required: true },
    organization: { type: String, required: true },
    position: { type: Number, required: true },
    ordinal: { type: Number, required: true },
    state: { type: Buffer, required: true } as never,
    digest: { type: String, required: true },
    at: { type: Date, required: true }
  },
  { collection: 'snapshots', versionKey: false }
);
schema.index({ document: 1, position: -1 });

export const snapshotModel = (connection: Connection): Model<StoredSnapshot> =>
  (connection.models['Snapshot'] as Model<StoredSnapshot> | undefined) ??
  connection.model<StoredSnapshot>('Snapshot', schema);
