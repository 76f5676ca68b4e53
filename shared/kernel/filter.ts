/**
 * Filters over rows: one small tree that the browser evaluates, the server turns into a query, and a link can carry.
 */
import { z } from 'zod';
import type { Row } from './row.ts';

/** What is compared: `state`, `space`, `id`, `createdAt`, `createdBy`, `updatedAt`, or `fields.<key>`. */
const path = z
  .string()
  .regex(/^(state|space|id|createdAt|createdBy|updatedAt|updatedBy|fields\.[a-zA-Z][a-zA-Z0-9]{0,39})$/);
const scalar = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);

export type Filter =
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter }
  | { field: string; op: 'is' | 'isNot' | 'lt' | 'lte' | 'gt' | 'gte' | 'has' | 'contains'; value: Scalar }
  | { field: string; op: 'in'; value: Scalar[] };
export type Scalar = z.infer<typeof scalar>;

const MAX_DEPTH = 8;
/** Comparisons and branches in one filter, so that nobody makes the server evaluate a forest. */
const MAX_NODES = 500;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const node: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    z.strictObject({ and: z.array(node).max(50) }),
    z.strictObject({ or: z.array(node).max(50) }),
    z.strictObject({ not: node }),
    z.strictObject({
      field: path,
      op: z.enum(['is', 'isNot', 'lt', 'lte', 'gt', 'gte', 'has', 'contains']),
      value: scalar
    }),
    z.strictObject({ field: path, op: z.literal('in'), value: z.array(scalar).max(500) })
  ])
);

/** Whether a tree that has not been checked yet is small enough to be walked in full. */
function modest(value: unknown): boolean {
  let nodes = 0;
  const walk = (each: unknown, level: number): boolean => {
    if (!isObject(each)) return true;
    if (level > MAX_DEPTH * 2 || (!Array.isArray(each) && ++nodes > MAX_NODES)) return false;
    return Object.values(each).every((inner) => walk(inner, level + 1));
  };
  return walk(value, 0);
}

/** A filter from outside: at most eight levels deep, of at most five hundred parts. */
export const filter = z
  .unknown()
  .refine(modest, `A filter is at most ${MAX_DEPTH} levels deep and has at most ${MAX_NODES} parts.`)
  .pipe(node)
  .describe(
    'A tree of {"and": […]}, {"or": […]}, {"not": …} over comparisons {"field", "op", "value"}. Fields: state, space, ' +
      'id, createdAt, createdBy, updatedAt, updatedBy, fields.<key>. Operators: is, isNot, in (a list), lt, lte, gt, ' +
      'gte, has (a list holds it), contains (words, whatever their case). An absent value equals null.'
  );

/** A row's value at a path; only its own, so that no field is called `constructor` by accident. */
export function valueAt(row: Row, at: string): unknown {
  if (!at.startsWith('fields.')) return (row as unknown as Record<string, unknown>)[at];
  const key = at.slice(7);
  return Object.hasOwn(row.fields, key) ? row.fields[key] : undefined;
}

/** Surrogates lie below U+E000 as UTF-16 units and above as characters: lifts them so that units sort as characters. */
const lifted = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** Orders texts by code point, as MongoDB orders their bytes; JavaScript's `<` differs past U+FFFF. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const one = a.charCodeAt(index);
    const other = b.charCodeAt(index);
    if (one !== other) return lifted(one) - lifted(other);
  }
  return a.length - b.length;
}

/** Less than, equal to or greater than zero; null where the two can't be compared. */
function compare(a: unknown, b: unknown): number | null {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return typeof a === 'number' && typeof b === 'number' ? a - b : null;
}

/** Words as a pattern without special characters. Control characters are escaped, since a pattern can't carry a NUL. */
export const literal = (words: string): string =>
  words
    .toWellFormed()
    .replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\u0000-\u001f]/g, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`);

const patterns = new WeakMap<Filter, RegExp>();

/** Case is folded character by character, as the database does; lower-casing whole words differs for some scripts. */
function pattern(node: Filter, words: string): RegExp {
  const known = patterns.get(node);
  if (known) return known;
  const made = new RegExp(literal(words), 'iu');
  patterns.set(node, made);
  return made;
}

/** Whether a row passes a filter. An absent value equals null and is neither less nor greater than anything. */
export function matches(row: Row, tree: Filter | undefined): boolean {
  if (!tree) return true;
  if ('and' in tree) return tree.and.every((each) => matches(row, each));
  if ('or' in tree) return tree.or.some((each) => matches(row, each));
  if ('not' in tree) return !matches(row, tree.not);
  const value = valueAt(row, tree.field) ?? null;
  switch (tree.op) {
    case 'is':
      return value === tree.value;
    case 'isNot':
      return value !== tree.value;
    case 'in':
      return tree.value.some((each) => each === value);
    case 'has':
      return Array.isArray(value) && value.includes(tree.value);
    case 'contains':
      return (
        typeof value === 'string' && typeof tree.value === 'string' && pattern(tree, tree.value).test(value)
      );
    case 'lt':
      return (compare(value, tree.value) ?? 0) < 0;
    case 'lte':
      return (compare(value, tree.value) ?? 1) <= 0;
    case 'gt':
      return (compare(value, tree.value) ?? 0) > 0;
    case 'gte':
      return (compare(value, tree.value) ?? -1) >= 0;
  }
}
