import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCore, silent, testActor, testCore, testTask } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import { stopTestEngine } from '../store/testing.ts';
import type { Entry, NewEntry } from './entry.ts';
import { MongoJournal } from './journal.ts';

const ann = testActor('ann');
const note = (text: string, key?: string): NewEntry => ({
  organization: ann.organization,
  by: ann,
  cause: { kind: 'command', name: text, key },
  changes: [{ record: 'work.task/01ARZ3NDEKTSV4RRFFQ69G5FAV', section: 'main', set: { rank: text } }]
});

let core: TestCore;
beforeEach(async () => {
  core = await testCore();
});
afterEach(async () => {
  await core.stop();
  await core.store.close();
});
afterAll(stopTestEngine);

describe('the journal', () => {
  it('numbers what arrives together without gaps, and writes it together', async () => {
    const told: Entry[][] = [];
    core.journal.onCommitted((entries) => told.push(entries));
    const entries = await Promise.all(
      Array.from({ length: 50 }, (_, index) => core.journal.append(note(`n${index}`)))
    );
    expect(entries.map((entry) => entry.position)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 1)
    );
    expect(told.flat().map((entry) => entry.position)).toEqual(entries.map((entry) => entry.position));
    expect(told.length).toBeLessThan(5);
  });

  it('two writers on one store keep one order, and each learns what the other wrote', async () => {
    const other = new MongoJournal(core.store.connection, silent);
    await other.open();
    const told: number[] = [];
    core.journal.onCommitted((entries) => told.push(...entries.map((entry) => entry.position)));
    const writes: Array<Promise<Entry>> = [];
    for (let round = 0; round < 20; round++) {
      writes.push(core.journal.append(note(`a${round}`)), other.append(note(`b${round}`)));
      await new Promise((resolve) => setTimeout(resolve, round % 3));
    }
    const entries = await Promise.all(writes);
    await core.journal.append(note('last'));
    const positions = entries.map((entry) => entry.position).sort((a, b) => a - b);
    expect(positions).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(told).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    await other.close();
  });

  it('goes on after a write that failed in the middle, and writes nothing twice', async () => {
    const real = core.journal.insert.bind(core.journal);
    let failures = 3;
    core.journal.insert = async (stored) => {
      if (failures-- <= 0) return real(stored);
      await real(stored.slice(0, 2));
      throw new Error('connection lost');
    };
    const entries = await Promise.all(
      Array.from({ length: 10 }, (_, index) => core.journal.append(note(`n${index}`)))
    );
    expect(entries.map((entry) => entry.position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const stored = await core.journal.entriesAfter(0, 100);
    expect(stored.map((entry) => (entry.cause as { name: string }).name)).toEqual(
      entries.map((_, index) => `n${index}`)
    );
  });

  it('writes nothing twice where the database fails again while it is asked how far a write got', async () => {
    const real = core.journal.insert.bind(core.journal);
    const collection = core.store.connection.models['Journal']!.collection;
    const find = collection.find.bind(collection);
    let asked = 0;
    // It answers once, which tells of the first entries, and then is away for a moment.
    collection.find = ((...question: Parameters<typeof find>) => {
      if (++asked === 2) throw new Error('connection lost');
      return find(...question);
    }) as typeof find;
    let failed = false;
    core.journal.insert = async (stored) => {
      if (failed) return real(stored);
      failed = true;
      await real(stored.slice(0, 2));
      throw new Error('connection lost');
    };
    const answers = new Map<number, number>();
    const entries = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        core.journal.append(note(`n${index}`)).then((entry) => {
          answers.set(index, (answers.get(index) ?? 0) + 1);
          return entry;
        })
      )
    );
    collection.find = find;
    expect(entries.map((entry) => entry.position)).toEqual([1, 2, 3, 4, 5]);
    const stored = await core.journal.entriesAfter(0, 100);
    expect(stored.map((entry) => (entry.cause as { name: string }).name)).toEqual([
      'n0',
      'n1',
      'n2',
      'n3',
      'n4'
    ]);
  });

  it("somebody who fails at handing over, or at hearing that it is durable, keeps nobody else's back", async () => {
    const told: number[] = [];
    core.journal.onCommitted((entries) => told.push(...entries.map(({ position }) => position)));
    core.journal.announce({
      take: () => {
        throw new Error('nothing to be had');
      }
    });
    core.journal.announce({
      take: () => [
        {
          entry: note('deaf'),
          done: () => {
            throw new Error('does not listen');
          }
        }
      ]
    });
    const after = await core.journal.append(note('after'));
    expect(after.position).toBe(2);
    expect(told).toEqual([1, 2]);
    expect(await core.journal.entriesAfter(0, 100)).toHaveLength(2);
  });

  it('an edit by a key that was used elsewhere is written all the same: it is in the document already', async () => {
    const record = await testTask(core, ann, 'Fence');
    const cause = { kind: 'command', name: 'patch', key: 'key-2' } as const;
    const other = new MongoJournal(core.store.connection, silent);
    await other.open();
    await other.append({ ...note('elsewhere'), cause });
    await core.library.edit(ann, record, cause, (doc) => doc.getMap('fields').set('due', '2026-01-01'));
    const known = await core.replay.document(record, 'main', Number.MAX_SAFE_INTEGER);
    expect(known!.getMap('fields').get('due')).toBe('2026-01-01');
    await other.close();
  });

  it('says so while nothing can be saved, and again once it can', async () => {
    const real = core.journal.insert.bind(core.journal);
    let down = true;
    core.journal.insert = (stored) => (down ? Promise.reject(new Error('no server')) : real(stored));
    const health: boolean[] = [];
    core.journal.onHealth((healthy) => {
      health.push(healthy);
      if (!healthy) down = false;
    });
    await core.journal.append(note('kept'));
    expect(health).toEqual([false, true]);
    expect(core.journal.healthy).toBe(true);
  });

  it('knows what an idempotency key already made', async () => {
    const first = await core.journal.append(note('once', 'key-1'));
    expect(await core.journal.findByKey('org-a', 'user-ann', 'key-1')).toMatchObject({
      position: first.position
    });
    expect(await core.journal.findByKey('org-b', 'user-ann', 'key-1')).toBeNull();
    // A second process that did not know of it gets the first one's entry.
    const again = await core.journal.append(note('once', 'key-1'));
    expect(again.position).toBe(first.position);
    expect((await core.journal.append(note('next'))).position).toBe(first.position + 1);
  });

  it('projects at the start what a crash left unprojected', async () => {
    const record = await testTask(core, ann, 'Paint the fence');
    await core.store.connection.models['Meta']!.collection.deleteMany({});
    await core.store.connection.models['Row work.task']!.collection.deleteMany({});
    await core.stop();
    core = await startCore(core.store);
    const row = await core.store.connection.models['Row work.task']!.collection.findOne({
      _id: record as never
    });
    expect(row).toMatchObject({ fields: { title: 'Paint the fence' }, state: 'todo', createdBy: 'user-ann' });
  });
});
