/** What the projection has to do: which records changed, up to where, and what the server decided about them. Pure. */
import { typeOf } from '#shared/kernel/ids.ts';
import type { StoredRow } from '../store/models/row.ts';
import type { Entry, ServerValues } from './entry.ts';

export interface Dirty {
  record: string;
  type: string;
  organization: string;
  /** The last entry about the record. */
  position: number;
  /** Server-owned values, later ones over earlier ones. */
  set: ServerValues;
  /** Sections whose document changed. */
  sections: Set<string>;
  created: { at: number; by: string } | null;
  /** The last change that was a person's. */
  touched: { at: number; by: string } | null;
}

/** Adds an entry's changes to what is to be done. Entries come in order. */
export function mark(dirty: Map<string, Dirty>, entry: Entry): void {
  for (const change of entry.changes) {
    const type = typeOf(change.record);
    if (!type) continue;
    let found = dirty.get(change.record);
    if (!found) {
      found = {
        record: change.record,
        type,
        organization: entry.organization,
        position: entry.position,
        set: {},
        sections: new Set(),
        created: null,
        touched: null
      };
      dirty.set(change.record, found);
    }
    found.position = entry.position;
    Object.assign(found.set, change.set);
    if (change.update) found.sections.add(change.section);
    if (change.created) found.created = { at: entry.at, by: entry.by.user };
    if (entry.by.kind !== 'system') found.touched = { at: entry.at, by: entry.by.user };
  }
}

/** What was not carried out goes back, under what has come since. */
export function restore(dirty: Map<string, Dirty>, undone: Iterable<Dirty>): void {
  for (const old of undone) {
    const newer = dirty.get(old.record);
    if (!newer) dirty.set(old.record, old);
    else {
      newer.set = { ...old.set, ...newer.set };
      for (const section of old.sections) newer.sections.add(section);
      newer.created ??= old.created;
      newer.touched ??= old.touched;
    }
  }
}

const iso = (at: number): string => new Date(at).toISOString();

/** The row after the changes; null where there is nothing to build on, which only a journal that lacks entries shows. */
export function nextRow(
  before: StoredRow | null,
  change: Dirty,
  fields: Record<string, unknown> | null
): StoredRow | null {
  const born = change.created;
  if (!before && !born) return null;
  const touched = change.touched ?? born;
  return {
    _id: change.record,
    organization: change.organization,
    type: change.type,
    space: change.set.space !== undefined ? change.set.space : (before?.space ?? null),
    state: change.set.state ?? before?.state ?? null,
    rank: change.set.rank ?? before?.rank ?? '',
    position: change.position,
    fields: { ...before?.fields, ...fields },
    createdAt: before?.createdAt ?? iso(born!.at),
    createdBy: before?.createdBy ?? born!.by,
    updatedAt: touched ? iso(touched.at) : before!.updatedAt,
    updatedBy: touched ? touched.by : before!.updatedBy,
    deleted: change.set.deleted ?? before?.deleted ?? false
  };
}
