/**
 * Pages by key: a cursor says what the last row's sort values were, and the next page is what comes after them. Nothing
 * is skipped or doubled when rows come and go in between, and the last page costs no more than the first.
 */
import { invalid } from '#shared/protocol/errors.ts';
import type { RecordType } from '#shared/kernel/declare.ts';
import type { StoredRow } from '../store/models/row.ts';
import type { Condition } from './conditions.ts';

export interface SortKey {
  by: string;
  descending?: boolean;
}

const OWN = new Set(['rank', 'state', 'space', 'id', 'createdAt', 'createdBy', 'updatedAt', 'updatedBy']);
/** Kinds whose values have one order. */
const ORDERED = new Set(['text', 'richText', 'number', 'boolean', 'date', 'choice', 'person']);

/**
 * The sort that is asked for, ending with the id so that no two rows are equal.
 * @throws {UmeError} invalid where a row has no such value, or one without an order.
 */
export function sortOf(type: RecordType, asked: readonly SortKey[] | undefined): SortKey[] {
  const keys: SortKey[] = [];
  for (const { by, descending = false } of asked?.length ? asked : [{ by: 'rank' }]) {
    const field = by.startsWith('fields.')
      ? type.fields.find((each) => `fields.${each.key}` === by)
      : undefined;
    if (!OWN.has(by) && !(field && ORDERED.has(field.kind)))
      throw invalid({ title: `${type.plural} can't be sorted by "${by.slice(0, 80)}".`, field: 'sort' });
    const key = by === 'id' ? '_id' : by;
    // Named again it decides nothing any more, and would turn the first around.
    if (!keys.some((each) => each.by === key)) keys.push({ by: key, descending });
  }
  const end = keys.findIndex((each) => each.by === '_id');
  return end === -1 ? [...keys, { by: '_id', descending: keys.at(-1)!.descending }] : keys.slice(0, end + 1);
}

type Value = string | number | boolean | null;

const valueOf = (row: StoredRow, by: string): Value => {
  const value = by.startsWith('fields.')
    ? row.fields[by.slice(7)]
    : (row as unknown as Record<string, unknown>)[by];
  return (value ?? null) as Value;
};

const signature = (sort: readonly SortKey[]): string =>
  sort.map(({ by, descending }) => (descending ? `-${by}` : by)).join(',');

/** Where a page ended, as opaque text. */
export const cursorAt = (row: StoredRow, sort: readonly SortKey[]): string =>
  Buffer.from(JSON.stringify([signature(sort), ...sort.map(({ by }) => valueOf(row, by))])).toString(
    'base64url'
  );

/** Rows whose value comes after another; null when there are none. Null comes first, as MongoDB sorts it. */
function beyond({ by, descending }: SortKey, value: Value): Condition | null {
  if (descending) return value === null ? null : { $or: [{ [by]: { $lt: value } }, { [by]: null }] };
  return value === null ? { [by]: { $ne: null } } : { [by]: { $gt: value } };
}

/**
 * The condition for what comes after a cursor.
 * @throws {UmeError} invalid where the cursor isn't one of this sort.
 */
export function afterCursor(cursor: string, sort: readonly SortKey[]): Condition {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    parsed = null;
  }
  const isValue = (each: unknown) => each === null || ['string', 'number', 'boolean'].includes(typeof each);
  if (
    !Array.isArray(parsed) ||
    parsed.length !== sort.length + 1 ||
    parsed[0] !== signature(sort) ||
    !parsed.every(isValue)
  )
    throw invalid({
      title: "This cursor can't be used here.",
      detail: 'Take it from an answer to the same query.',
      field: 'cursor'
    });
  const values = parsed.slice(1) as Value[];
  const ways = sort.flatMap((key, index) => {
    const further = beyond(key, values[index]!);
    const level = sort.slice(0, index).map((each, at) => ({ [each.by]: values[at] }));
    return further ? [{ $and: [...level, further] }] : [];
  });
  return { $or: ways };
}
