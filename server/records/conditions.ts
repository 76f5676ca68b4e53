/**
 * Filters as MongoDB conditions. They mean exactly what `matches` in `shared/kernel/filter.ts` means; a seeded test keeps
 * them together. Where they would differ by nature: MongoDB's operators look into arrays, so every comparison with a
 * single value says that it wants none; and `$nor` rather than `$ne`, so that absent values count as null.
 */
import { literal, type Filter, type Scalar } from '#shared/kernel/filter.ts';

export type Condition = Record<string, unknown>;

const NOTHING: Condition = { _id: { $in: [] } };
const single = { $not: { $type: 'array' } };

const pathOf = (field: string): string => (field === 'id' ? '_id' : field);
const isComparable = (value: Scalar): boolean => typeof value === 'string' || typeof value === 'number';

/** A filter as a condition on stored rows. */
export function conditionOf(tree: Filter): Condition {
  if ('and' in tree) return tree.and.length > 0 ? { $and: tree.and.map(conditionOf) } : {};
  if ('or' in tree) return tree.or.length > 0 ? { $or: tree.or.map(conditionOf) } : NOTHING;
  if ('not' in tree) return { $nor: [conditionOf(tree.not)] };
  const at = pathOf(tree.field);
  switch (tree.op) {
    case 'is':
      return { [at]: { $eq: tree.value, ...single } };
    case 'isNot':
      return { $nor: [{ [at]: { $eq: tree.value, ...single } }] };
    case 'in':
      return { [at]: { $in: tree.value, ...single } };
    case 'has':
      return { [at]: { $elemMatch: { $eq: tree.value } } };
    case 'contains':
      return typeof tree.value === 'string'
        ? { [at]: { $regex: literal(tree.value), $options: 'i', ...single } }
        : NOTHING;
    default:
      return isComparable(tree.value) ? { [at]: { [`$${tree.op}`]: tree.value, ...single } } : NOTHING;
  }
}
