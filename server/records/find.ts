/** Finding what an actor names: record types and records, nothing of another organization among them. */
import type { Filter as MongoFilter, FindCursor, FindOptions } from 'mongodb';
import type { RecordType } from '#shared/kernel/declare.ts';
import { typeOf } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import { forbidden, notFound } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import { may, type Action } from '../access/policies.ts';
import type { RowModels, StoredRow } from '../store/models/row.ts';

/**
 * A record type an actor may do something with.
 * @throws {UmeError} notFound where there is none that it may read; forbidden where it may read it but not do this.
 */
export function typeFor(actor: Actor, name: string, action: Action): RecordType {
  const type = recordType(name);
  if (!type || !may(actor, type, 'read')) throw notFound();
  if (!may(actor, type, action)) throw forbidden();
  return type;
}

/** The type of a record an actor names; the same errors, also for an id that isn't one. */
export function typeOfRecord(actor: Actor, id: string, action: Action): RecordType {
  const name = typeOf(id);
  if (name === null) throw notFound();
  return typeFor(actor, name, action);
}

/**
 * A record's stored row.
 * @throws {UmeError} notFound where it isn't in the actor's organization, or is removed and `removed` doesn't ask for it.
 */
export async function storedRow(
  rows: RowModels,
  actor: Actor,
  id: string,
  removed = false
): Promise<StoredRow> {
  const name = typeOf(id);
  const stored =
    name && recordType(name)
      ? await rows(name).findOne({ _id: id, organization: actor.organization }).lean<StoredRow>()
      : null;
  if (!stored || (stored.deleted && !removed)) throw notFound();
  return stored;
}

/**
 * Stored rows by a condition, past mongoose's casting: a filter that compares a text with a number must find nothing, not
 * what that number looks like as a text.
 */
export const rowsWhere = (
  rows: RowModels,
  type: string,
  condition: Record<string, unknown>,
  options?: FindOptions
): FindCursor<StoredRow> =>
  rows(type).collection.find(condition as MongoFilter<object>, options) as unknown as FindCursor<StoredRow>;
