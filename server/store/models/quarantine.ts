import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** A document that could not be read. It stays closed until someone has looked at it; nothing of it is overwritten. */
export interface StoredQuarantine {
  /** The document's name. */
  _id: string;
  organization: string;
  reason: string;
  at: Date;
}

const schema = new Schema<StoredQuarantine>(
  {
    _id: { type: String, required: true },
    organization: { type: String, required: true },
    reason: { type: String, required: true },
    at: { type: Date, required: true }
  },
  { collection: 'quarantine', versionKey: false }
);

export const quarantineModel = (connection: Connection): Model<StoredQuarantine> =>
  (connection.models['Quarantine'] as Model<StoredQuarantine> | undefined) ??
  connection.model<StoredQuarantine>('Quarantine', schema);
