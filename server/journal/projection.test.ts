import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { stopTestEngine } from '../store/testing.ts';
import { testActor, testCore, testTask } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import type { NewEntry } from './entry.ts';

const ann = testActor('ann');
let core: TestCore;
beforeEach(async () => {
  core = await testCore();
});
afterEach(async () => {
  await core.stop();
  await core.store.close();
});
afterAll(stopTestEngine);

const row = (id: string) =>
  core.store.connection.models['Row work.task']!.collection.findOne({ _id: id as never });
const move = (record: string, state: string): NewEntry => ({
  organization: ann.organization,
  by: ann,
  cause: { kind: 'command', name: 'move' },
  changes: [{ record, section: 'main', set: { state } }]
});

it("a document that can't be read keeps nobody else's rows back", async () => {
  const [poisoned, sound] = [await testTask(core, ann, 'Poisoned'), await testTask(core, ann, 'Sound')];
  const document = await core.library.open(poisoned, ann.organization);
  await document.edit(ann, { kind: 'edit' }, (doc) => void doc.getMap('fields').set('due', '2026-12-24'));
  Object.defineProperty(document.content, 'doc', {
    get: () => {
      throw new Error('poisoned');
    }
  });
  const entry = await core.journal.append(move(sound, 'doing'));
  await core.projector.settled(entry.position);
  expect(await row(sound)).toMatchObject({ state: 'doing' });
  expect(await row(poisoned)).toMatchObject({ fields: { title: 'Poisoned' } });
  core.library.shut(poisoned);
});

it('a row that shows what is not durable yet says so until it is, also where it only moves meanwhile', async () => {
  const task = await testTask(core, ann, 'Fence');
  const document = await core.library.open(task, ann.organization);
  const real = core.journal.insert.bind(core.journal);
  const gates: Array<PromiseWithResolvers<void>> = [];
  core.journal.insert = async (stored) => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    await real(stored);
  };
  const written = async (count: number) => {
    while (gates.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    return gates[count - 1]!;
  };
  const set = (due: string) =>
    document.edit(ann, { kind: 'edit' }, (doc) => void doc.getMap('fields').set('due', due));
  const first = set('2026-12-24');
  const gate = await written(1);
  const moved = core.journal.append(move(task, 'doing'));
  gate.resolve();
  await first;
  const second = written(2);
  const last = set('2026-12-25');
  await core.projector.settled((await first)!.position);
  expect(await row(task)).toMatchObject({ fields: { due: '2026-12-25' }, ahead: ['main'] });
  (await second).resolve();
  // The move came before the edit, but both are in one write; only the move is told of.
  await core.projector.settled((await moved).position);
  if (document.unsaved) expect(await row(task)).toMatchObject({ state: 'doing', ahead: ['main'] });
  void written(3).then((each) => each.resolve());
  await core.projector.settled((await last)!.position);
  expect(await row(task)).not.toHaveProperty('ahead');
});
