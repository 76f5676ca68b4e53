import { describe, expect, test } from 'vitest';
import { compareText, filter, matches, type Filter } from './filter.ts';
import type { Row } from './row.ts';

const row = (fields: Record<string, unknown>): Row => ({
  id: 'work.task/01ARZ3NDEKTSV4RRFFQ69G5FAV',
  type: 'work.task',
  space: null,
  state: 'todo',
  rank: 'a0',
  fields,
  position: 1,
  createdAt: '2026-11-20T10:00:00.000Z',
  createdBy: 'u1',
  updatedAt: '2026-11-20T10:00:00.000Z',
  updatedBy: 'u1'
});
const passes = (fields: Record<string, unknown>, op: string, value: unknown) =>
  matches(row(fields), { field: 'fields.x', op, value } as Filter);

describe('a filter', () => {
  test('treats an absent value as null, neither less nor greater', () => {
    for (const fields of [{}, { x: null }]) {
      expect(passes(fields, 'is', null)).toBe(true);
      expect(passes(fields, 'isNot', 'a')).toBe(true);
      expect(passes(fields, 'in', ['a', null])).toBe(true);
      for (const op of ['lt', 'lte', 'gt', 'gte']) expect(passes(fields, op, 0)).toBe(false);
    }
  });

  test('compares like with like only', () => {
    expect(passes({ x: 3 }, 'lt', 4)).toBe(true);
    expect(passes({ x: 3 }, 'lte', 3)).toBe(true);
    expect(passes({ x: '3' }, 'lt', 4)).toBe(false);
    expect(passes({ x: ['a'] }, 'is', 'a')).toBe(false);
    expect(passes({ x: ['a'] }, 'has', 'a')).toBe(true);
    expect(passes({ x: 'a' }, 'has', 'a')).toBe(false);
  });

  test('finds words whatever their case, and takes special characters for themselves', () => {
    expect(passes({ x: 'Straße (alt) 5.0' }, 'contains', 'STRASSE')).toBe(false);
    expect(passes({ x: 'Ärger (alt) 5.0' }, 'contains', 'ärger (ALT)')).toBe(true);
    expect(passes({ x: '510' }, 'contains', '5.0')).toBe(false);
    expect(passes({ x: 'a\u0000b' }, 'contains', '\u0000')).toBe(true);
    expect(passes({ x: 'ΟΔΟΣ' }, 'contains', 'οδος')).toBe(true);
  });

  test('reads own values only', () => {
    expect(matches(row({}), { field: 'fields.constructor', op: 'is', value: null })).toBe(true);
  });

  test('of nothing: all of none is true, any of none is false', () => {
    expect(matches(row({}), { and: [] })).toBe(true);
    expect(matches(row({}), { or: [] })).toBe(false);
    expect(matches(row({}), { not: { or: [] } })).toBe(true);
    expect(matches(row({}), undefined)).toBe(true);
  });

  test('is refused when it is too deep, too wide, or names what rows do not have', () => {
    let deep: unknown = { and: [] };
    for (let level = 0; level < 40; level++) deep = { not: deep };
    expect(filter.safeParse(deep).success).toBe(false);
    const wide = {
      and: Array.from({ length: 40 }, () => ({ or: Array.from({ length: 40 }, () => ({ and: [] })) }))
    };
    expect(filter.safeParse(wide).success).toBe(false);
    for (const field of ['organization', 'fields.a.b', '$where', 'fields.', 'rank', 'fields.__proto__'])
      expect(filter.safeParse({ field, op: 'is', value: 1 }).success, field).toBe(false);
    expect(filter.safeParse({ field: 'state', op: 'is', value: { $gt: '' } }).success).toBe(false);
  });

  test('orders texts as their bytes are ordered', () => {
    expect(compareText('\uffff', '👍')).toBeLessThan(0);
    expect('\uffff' < '👍').toBe(false);
    const words = ['b', 'a', '', 'ab', '👍', '\ue000', 'é', '👎'];
    const bytes = [...words].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect([...words].sort(compareText)).toEqual(bytes);
  });
});
