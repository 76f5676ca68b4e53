import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Binary } from 'mongodb';
import type { Cause, RecordChange } from '../../journal/entry.ts';

/** A journal entry as it is stored. */
export interface StoredEntry {
  /** The entry's position. */
  _id: number;
  organization: string;
  at: Date;
  by: { user: string; kind: 'user' | 'key' | 'system'; name: string };
  cause: Cause;
  changes: Array<Omit<RecordChange, 'update'> & { update?: Binary }>;
  /** `organization/user/key` of the caller's idempotency key. */
  key?: string;
  /** The process it came by and its number there: how a writer knows its own entries after an unclear failure. */
  write: string;
}

const schema = new Schema<StoredEntry>(
  {
    _id: { type: Number, required: true },
    organization: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: Object, required: true },
    cause: { type: Object, required: true },
    changes: { type: [Object], required: true } as never,
    key: String,
    write: { type: String, required: true }
  },
  { collection: 'journal', versionKey: false, minimize: false }
);
schema.index({ 'changes.record': 1, _id: 1 });
schema.index({ organization: 1, _id: 1 });
schema.index({ key: 1 }, { unique: true, partialFilterExpression: { key: { $exists: true } } });

export const journalModel = (connection: Connection): Model<StoredEntry> =>
  (connection.models['Journal'] as Model<StoredEntry> | undefined) ??
  connection.model<StoredEntry>('Journal', schema);
