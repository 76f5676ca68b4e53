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

/** Depth of a tree that has not been checked yet, so that a hostile one is refused before it is walked in full. */
function deep(value: unknown, level = 0): boolean {
  if (level > MAX_DEPTH * 2) return true;
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((each) => deep(each, level + 1))
  );
}

export const filter = z
  .unknown()
  .refine((value) => !deep(value), `A filter is at most ${MAX_DEPTH} levels deep.`)
  .pipe(node);

const valueAt = (row: Row, at: string): unknown =>
  at.startsWith('fields.') ? row.fields[at.slice(7)] : (row as unknown as Record<string, unknown>)[at];

const comparable = (a: unknown, b: unknown): a is string | number =>
  (typeof a === 'string' && typeof b === 'string') || (typeof a === 'number' && typeof b === 'number');

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
        typeof value === 'string' &&
        typeof tree.value === 'string' &&
        value.toLowerCase().includes(tree.value.toLowerCase())
      );
    case 'lt':
      return comparable(value, tree.value) && value < tree.value!;
    case 'lte':
      return comparable(value, tree.value) && value <= tree.value!;
    case 'gt':
      return comparable(value, tree.value) && value > tree.value!;
    case 'gte':
      return comparable(value, tree.value) && value >= tree.value!;
  }
}
