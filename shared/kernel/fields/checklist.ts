/** A checklist: a Y.Map of item id to `{text, done, rank}`, so that items two people add, tick or move merge. */
import * as Y from 'yjs';
import type { Field } from '../declare.ts';
import { newId } from '../ids.ts';
import { between, spread } from '../rank.ts';
import type { ChecklistItem } from '../row.ts';
import { wrong, type Checked } from './checked.ts';
import { oneLine } from './plain.ts';

export const MAX_ITEMS = 200;
/** The longest item, in UTF-16 units. */
export const MAX_ITEM_TEXT = 500;

const ITEM_ID = /^[A-Za-z0-9_-]{1,64}$/;
const RANK = /^[0-9A-Za-z]{1,200}$/;

const inOrder = (a: ChecklistItem, b: ChecklistItem): number =>
  a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : 1;

type Stored = Omit<ChecklistItem, 'id'>;

/** One item as it is kept, or null where it isn't one. */
function item(id: string, value: unknown): ChecklistItem | null {
  if (!ITEM_ID.test(id) || typeof value !== 'object' || value === null) return null;
  const { text, done, rank } = value as Record<string, unknown>;
  if (typeof text !== 'string' || text.length > MAX_ITEM_TEXT || !oneLine(text)) return null;
  if (typeof done !== 'boolean' || typeof rank !== 'string' || !RANK.test(rank)) return null;
  return { id, text: text.toWellFormed(), done, rank };
}

const isMap = (value: unknown): value is Y.Map<unknown> => value instanceof Y.Map;

const tooMany = (field: Field) =>
  wrong(field, `${field.label} has too many items.`, `It has room for ${MAX_ITEMS}.`);
const malformed = (field: Field) =>
  wrong(
    field,
    `${field.label} must be a list of items.`,
    `Each has a text of at most ${MAX_ITEM_TEXT} characters on one line, and is done or not.`
  );

/** The items in order, from the document. */
export function readChecklist(field: Field, value: unknown): Checked<ChecklistItem[]> {
  if (!isMap(value)) return malformed(field);
  if (value.size > MAX_ITEMS) return tooMany(field);
  const items: ChecklistItem[] = [];
  for (const [id, stored] of value.entries()) {
    const read = item(id, stored);
    if (!read) return malformed(field);
    items.push(read);
  }
  return { value: items.sort(inOrder) };
}

/** Items from outside: strings or `{text, done?, id?, rank?}`; what is left out is made up in the given order. */
export function checkChecklist(field: Field, value: unknown): Checked<ChecklistItem[]> {
  if (value === null || value === undefined) return { value: [] };
  if (!Array.isArray(value)) return malformed(field);
  if (value.length > MAX_ITEMS) return tooMany(field);
  const ranks = value.every((each) => typeof each?.rank === 'string')
    ? null
    : spread(null, null, value.length);
  const items = value.map((each, index) => {
    const given = typeof each === 'string' ? { text: each } : each;
    if (typeof given !== 'object' || given === null) return null;
    const { id = newId(), text, done = false } = given as Partial<ChecklistItem>;
    return item(String(id), { text, done, rank: ranks?.[index] ?? (given as Stored).rank });
  });
  if (items.some((each) => each === null)) return malformed(field);
  if (new Set(items.map((each) => each!.id)).size < items.length)
    return wrong(field, `${field.label} names the same item twice.`);
  return { value: items as ChecklistItem[] };
}

const stored = ({ text, done, rank }: ChecklistItem): Stored => ({ text, done, rank });

/** Makes a checklist hold just these items, touching only those that differ. */
export function writeChecklist(map: Y.Map<unknown>, items: ChecklistItem[]): void {
  const wanted = new Set(items.map((each) => each.id));
  for (const id of [...map.keys()]) if (!wanted.has(id)) map.delete(id);
  for (const each of items) {
    const now = item(each.id, map.get(each.id));
    if (!now || now.text !== each.text || now.done !== each.done || now.rank !== each.rank)
      map.set(each.id, stored(each));
  }
}

/**
 * What a broken checklist is put back to: its items that are sound, and the last sound state of the others. Of too many,
 * those that were there before stay first.
 */
export function mendedChecklist(value: unknown, last: ChecklistItem[]): ChecklistItem[] {
  if (!isMap(value)) return last;
  const before = new Map(last.map((each) => [each.id, each]));
  const sound: ChecklistItem[] = [];
  for (const [id, one] of value.entries()) {
    const kept = item(id, one) ?? before.get(id);
    if (kept) sound.push(kept);
  }
  sound.sort((a, b) => Number(before.has(b.id)) - Number(before.has(a.id)) || inOrder(a, b));
  return sound.slice(0, MAX_ITEMS).sort(inOrder);
}

/** The rank of a new item at the end. */
export const rankAtEnd = (items: ChecklistItem[]): string => between(items.at(-1)?.rank ?? null, null);
