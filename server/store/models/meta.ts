import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** Small facts about the store itself: `rows` holds the position the rows include, `schema` the version of the layout. */
export interface StoredMeta {
  _id: string;
  position?: number;
  version?: number;
}

const schema = new Schema<StoredMeta>(
  { _id: { type: String, required: true }, position: Number, version: Number },
  { collection: 'meta', versionKey: false }
);

export const metaModel = (connection: Connection): Model<StoredMeta> =>
  (connection.models['Meta'] as Model<StoredMeta> | undefined) ??
  connection.model<StoredMeta>('Meta', schema);
