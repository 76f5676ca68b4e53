import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matches, type Filter, type Scalar } from '#shared/kernel/filter.ts';
import { newRecordId } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import type { UmeError } from '#shared/protocol/errors.ts';
import { dice, seed, type Dice } from '#shared/testing/seed.ts';
import { rowModels, toRow, type RowModels, type StoredRow } from '../store/models/row.ts';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';
import { testActor } from '../testing.ts';
import { conditionOf } from './conditions.ts';
import { rowsWhere } from './find.ts';
import { sortOf } from './pages.ts';
import { recordQueries, type Queries } from './query.ts';

const WORDS = [
  '',
  'a',
  'A',
  'ab',
  'Straße',
  'STRASSE',
  'ÄRGER',
  'ärger',
  'a.b',
  'a*',
  '(x',
  '[',
  '\\',
  '^$',
  'K',
  'K'
];
const ODD = ['👍', '\uffff', '\u0000', 'a\nb', 'οδος', 'ΟΔΟΣ', 'ſ', 's', 'İ', 'i', 'ǆ', 'ǅ', '$where'];
const VALUES: Scalar[] = [...WORDS, ...ODD, 0, -1, 1, 1.5, true, false, null];
const FIELDS = [
  'fields.text',
  'fields.number',
  'fields.flag',
  'fields.list',
  'fields.none',
  'fields.constructor'
];

function someValue(roll: Dice): unknown {
  if (roll.chance(0.15)) return null;
  if (roll.chance(0.2)) return Array.from({ length: roll.below(4) }, () => roll.pick([...WORDS, ...ODD]));
  if (roll.chance(0.1)) return [{ id: 'x', text: 'a', done: true }];
  if (roll.chance(0.1)) return { doing: 3 };
  return roll.pick(VALUES);
}

function someRow(roll: Dice, organization: string): StoredRow {
  const fields: Record<string, unknown> = {};
  for (const field of FIELDS) if (roll.chance(0.8)) fields[field.slice(7)] = someValue(roll);
  return {
    _id: newRecordId('work.task'),
    organization,
    type: 'work.task',
    space: roll.chance(0.3) ? null : `core.space/${roll.below(3)}`,
    state: roll.pick(['todo', 'doing', null]),
    rank: `a${roll.below(5)}`,
    position: roll.below(100),
    fields: {
      ...fields,
      title: roll.pick([...WORDS, ...ODD]),
      due: roll.pick([null, '2026-01-01', '2025-05-05'])
    },
    createdAt: new Date(1e12 + roll.below(4) * 1e6).toISOString(),
    createdBy: roll.pick(['u1', 'u2']),
    updatedAt: new Date(1e12).toISOString(),
    updatedBy: 'u1',
    deleted: false
  };
}

function someFilter(roll: Dice, depth = 0): Filter {
  const kind = depth < 3 ? roll.below(8) : 4;
  const several = () => Array.from({ length: roll.below(4) }, () => someFilter(roll, depth + 1));
  if (kind === 0) return { and: several() };
  if (kind === 1) return { or: several() };
  if (kind === 2) return { not: someFilter(roll, depth + 1) };
  const field = roll.pick([
    ...FIELDS,
    'fields.text',
    'fields.title',
    'state',
    'space',
    'createdAt',
    'createdBy',
    'id'
  ]);
  if (kind === 3)
    return { field, op: 'in', value: Array.from({ length: roll.below(5) }, () => roll.pick(VALUES)) };
  const op = roll.pick(['is', 'isNot', 'lt', 'lte', 'gt', 'gte', 'has', 'contains'] as const);
  return { field, op, value: roll.pick(VALUES) };
}

/** For hundreds of questions, on the slowest engine they are asked on, milliseconds. */
const SLOW = 120_000;

