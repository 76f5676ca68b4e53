/** Reading: rows by filter, one by id, and by words. The organization is always part of the question. */
import type { z } from 'zod';
import { recordTypes } from '#shared/modules/registry.ts';
import type { Row } from '#shared/kernel/row.ts';
import { literal } from '#shared/kernel/filter.ts';
import type { queryRecords } from '#shared/protocol/api.ts';
import type { Actor } from '../access/actor.ts';
import { may } from '../access/policies.ts';
import type { Projector } from '../parts.ts';
import type { RowModels } from '../store/models/row.ts';
import { conditionOf, type Condition } from './conditions.ts';
import { rowsWhere, storedRow, typeFor, typeOfRecord } from './find.ts';
import { afterCursor, cursorAt, sortOf } from './pages.ts';
import { present } from './present.ts';

/** A question may take this long, milliseconds; then it is given up rather than slowing everybody. */
const PATIENCE = 10_000;
/** Found records of one type a search answers with. */
const FOUND = 20;

export interface Page {
  rows: Row[];
  /** Where to go on; absent on the last page. */
  cursor?: string;
  /** The rows include at least everything up to this journal position: follow the feed from here. */
  position: number;
}

export type Query = z.output<typeof queryRecords>;

export interface Queries {
  query(actor: Actor, type: string, query: Query): Promise<Page>;
  get(actor: Actor, id: string): Promise<Row>;
  /** Records whose main text contains words, newest first within each type. */
  search(actor: Actor, text: string): Promise<Row[]>;
}

export function recordQueries(rows: RowModels, projector: Pick<Projector, 'head'>): Queries {
  async function query(actor: Actor, name: string, { filter, sort, limit, cursor }: Query): Promise<Page> {
    const type = typeFor(actor, name, 'read');
    const keys = sortOf(type, sort);
    const conditions: Condition[] = [{ organization: actor.organization, deleted: false }];
    if (filter) conditions.push(conditionOf(filter));
    if (cursor) conditions.push(afterCursor(cursor, keys));
    // Before the question: what is written meanwhile may be in the answer, and is told again by the feed.
    const position = projector.head;
    const found = await rowsWhere(rows, type.type, { $and: conditions })
      .sort(Object.fromEntries(keys.map(({ by, descending }) => [by, descending ? -1 : 1])))
      .limit(limit + 1)
      .maxTimeMS(PATIENCE)
      .toArray();
    const page = found.slice(0, limit);
    return {
      rows: page.map((each) => present(actor, type, each)),
      ...(found.length > limit && { cursor: cursorAt(page.at(-1)!, keys) }),
      position
    };
  }

  async function get(actor: Actor, id: string): Promise<Row> {
    const type = typeOfRecord(actor, id, 'read');
    return present(actor, type, await storedRow(rows, actor, id));
  }

  async function search(actor: Actor, text: string): Promise<Row[]> {
    const words = text.trim();
    if (words === '') return [];
    const types = recordTypes().filter((type) => may(actor, type, 'read'));
    const found = await Promise.all(
      types.map(async (type) => {
        const stored = await rowsWhere(rows, type.type, {
          organization: actor.organization,
          deleted: false,
          [`fields.${type.main}`]: { $regex: literal(words), $options: 'i' }
        })
          .sort({ updatedAt: -1, _id: 1 })
          .limit(FOUND)
          .maxTimeMS(PATIENCE)
          .toArray();
        return stored.map((each) => present(actor, type, each));
      })
    );
    return found.flat();
  }

  return { query, get, search };
}
