/** Who may open which document, asked before anything of it is read. */
import { parseDocumentName } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import { notFound } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import { may } from '../access/policies.ts';
import type { RowModels } from '../store/models/row.ts';

/** Whether a record exists in an organization. */
export type RecordExists = (organization: string, record: string, type: string) => Promise<boolean>;

/** Asks the rows. Removed records can't be opened until they are restored. */
export const recordExists =
  (rows: RowModels): RecordExists =>
  async (organization, record, type) =>
    // The collection itself: this is asked at every opening, and mongoose takes longer over it than the database.
    (await rows(type).collection.findOne(
      { _id: record as never, organization, deleted: false },
      { projection: { _id: 1 } }
    )) !== null;

/**
 * What an actor may do with a document.
 * @throws notFound where the document is not there, or not for this actor to know of.
 */
export async function permissionFor(
  actor: Actor,
  name: string,
  exists: RecordExists
): Promise<{ readOnly: boolean }> {
  const parsed = parseDocumentName(name);
  const type = parsed && recordType(parsed.type);
  if (!parsed || !type || !may(actor, type, 'read')) throw notFound();
  if (!(await exists(actor.organization, parsed.record, parsed.type))) throw notFound();
  return { readOnly: !may(actor, type, 'update') };
}