describe('rows', () => {
  let store: TestStore;
  let rows: RowModels;
  let queries: Queries;
  const stored: StoredRow[] = [];
  const actor = testActor('ann');
  const roll = dice(seed);

  beforeAll(async () => {
    store = await testStore();
    rows = rowModels(store.connection);
    queries = recordQueries(rows, { head: 7 });
    for (let count = 0; count < 300; count++) stored.push(someRow(roll, 'org-a'));
    const others = Array.from({ length: 50 }, () => someRow(roll, 'org-b'));
    const removed = Array.from({ length: 20 }, () => ({ ...someRow(roll, 'org-a'), deleted: true }));
    await rows('work.task').collection.insertMany([...stored, ...others, ...removed] as never[]);
  });
  afterAll(async () => {
    await store.close();
    await stopTestEngine();
  });

  test(
    `pass a filter in the database exactly when they do in a browser (seed ${seed})`,
    async () => {
      for (let round = 0; round < 400; round++) {
        const filter = someFilter(roll);
        const expected = stored.filter((row) => matches(toRow(row), filter)).map((row) => row._id);
        const found = await rowsWhere(rows, 'work.task', {
          $and: [{ organization: 'org-a', deleted: false }, conditionOf(filter)]
        }).toArray();
        expect(found.map((row) => row._id).sort(), JSON.stringify(filter)).toEqual(expected.sort());
      }
    },
    SLOW
  );

  test(
    `come in pages that neither skip nor double, under any sort (seed ${seed})`,
    async () => {
      const keys = ['rank', 'state', 'space', 'id', 'createdAt', 'createdBy', 'fields.title', 'fields.due'];
      for (let round = 0; round < 60; round++) {
        const sort = Array.from({ length: roll.below(4) }, () => ({
          by: roll.pick(keys),
          descending: roll.chance(0.5)
        }));
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await queries.query(actor, 'work.task', { sort, limit: 1 + roll.below(120), cursor });
          expect(page.position).toBe(7);
          seen.push(...page.rows.map((row) => row.id));
          cursor = page.cursor;
        } while (cursor);
        const whole = await rowsWhere(rows, 'work.task', { organization: 'org-a', deleted: false })
          .sort(
            Object.fromEntries(
              sortOf(recordType('work.task')!, sort).map(({ by, descending }) => [by, descending ? -1 : 1])
            )
          )
          .toArray();
        expect(seen, JSON.stringify(sort)).toEqual(whole.map((row) => row._id));
      }
    },
    SLOW
  );

  test('page on past rows that are gone meanwhile', async () => {
    const first = await queries.query(actor, 'work.task', { limit: 10 });
    const last = first.rows.at(-1)!;
    await rows('work.task').collection.updateOne({ _id: last.id as never }, { $set: { deleted: true } });
    const next = await queries.query(actor, 'work.task', { limit: 500, cursor: first.cursor });
    await rows('work.task').collection.updateOne({ _id: last.id as never }, { $set: { deleted: false } });
    expect(first.rows.length + next.rows.length).toBe(stored.length);
  });

  test('carry what their reader may do', async () => {
    const { rows: seen } = await queries.query({ ...actor, role: 'viewer' }, 'work.task', { limit: 1 });
    expect(seen[0]!.may).toEqual({ update: false, delete: false, commands: [] });
  });

  const problemOf = (asked: Promise<unknown>) =>
    asked.then(
      () => null,
      (error: unknown) => (error as UmeError).problem
    );

  test('are refused in words where the question makes no sense', async () => {
    expect(await problemOf(queries.query(actor, 'work.nothing', { limit: 1 }))).toMatchObject({
      code: 'not_found'
    });
    const sorted = (by: string) => queries.query(actor, 'work.task', { limit: 1, sort: [{ by }] });
    for (const by of ['fields.labels', 'fields.nothing', 'organization', '$where', 'fields.title.x'])
      expect(await problemOf(sorted(by)), by).toMatchObject({ code: 'invalid', field: 'sort' });
    const { cursor } = await queries.query(actor, 'work.task', { limit: 1 });
    for (const bad of ['', 'x', Buffer.from('["rank,_id",{"$gt":""},1]').toString('base64url')].filter(
      Boolean
    ))
      expect(await problemOf(queries.query(actor, 'work.task', { limit: 1, cursor: bad }))).toMatchObject({
        field: 'cursor'
      });
    const other = { limit: 1, cursor, sort: [{ by: 'createdAt' }] };
    expect(await problemOf(queries.query(actor, 'work.task', other))).toMatchObject({ field: 'cursor' });
  });

  test('are found by words of their title, within the organization', async () => {
    const found = await queries.search(actor, ' strasse ');
    expect(found.length).toBeGreaterThan(0);
    for (const row of found) expect(row.fields['title']).toBe('STRASSE');
    expect(await queries.search(testActor('eve', 'org-c'), 'a')).toEqual([]);
  });
});
