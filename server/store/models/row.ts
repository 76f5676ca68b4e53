import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Row } from '#shared/kernel/row.ts';

/**
 * A row as it is stored: one collection a record type (`rows.work.task`), written by the projection only. Times are ISO
 * 8601 strings in UTC, as rows show them, so that a filter means the same in the database and in a browser.
 */
export interface StoredRow {
  /** The record, `work.task/01J…`. */
  _id: string;
  organization: string;
  type: string;
  space: string | null;
  state: string | null;
  rank: string;
  /** The last journal position it includes; grows with every change, also when the record is removed. */
  position: number;
  fields: Record<string, unknown>;
  createdAt: string;
  createdBy: string;
  updatedAt: string;
  updatedBy: string;
  /** Removed rows stay: restoring is one change, and lists that were away are told they are gone. */
  deleted: boolean;
}

/** The model of a record type's rows. */
export type RowModels = (type: string) => Model<StoredRow>;

const text = { type: String, default: null };

function schemaOf(type: string): Schema<StoredRow> {
  const schema = new Schema<StoredRow>(
    {
      _id: { type: String, required: true },
      organization: { type: String, required: true },
      type: { type: String, required: true },
      space: text as never,
      state: text as never,
      rank: { type: String, required: true },
      position: { type: Number, required: true },
      fields: { type: Schema.Types.Mixed, required: true } as never,
      createdAt: { type: String, required: true },
      createdBy: { type: String, required: true },
      updatedAt: { type: String, required: true },
      updatedBy: { type: String, required: true },
      deleted: { type: Boolean, required: true }
    },
    // Empty objects are values here (`fields: {}`), and times are the journal's, not mongoose's.
    { collection: `rows.${type}`, versionKey: false, minimize: false, timestamps: false }
  );
  // A board's lane; the order of a whole space (ranks are unique in it); a list of everything; what changed since.
  schema.index({ organization: 1, space: 1, state: 1, rank: 1 });
  schema.index({ organization: 1, space: 1, rank: 1 });
  schema.index({ organization: 1, rank: 1, _id: 1 });
  schema.index({ organization: 1, position: 1 });
  return schema;
}

/** The models of rows on a connection, made when first asked for. Create their indexes with `ensureIndexes`. */
export function rowModels(connection: Connection): RowModels {
  return (type) => {
    const name = `Row ${type}`;
    return (
      (connection.models[name] as Model<StoredRow> | undefined) ??
      connection.model<StoredRow>(name, schemaOf(type))
    );
  };
}

/** A stored row as others see it; what is not theirs to see (organization, deleted) stays behind. */
export const toRow = (stored: StoredRow): Row => ({
  id: stored._id,
  type: stored.type,
  space: stored.space ?? null,
  state: stored.state ?? null,
  rank: stored.rank,
  fields: stored.fields,
  position: stored.position,
  createdAt: stored.createdAt,
  createdBy: stored.createdBy,
  updatedAt: stored.updatedAt,
  updatedBy: stored.updatedBy
});
