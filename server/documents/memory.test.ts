import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Binary } from 'mongodb';
import { encodeStateAsUpdate } from 'yjs';
import { afterAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createDocument } from '#shared/kernel/fields/index.ts';
import { newRecordId } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import { insertInOrder } from '../store/bulk.ts';
import { ensureIndexes } from '../store/indexes.ts';
import { journalModel } from '../store/models/journal.ts';
import { metaModel } from '../store/models/meta.ts';
import { rowModels } from '../store/models/row.ts';
import { stopTestEngine, testStore } from '../store/testing.ts';
import type { TestStore } from '../store/testing.ts';
import { startCore, testActor } from '../testing.ts';
import * as frames from './frames.ts';
import { openDoor, testDoor, until } from './testing.ts';

const DOCUMENTS = 10_000;
const AT_ONCE = 1_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const ann = testActor('ann');

/** Puts tasks and their rows there, as if they had been made long ago: making them is not what is measured. */
async function seed({ connection }: TestStore, names: string[]): Promise<void> {
  journalModel(connection);
  rowModels(connection)('work.task');
  await ensureIndexes(connection);
  const fields = { title: 'x'.repeat(200) };
  const update = new Binary(encodeStateAsUpdate(createDocument(recordType('work.task')!, fields)));
  const set = { state: 'todo', rank: 'a0', space: null };
  const at = new Date();
  const times = { createdAt: at.toISOString(), updatedAt: at.toISOString() };
  const { organization, user, kind, name } = ann;
  for (let from = 0; from < names.length; from += 1000) {
    const some = names.slice(from, from + 1000);
    await insertInOrder(
      connection,
      'journal',
      some.map((record, index) => ({
        _id: from + index + 1,
        organization,
        at,
        by: { user, kind, name },
        cause: { kind: 'import', name: 'test' },
        changes: [{ record, section: 'main', update, set, created: true }],
        write: `seed:${from + index}`
      }))
    );
    await insertInOrder(
      connection,
      'rows.work.task',
      some.map((_id, index) => ({
        ...{ _id, organization, type: 'work.task', position: from + index + 1, fields, deleted: false },
        ...{ ...set, ...times, createdBy: user, updatedBy: user }
      }))
    );
  }
  await metaModel(connection).collection.insertOne({ _id: 'rows' as never, position: names.length } as never);
}

const heap = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1e6;
};

afterAll(stopTestEngine);

// About this process' memory, not the store: one engine is enough, and an emulated one would take minutes.
it.skipIf(process.env['UME_TEST_MONGODB_URL'])(
  'gives its memory back after ten thousand documents were opened, edited and closed',
  { timeout: 240_000 },
  async () => {
    const store = await testStore();
    const names = Array.from({ length: DOCUMENTS }, () => newRecordId('work.task'));
    await seed(store, names);
    const core = await startCore(store);
    const door = await openDoor(
      core,
      {
        ...testDoor,
        connection: { ...testDoor.connection, messagesPerSecond: 1e6, documents: AT_ONCE }
      },
      { exists: () => Promise.resolve(true) }
    );
    const before = heap();

    const edit = frames.update(encodeStateAsUpdate(createDocument(recordType('work.task')!, { title: 'y' })));
    let most = 0;
    for (let from = 0; from < DOCUMENTS; from += AT_ONCE) {
      const some = names.slice(from, from + AT_ONCE);
      const socket = new WebSocket(`${door.url}/collab`);
      await new Promise((resolve) => socket.once('open', resolve));
      let saved = 0;
      socket.on('message', (data: Buffer) => {
        if (data.at(-2) === frames.Kind.syncStatus && data.at(-1) === 1) saved += 1;
      });
      for (const name of some) {
        const address = frames.address(name);
        socket.send(frames.addressed(address, frames.token('ann')));
        socket.send(frames.addressed(address, edit));
      }
      await until(() => saved >= AT_ONCE, `documents from ${from} on are open and edited`, 30_000);
      most = Math.max(most, core.library.size);
      socket.close();
    }
    await until(() => core.library.size === 0, 'all are closed', 120_000);
    const after = heap();
    console.log(`heap before ${before.toFixed(1)} MB, after ${after.toFixed(1)} MB; ${most} open at once`);
    expect(most).toBeGreaterThanOrEqual(AT_ONCE);
    // The projector's bounded row cache stays; a kilobyte or two a document would show as 20 MB and more.
    expect(after - before).toBeLessThan(25);
    await door.close();
    await core.stop();
    await store.close();
  }
);
