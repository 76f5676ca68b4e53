import { afterAll, afterEach, expect, it } from 'vitest';
import { applyUpdate, Doc } from 'yjs';
import { stopTestEngine } from '../store/testing.ts';
import { testActor, testCore, testSettings, testTask } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import { until } from './testing.ts';

const ann = testActor('ann');
const EDIT = { kind: 'edit' } as const;
let core: TestCore;
afterEach(async () => {
  await core.stop();
  await core.store.close();
});
afterAll(stopTestEngine);

const notes = (doc: Doc): unknown => doc.getMap('notes').toJSON();

it('a snapshot holds what is durable and nothing else, also where people never stop typing', async () => {
  core = await testCore({ ...testSettings, snapshot: { entries: 4, bytes: 1 << 30 } });
  const task = await testTask(core, ann, 'Fence');
  const document = await core.library.open(task, ann.organization);
  const real = core.journal.insert.bind(core.journal);
  let written = 0;
  const type = () =>
    document.edit(ann, EDIT, (doc) => void doc.getMap('notes').set(`n${++written}`, written));
  // While one edit is being written, the next is here already: the document is never free of unsaved ones.
  core.journal.insert = async (stored) => {
    if (written < 40) void type();
    await real(stored);
  };
  void type();
  const snapshots = core.store.connection.models['Snapshot']!.collection;
  await until(() => written >= 40 && !document.unsaved, 'all is written');
  await until(() => document.tail.entries < 12, 'a snapshot is under way');
  await core.library.close();
  const stored = (await snapshots.find({}).toArray()) as unknown as Array<{
    position: number;
    state: { buffer: Uint8Array };
  }>;
  expect(stored.length).toBeGreaterThan(0);
  await snapshots.deleteMany({});
  for (const { position, state } of stored) {
    const kept = new Doc();
    applyUpdate(kept, state.buffer);
    const fromJournal = await core.replay.document(task, 'main', position);
    expect(notes(kept), `snapshot at ${position}`).toEqual(notes(fromJournal!));
  }
});

it('a document that is thrown out while edits of it are on their way opens again once they are durable', async () => {
  core = await testCore();
  const task = await testTask(core, ann, 'Fence');
  const first = await core.library.open(task, ann.organization);
  const real = core.journal.insert.bind(core.journal);
  const held = Promise.withResolvers<void>();
  core.journal.insert = (stored) => held.promise.then(() => real(stored));
  const saved = first.edit(ann, EDIT, (doc) => void doc.getMap('fields').set('due', '2026-12-24'));
  expect(() =>
    first.edit(ann, EDIT, () => {
      throw new Error('does not fit');
    })
  ).toThrow();
  const opening = core.library.open(task, ann.organization);
  held.resolve();
  const second = await opening;
  expect(second).not.toBe(first);
  expect(second.content.doc.getMap('fields').get('due')).toBe('2026-12-24');
  // The row shows it, too, though nobody edited the document that is open now.
  await core.projector.settled((await saved)!.position);
  const row = await core.store.connection.models['Row work.task']!.collection.findOne({ _id: task as never });
  expect(row).toMatchObject({ fields: { due: '2026-12-24' } });
});
