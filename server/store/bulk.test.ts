import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { replaceAll } from './bulk.ts';
import { database } from './connection.ts';
import { stopTestEngine, testStore } from './testing.ts';
import type { TestStore } from './testing.ts';

let store: TestStore;
beforeEach(async () => {
  store = await testStore();
});
afterEach(() => store.close());
afterAll(stopTestEngine);

it('writes more than one command can carry', async () => {
  const large = Array.from({ length: 30 }, (_, index) => ({
    _id: `row-${index}`,
    fields: { text: 'ä'.repeat(500_000) }
  }));
  await replaceAll(store.connection, 'rows.test', large);
  const many = Array.from({ length: 1200 }, (_, index) => ({ _id: `row-${index}`, fields: { text: 'x' } }));
  await replaceAll(store.connection, 'rows.test', many);
  const rows = database(store.connection).collection('rows.test');
  expect(await rows.countDocuments({})).toBe(1200);
  expect(await rows.findOne({ _id: 'row-29' as never })).toEqual(many[29]);
});
