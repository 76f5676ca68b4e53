import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encodeStateAsUpdate } from 'yjs';
import { afterAll, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createDocument } from '#shared/kernel/fields/index.ts';
import { newRecordId } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import { stopTestEngine } from '../store/testing.ts';
import { testActor, testCore } from '../testing.ts';
import * as frames from './frames.ts';
import { openDoor, testDoor, until } from './testing.ts';

const DOCUMENTS = 10_000;
const AT_ONCE = 1_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heap = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed / 1e6;
};

afterAll(stopTestEngine);

// About this process' memory, not the store: one engine is enough, and an emulated one would take minutes.
it.skipIf(process.env['UME_TEST_MONGODB_URL'])(
  'gives its memory back after ten thousand documents were opened, edited and closed',
  { timeout: 120_000 },
  async () => {
    const core = await testCore();
    const door = await openDoor(core, {
      ...testDoor,
      connection: { ...testDoor.connection, messagesPerSecond: 1e6, documents: AT_ONCE }
    });
    const ann = testActor('ann');
    const names = Array.from({ length: DOCUMENTS }, () => newRecordId('work.task'));
    const born = encodeStateAsUpdate(createDocument(recordType('work.task')!, { title: 'x'.repeat(200) }));
    const entries = await Promise.all(
      names.map((record) =>
        core.journal.append({
          organization: ann.organization,
          by: ann,
          cause: { kind: 'import', name: 'test' },
          changes: [
            { record, section: 'main', update: born, set: { state: 'todo', rank: 'a0' }, created: true }
          ]
        })
      )
    );
    await core.projector.settled(entries.at(-1)!.position);
    await until(() => core.library.size === 0, 'what the projection opened is closed', 30_000);
    const before = heap();

    const edit = frames.update(
      encodeStateAsUpdate(
        core.library.peek(names[0]!)?.content.doc ?? createDocument(recordType('work.task')!, { title: 'y' })
      )
    );
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
    await until(() => core.library.size === 0, 'all are closed', 30_000);
    const after = heap();
    console.log(`heap before ${before.toFixed(1)} MB, after ${after.toFixed(1)} MB; ${most} open at once`);
    expect(most).toBeGreaterThanOrEqual(AT_ONCE);
    // The projector's bounded row cache stays; a kilobyte or two a document would show as 20 MB and more.
    expect(after - before).toBeLessThan(25);
    await door.close();
    await core.stop();
    await core.store.close();
  }
);
