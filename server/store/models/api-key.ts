import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** An API key as it is stored. The key itself is shown once and kept nowhere. */
export interface StoredApiKey {
  _id: string;
  organization: string;
  /** The person it acts for. */
  user: string;
  name: string;
  /** SHA-256 of the key, hex. */
  hash: string;
  /** The key it was made with, if it was: it ends together with that one. */
  parent: string | null;
  createdAt: Date;
  /** Accurate to a minute. */
  usedAt: Date | null;
  expiresAt: Date | null;
}

const schema = new Schema<StoredApiKey>(
  {
    _id: { type: String, required: true },
    organization: { type: String, required: true },
    user: { type: String, required: true },
    name: { type: String, required: true },
    hash: { type: String, required: true },
    parent: { type: String, default: null },
    createdAt: { type: Date, required: true },
    usedAt: { type: Date, default: null },
    expiresAt: { type: Date, default: null }
  },
  { collection: 'api_keys', versionKey: false }
);
schema.index({ hash: 1 }, { unique: true });
schema.index({ organization: 1, user: 1 });
schema.index({ parent: 1 });

export const apiKeyModel = (connection: Connection): Model<StoredApiKey> =>
  (connection.models['ApiKey'] as Model<StoredApiKey> | undefined) ??
  connection.model<StoredApiKey>('ApiKey', schema);
