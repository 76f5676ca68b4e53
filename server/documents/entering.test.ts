/** Coming in at the door, while what is behind it changes. */
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { MongoNetworkError } from 'mongodb';
import { UnreadableDocument } from '../journal/replay.ts';
import { stopTestEngine } from '../store/testing.ts';
import { startCore, testActor, testCore, testTask } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import * as frames from './frames.ts';
import { actorOf, hocuspocusClient, openDoor, testDoor, until, yWebsocketClient } from './testing.ts';
import type { TestClient, TestDoor } from './testing.ts';

const ann = testActor('ann');
let core: TestCore;
let door: TestDoor;
let task: string;
const clients: TestClient[] = [];
const open = (document: string, token: string): TestClient => {
  const client = hocuspocusClient(door.url, document, token);
  clients.push(client);
  return client;
};
/** Something that waits until it is let go on. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { reached: false, open: resolve, wait: promise };
}
const rows = () => core.store.connection.models['Row work.task']!.collection;

beforeEach(async () => {
  core = await testCore();
  task = await testTask(core, ann, 'Fence');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await door.close();
  await core.stop();
  await core.store.close();
});
afterAll(stopTestEngine);

describe('the door', () => {
  it('knows a document by one name only: two copies would not know of each other', async () => {
    door = await openDoor(core);
    const a = open(task, 'ann');
    const b = open(`${task}#main`, 'bob');
    await a.saved();
    await until(() => b.refused !== null, 'the other name is refused');
    await expect(core.library.open(`${task}#main`, ann.organization)).rejects.toMatchObject({
      problem: { code: 'not_found' }
    });
  });

  it('whoever leaves while they are being identified is not counted for ever', async () => {
    let held = gate();
    door = await openDoor(
      core,
      { ...testDoor, connectionsPerUser: 2 },
      {
        identify: async (token) => {
          held.reached = true;
          await held.wait;
          return actorOf(token);
        }
      }
    );
    for (let round = 0; round < 3; round++) {
      held = gate();
      const socket = new WebSocket(`${door.url}/collab`);
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(frames.addressed(frames.address(task), frames.token('ann')));
      await until(() => held.reached, 'the token is looked at');
      socket.terminate();
      await until(() => door.door.connections === 0, 'the connection is gone');
      held.open();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const a = open(task, 'ann');
    await a.saved();
    expect(a.refused).toBeNull();
  });

  it.each(['identify', 'exists'] as const)(
    'lets nobody in whose credential is pulled back meanwhile (%s)',
    async (part) => {
      const held = gate();
      const hold = async () => {
        held.reached = true;
        await held.wait;
      };
      door = await openDoor(
        core,
        testDoor,
        part === 'identify'
          ? { identify: (token) => hold().then(() => actorOf(token)) }
          : { exists: () => hold().then(() => true) }
      );
      const a = open(task, 'ann');
      await until(() => held.reached, 'it is being looked at');
      door.door.revoke('session:ann');
      held.open();
      await until(() => a.refused !== null, 'it is refused');
      expect(core.library.peek(task)?.ports.size ?? 0).toBe(0);
    }
  );

  it('a removed record is not open again while its last edits are on their way to the disk', async () => {
    door = await openDoor(core);
    const a = open(task, 'ann');
    await a.saved();
    const real = core.journal.insert.bind(core.journal);
    const held = gate();
    core.journal.insert = (stored) => held.wait.then(() => real(stored));
    a.doc.getMap('notes').set('last', 1);
    await until(() => core.library.peek(task)!.unsaved, 'the edit has arrived');
    await rows().updateOne({ _id: task as never }, { $set: { deleted: true } });
    core.library.shut(task);
    const b = open(task, 'bob');
    await until(() => b.refused !== null, 'it is refused');
    held.open();
    await until(() => core.library.peek(task)?.unsaved !== true, 'the last edit is durable');
  });

  it('a record removed while its document is being read is not open afterwards', async () => {
    await core.stop();
    core = await startCore(core.store);
    door = await openDoor(core);
    const held = gate();
    const real = core.replay.parts.bind(core.replay);
    core.replay.parts = async (...asked) => {
      const parts = await real(...asked);
      held.reached = true;
      await held.wait;
      return parts;
    };
    const a = open(task, 'ann');
    await until(() => held.reached, 'it is being read');
    await rows().updateOne({ _id: task as never }, { $set: { deleted: true } });
    core.library.shut(task);
    held.open();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(core.library.peek(task)?.ports.size ?? 0).toBe(0);
    expect(a.provider.isSynced).toBe(false);
  });

  it('what strangers ask for meanwhile keeps nobody out, and tells them nothing', async () => {
    await core.stop();
    core = await startCore(core.store);
    door = await openDoor(core);
    const asked = await Promise.allSettled([
      core.library.open(task, 'org-b'),
      core.library.open(task, ann.organization)
    ]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const spoilt = await testTask(core, ann, 'Spoilt');
    core.replay.parts = () => Promise.reject(new UnreadableDocument(ann.organization, 'spoilt'));
    core.library.shut(spoilt);
    const eve = open(spoilt, 'eve@org-b');
    const a = open(spoilt, 'ann');
    await until(() => eve.refused !== null && a.refused !== null, 'both are refused');
    expect(JSON.parse(a.refused!)).toMatchObject({ code: 'document_unreadable' });
    expect(JSON.parse(eve.refused!)).toMatchObject({ code: 'not_found' });
    const sealed = await core.store.connection.models['Quarantine']!.findById(spoilt).lean<{
      organization: string;
    }>();
    expect(sealed?.organization).toBe(ann.organization);
  });

  it('says "not now" while the database is away, and opens once it is back', async () => {
    let away = true;
    door = await openDoor(core, testDoor, {
      exists: () => (away ? Promise.reject(new MongoNetworkError('no server')) : Promise.resolve(true))
    });
    const a = open(task, 'ann');
    await until(() => a.refused !== null, 'the client is told');
    expect(JSON.parse(a.refused!)).toMatchObject({ code: 'storage_down', status: 503 });
    const y = yWebsocketClient(door.url, task, 'bob');
    let closes = 0;
    y.on('connection-close', () => (closes += 1));
    await until(() => closes > 0, 'the other protocol is told, too');
    away = false;
    a.provider.detach();
    a.provider.attach();
    await a.synced();
    await until(() => y.synced, 'y-websocket comes back by itself');
    y.destroy();
  });

  it.each(['hocuspocus', 'y-websocket'] as const)(
    'whoever is cut off for a reason that passes comes back by themselves (%s)',
    async (protocol) => {
      door = await openDoor(core);
      const a = protocol === 'hocuspocus' ? open(task, 'ann') : null;
      const y = a ? null : yWebsocketClient(door.url, task, 'ann');
      const there = () => (core.library.peek(task)?.ports.size ?? 0) > 0;
      await until(there, 'somebody is in');
      const document = core.library.peek(task)!;
      // An update that does not fit: the document is loaded anew, and everybody with it.
      expect(() =>
        document.edit(ann, { kind: 'edit' }, () => {
          throw new Error('does not fit');
        })
      ).toThrow();
      await until(() => document.ports.size === 0, 'they are out');
      // Ours asks again when it is told to; see open-document in the client.
      await new Promise((resolve) => setTimeout(resolve, 50));
      a?.provider.detach();
      a?.provider.attach();
      await until(there, 'they are in again');
      expect(core.library.peek(task)).not.toBe(document);
      y?.destroy();
    }
  );

  it('shows everybody as who they are, whatever they call themselves', async () => {
    door = await openDoor(core);
    const a = open(task, 'ann');
    const eve = open(task, 'eve');
    await Promise.all([a.saved(), eve.saved()]);
    eve.provider.awareness!.setLocalState({
      user: { id: 'user-ann', name: 'Ann', color: '#f00' },
      field: 'due'
    });
    const id = eve.doc.clientID;
    await until(() => a.provider.awareness!.getStates().has(id), 'she is seen');
    expect(a.provider.awareness!.getStates().get(id)).toEqual({
      user: { id: 'user-eve', name: 'eve', color: '#f00' },
      field: 'due'
    });
  });
});
