/** What happened to a record, in words' reach: who, when, why, and how it was at any moment. */
import type { Doc } from 'yjs';
import type { RecordType } from '#shared/kernel/declare.ts';
import { readFields } from '#shared/kernel/fields/index.ts';
import { notFound } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import type { Cause, Entry, ServerValues } from '../journal/entry.ts';
import type { Journal } from '../parts.ts';
import type { RowModels } from '../store/models/row.ts';
import { storedRow, typeOfRecord } from './find.ts';
import { sectionsOf } from './values.ts';

/** Entries read at once while values are collected. */
const BATCH = 1000;

export interface HistoryEntry {
  position: number;
  /** ISO 8601, UTC. */
  at: string;
  by: { user: string; name: string };
  /** `edit`, `correction`, `restore`, `import`, or a command's name. */
  cause: string;
  changed: ServerValues & {
    created?: true;
    /** Sections whose content was edited. */
    content?: string[];
  };
}

export interface Moment extends Required<Omit<ServerValues, 'state' | 'rank'>> {
  id: string;
  type: string;
  position: number;
  state: string | null;
  rank: string | null;
  fields: Record<string, unknown>;
}

/** A section's document as it was after a journal position; null where it was not there yet. */
export type Replay = (record: string, section: string, upTo: number) => Promise<Doc | null>;

export interface History {
  /** Entries after a position, oldest first; removed records have theirs, too. */
  history(actor: Actor, id: string, range: { after?: number; limit?: number }): Promise<HistoryEntry[]>;
  /** The record as it was once an entry had happened. */
  stateAt(actor: Actor, id: string, position: number): Promise<Moment>;
}

const nameOf = (cause: Cause): string =>
  cause.kind === 'command' || cause.kind === 'import' ? cause.name : cause.kind;

function told(entry: Entry, id: string): HistoryEntry {
  const mine = entry.changes.filter((each) => each.record === id);
  const content = mine.filter((each) => each.update).map((each) => each.section);
  return {
    position: entry.position,
    at: new Date(entry.at).toISOString(),
    by: { user: entry.by.user, name: entry.by.name },
    cause: nameOf(entry.cause),
    changed: {
      ...Object.assign({}, ...mine.map((each) => each.set ?? {})),
      ...(mine.some((each) => each.created) && { created: true }),
      ...(content.length > 0 && { content })
    }
  };
}

export function recordHistory(rows: RowModels, journal: Pick<Journal, 'entriesOf'>, replay: Replay): History {
  async function known(actor: Actor, id: string): Promise<RecordType> {
    const type = typeOfRecord(actor, id, 'read');
    await storedRow(rows, actor, id, true);
    return type;
  }

  async function valuesAt(id: string, position: number): Promise<ServerValues | undefined> {
    let values: ServerValues | undefined;
    for (let after = 0; ;) {
      const entries = await journal.entriesOf(id, { after, upTo: position, limit: BATCH });
      for (const { changes } of entries)
        for (const each of changes) if (each.record === id) values = Object.assign(values ?? {}, each.set);
      if (entries.length < BATCH) return values;
      after = entries.at(-1)!.position;
    }
  }

  return {
    async history(actor, id, { after = 0, limit = 100 }) {
      await known(actor, id);
      return (await journal.entriesOf(id, { after, limit })).map((entry) => told(entry, id));
    },

    async stateAt(actor, id, position) {
      const type = await known(actor, id);
      const values = await valuesAt(id, position);
      if (!values) throw notFound({ title: 'It did not exist yet then.', detail: 'Ask for a later moment.' });
      const fields: Record<string, unknown> = {};
      for (const section of sectionsOf(type)) {
        const doc = await replay(id, section, position);
        if (!doc) continue;
        Object.assign(fields, readFields(type, doc, section).values);
        doc.destroy();
      }
      const { state = null, rank = null, space = null, deleted = false } = values;
      return { id, type: type.type, position, state, rank, space, deleted, fields };
    }
  };
}
