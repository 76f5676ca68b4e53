import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { newRecordId } from '#shared/kernel/ids.ts';
import { stopTestEngine } from '../store/testing.ts';
import { startCore, testActor, testCore, testSettings, testTask } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import { hocuspocusClient, openDoor, testDoor, until, yWebsocketClient } from './testing.ts';
import type { TestClient, TestDoor } from './testing.ts';

const ann = testActor('ann');
let core: TestCore;
let door: TestDoor;
let task: string;
const clients: TestClient[] = [];
const open = (document: string, token: string, doc?: Y.Doc): TestClient => {
  const client = hocuspocusClient(door.url, document, token, doc);
  clients.push(client);
  return client;
};
const title = (doc: Y.Doc): Y.Text => doc.getMap('fields').get('title') as Y.Text;

beforeEach(async () => {
  core = await testCore();
  door = await openDoor(core);
  task = await testTask(core, ann, 'Fence');
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await door.close();
  await core.stop();
  await core.store.close();
});
afterAll(stopTestEngine);

describe('documents', () => {
  it('two people see each other type, and both are told when it is saved', async () => {
    const a = open(task, 'ann');
    const b = open(task, 'bob');
    await Promise.all([a.synced(), b.synced()]);
    title(a.doc).insert(0, 'White ');
    title(b.doc).insert(title(b.doc).length, '!');
    await Promise.all([a.saved(), b.saved()]);
    await until(
      () => title(a.doc).toString() === 'White Fence!' && title(b.doc).toString() === 'White Fence!',
      'both agree'
    );
    const entries = await core.journal.entriesOf(task);
    expect(
      entries
        .slice(1)
        .map((entry) => entry.by.user)
        .sort()
    ).toEqual(['user-ann', 'user-bob']);
  });

  it('acknowledges only what is durable, but passes it on at once', async () => {
    const a = open(task, 'ann');
    const b = open(task, 'bob');
    await Promise.all([a.saved(), b.saved()]);
    const real = core.journal.insert.bind(core.journal);
    let down = true;
    core.journal.insert = (stored) => (down ? Promise.reject(new Error('no server')) : real(stored));
    title(a.doc).insert(0, 'White ');
    await until(() => title(b.doc).toString() === 'White Fence', 'the other sees it');
    await until(() => a.notices.some((notice) => notice.kind === 'storage' && !notice.ok), 'people are told');
    expect(a.provider.unsyncedChanges).toBe(1);
    down = false;
    await a.saved();
    await until(
      () => a.notices.some((notice) => notice.kind === 'storage' && notice.ok),
      'people are told it works again'
    );
  });

  it('both protocols reach the same document', async () => {
    const a = open(task, 'ann');
    await a.synced();
    const doc = new Y.Doc();
    const y = yWebsocketClient(door.url, task, 'bob', doc);
    await until(() => y.synced, 'y-websocket is synced');
    expect(title(doc).toString()).toBe('Fence');
    title(doc).insert(0, 'Red ');
    title(a.doc).insert(title(a.doc).length, '?');
    y.awareness.setLocalState({ user: { name: 'Bob' } });
    a.provider.awareness!.setLocalState({ user: { name: 'Ann' } });
    await until(
      () => title(doc).toString() === 'Red Fence?' && title(a.doc).toString() === 'Red Fence?',
      'both agree'
    );
    await until(
      () => y.awareness.getStates().size === 2 && a.provider.awareness!.getStates().size === 2,
      'both see each other'
    );
    y.destroy();
    await until(() => a.provider.awareness!.getStates().size === 1, 'whoever left is gone');
    const again = new Y.Doc();
    const y2 = yWebsocketClient(door.url, task, 'nobody at all', again);
    let denied = 0;
    y2.on('connection-close', () => (denied += 1));
    await until(() => denied > 0, 'nobody is refused');
    expect(y2.synced).toBe(false);
    y2.destroy();
  });

  it('edits made while away are merged on return, deletions included', async () => {
    const a = open(task, 'ann');
    await a.saved();
    const local = a.doc;
    a.close();
    title(local).delete(0, 1);
    title(local).insert(0, 'f');
    const b = open(task, 'bob');
    await b.saved();
    title(b.doc).insert(5, ' now');
    await b.saved();
    const back = open(task, 'ann', local);
    await back.saved();
    await until(() => title(b.doc).toString() === 'fence now', 'the other has it');
    expect(title(local).toString()).toBe('fence now');
    const before = core.journal.head;
    const third = open(task, 'ann', local);
    await third.saved();
    expect(core.journal.head, 'coming back with nothing new writes nothing').toBe(before);
  });

  it('is found again after a restart, from a snapshot and what followed it', async () => {
    await door.close();
    await core.stop();
    core = await startCore(core.store, { ...testSettings, snapshot: { entries: 20, bytes: 1 << 20 } });
    door = await openDoor(core);
    const a = open(task, 'ann');
    await a.saved();
    for (let index = 0; index < 50; index++) {
      title(a.doc).insert(title(a.doc).length, String(index % 10));
      await a.saved();
    }
    await until(
      () => core.snapshots !== null && (core.library.peek(task)?.tail.entries ?? 99) < 20,
      'a snapshot is written'
    );
    const expected = title(a.doc).toString();
    await door.close();
    await core.stop();
    core = await startCore(core.store);
    door = await openDoor(core);
    expect(await core.snapshots.latest(task)).toMatchObject({ ordinal: 2 });
    const b = open(task, 'bob');
    await b.saved();
    expect(title(b.doc).toString()).toBe(expected);
    // A damaged snapshot costs time, nothing else.
    await core.store.connection.models['Snapshot']!.collection.updateMany(
      {},
      { $set: { state: Buffer.from([1, 2, 3]) } }
    );
    expect((await core.replay.document(task, 'main', 1e9))!.getMap('fields').get('title')!.toString()).toBe(
      expected
    );
    const early = await core.replay.document(task, 'main', 2);
    expect(title(early!).toString()).toBe('Fence0');
  });

  it("a document that can't be read is refused, never handed out empty", async () => {
    const collection = core.store.connection.models['Journal']!.collection;
    await collection.updateOne(
      { 'changes.record': task },
      { $set: { 'changes.0.update': Buffer.from([9, 9, 9]) } }
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    await door.close();
    await core.stop();
    core = await startCore(core.store);
    door = await openDoor(core);
    const a = open(task, 'ann');
    await until(() => a.refused !== null, 'it is refused');
    expect(JSON.parse(a.refused!)).toMatchObject({ code: 'document_unreadable' });
    expect(core.library.peek(task)).toBeUndefined();
    const before = core.journal.head;
    await expect(
      core.library.edit(ann, task, { kind: 'edit' }, (doc) => doc.getMap('fields').clear())
    ).rejects.toThrow();
    expect(core.journal.head).toBe(before);
  });

  it('lets nobody into what is not theirs, and says the same of what does not exist', async () => {
    const foreign = open(task, 'eve@org-b');
    const missing = open(newRecordId('work.task'), 'ann');
    const nobody = open(task, '???');
    const section = open(`${task}#secret`, 'ann');
    await until(
      () => [foreign, missing, nobody, section].every((each) => each.refused !== null),
      'all are refused'
    );
    expect(foreign.refused).toBe(missing.refused);
    expect(section.refused).toBe(missing.refused);
    expect(JSON.parse(nobody.refused!)).toMatchObject({ code: 'not_signed_in' });
    expect(foreign.doc.getMap('fields').size).toBe(0);
  });

  it('a reader reads, and what a reader changes is refused and reaches nobody', async () => {
    const reader = open(task, 'vera@org-a!viewer');
    const a = open(task, 'ann');
    await Promise.all([reader.saved(), a.saved()]);
    expect(title(reader.doc).toString()).toBe('Fence');
    title(reader.doc).insert(0, 'XXX');
    await until(() => reader.notices.some((notice) => notice.kind === 'refused'), 'the reader is told');
    title(a.doc).insert(0, 'Old ');
    await a.saved();
    expect(title(a.doc).toString()).toBe('Old Fence');
    expect(reader.notices[0]).toMatchObject({ kind: 'refused', problem: { code: 'read_only' } });
  });

  it('refuses what is too large and keeps the rest', async () => {
    await door.close();
    await core.stop();
    core = await startCore(core.store, {
      ...testSettings,
      limits: { updateBytes: 1000, documentBytes: 5000, waitingBytes: 1 << 20 }
    });
    door = await openDoor(core);
    const a = open(task, 'ann');
    await a.saved();
    a.doc.getMap('bench').set('big', 'x'.repeat(2000));
    await until(
      () =>
        a.notices.some((notice) => notice.kind === 'refused' && notice.problem.code === 'update_too_large'),
      'it is refused'
    );
    const b = open(task, 'bob');
    await b.saved();
    expect(b.doc.getMap('bench').get('big')).toBeUndefined();
    for (let index = 0; index < 8; index++) b.doc.getMap('bench').set(`k${index}`, 'y'.repeat(800));
    await until(
      () =>
        b.notices.some((notice) => notice.kind === 'refused' && notice.problem.code === 'document_too_large'),
      'it is full'
    );
    const c = open(task, 'cora');
    await c.saved();
    expect(c.doc.getMap('bench').get('k0')).toBe('y'.repeat(800));
    expect(c.doc.getMap('bench').get('k7')).toBeUndefined();
  });

  it('puts a value that is not allowed back to the last valid one, and tells who set it', async () => {
    const a = open(task, 'ann');
    const b = open(task, 'bob');
    await Promise.all([a.saved(), b.saved()]);
    b.doc.getMap('fields').set('due', '2026-12-24');
    await b.saved();
    await core.projector.settled(core.journal.head);
    a.doc.getMap('fields').set('due', 'soon');
    a.doc.getMap('fields').set('nonsense', { a: 1 });
    await until(
      () => a.notices.filter((notice) => notice.kind === 'corrected').length === 2,
      'the author is told'
    );
    await until(
      () => b.doc.getMap('fields').get('due') === '2026-12-24',
      'everyone has the last valid value'
    );
    expect(b.doc.getMap('fields').has('nonsense')).toBe(false);
    expect(b.notices.filter((notice) => notice.kind === 'corrected')).toEqual([]);
    await until(() => core.library.peek(task)?.unsaved === false, 'the correction is durable');
    await core.projector.settled(core.journal.head);
    const row = await core.store.connection.models['Row work.task']!.collection.findOne({
      _id: task as never
    });
    expect(row!['fields']).toMatchObject({ due: '2026-12-24', title: 'Fence' });
    const entries = await core.journal.entriesOf(task);
    expect(entries.at(-1)).toMatchObject({ by: { kind: 'system' }, cause: { kind: 'correction' } });
  });

  it('closes a connection that sends rubbish, with a reason, and nobody else notices', async () => {
    const a = open(task, 'ann');
    await a.saved();
    const socket = new WebSocket(`${door.url}/collab`);
    const closed = new Promise<[number, string]>((resolve) =>
      socket.on('close', (code, reason) => resolve([code, reason.toString()]))
    );
    await new Promise((resolve) => socket.on('open', resolve));
    socket.send(Buffer.from([255, 255, 255, 255, 255, 1, 2, 3]));
    expect(await closed).toEqual([4400, 'bad_message']);
    title(a.doc).insert(0, 'A ');
    await a.saved();
  });

  it('a flood is cut off, and limits on documents and connections hold', async () => {
    await door.close();
    door = await openDoor(core, {
      ...testDoor,
      connection: { ...testDoor.connection, messagesPerSecond: 5, documents: 2 },
      connectionsPerUser: 2
    });
    const a = open(task, 'ann');
    await a.saved();
    const others = [open(task, 'ann'), open(task, 'ann')];
    await until(() => others.some((each) => each.refused !== null), 'a third connection is refused');
    expect(JSON.parse(others.find((each) => each.refused)!.refused!)).toMatchObject({
      code: 'too_many_connections'
    });
    const closes: number[] = [];
    a.provider.on('close', ({ event }: { event: { code: number } }) => closes.push(event.code));
    for (let index = 0; index < 40; index++) title(a.doc).insert(0, 'x');
    await until(() => closes.includes(4429), 'the flood is cut off');
  });

  it('what a pulled-back credential has open is closed', async () => {
    const a = open(task, 'ann');
    const b = open(task, 'bob');
    await Promise.all([a.saved(), b.saved()]);
    let closed = '';
    a.provider.on('close', ({ event }: { event: { reason: string } }) => (closed = event.reason));
    door.door.revoke('session:ann');
    await until(() => closed !== '', 'it is closed');
    title(b.doc).insert(0, 'B ');
    await b.saved();
    expect(title(a.doc).toString()).toBe('Fence');
  });

  it('a document leaves memory when nobody has it open', async () => {
    const a = open(task, 'ann');
    await a.saved();
    expect(core.library.size).toBe(1);
    a.close();
    await until(() => core.library.size === 0, 'it is gone', 12_000);
  });
});
