/** What leaves: a row together with what its reader may do with it. */
import type { RecordType } from '#shared/kernel/declare.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { Actor } from '../access/actor.ts';
import { rightsOn } from '../access/policies.ts';
import { toRow, type StoredRow } from '../store/models/row.ts';

export const withRights = (actor: Actor, type: RecordType, row: Row): Row => ({
  ...row,
  may: rightsOn(actor, type)
});

export const present = (actor: Actor, type: RecordType, stored: StoredRow): Row =>
  withRights(actor, type, toRow(stored));
