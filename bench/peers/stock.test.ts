import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { author, ground } from '../load/edits.ts';
import { Ledger } from '../load/ledger.ts';
import { until } from '../load/pace.ts';
import { closeAll, contribute, open } from '../load/sessions.ts';
import { signal } from './children.ts';
import { hocuspocusSqlite } from './hocuspocus-sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'ume-bench-test-'));
const peer = hocuspocusSqlite(folder);

beforeAll(() => peer.start());
afterAll(async () => {
  await peer.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('two clients write, and the ledger sees every edit arrive at the other', async () => {
  const { state } = ground();
  const [ada, bob] = [await open(peer, 'work.task/1'), await open(peer, 'work.task/1')];
  await contribute(ada, state);
  const ledger = new Ledger();
  const people = [ada, bob].map((member, index) => ({ member, ...author(state, index, 50) }));
  for (const { member, client, from } of people) {
    ledger.addAuthor(client, from);
    const receiver = ledger.addReceiver(client);
    member.onUpdate = (update) => receiver.receive(update, performance.now());
  }
  let acknowledgements = 0;
  for (const { member } of people) member.onAcknowledged = () => acknowledgements++;
  for (let index = 0; index < 50; index++) {
    for (const { member, client, updates } of people) {
      ledger.sent(client, performance.now());
      member.edit(member.frames.update(updates[index]!));
    }
  }
  expect(await until(() => ledger.outstanding === 0 && acknowledgements === 100, 5_000)).toBe(true);
  expect(ledger.delivered).toBe(100);

  const late = await open(peer, 'work.task/1');
  const clocks = Y.decodeStateVector(Y.encodeStateVectorFromUpdate(await late.synced));
  for (const { client } of people) expect(clocks.get(client)).toBe(50);
  await closeAll([ada, bob, late]);
});

it('tells what it uses, keeps what was stored, and is gone when killed', async () => {
  const { cpu, memory } = { cpu: await peer.process.cpu(), memory: await peer.process.memory() };
  expect(cpu.server).toBeGreaterThan(0);
  expect(cpu.below).toBe(0);
  expect(memory.live).toBeGreaterThan(1_000_000);
  expect(memory.rss).toBeGreaterThan(memory.live);

  await peer.stop();
  await peer.start();
  const member = await open(peer, 'work.task/1');
  expect(Y.decodeStateVector(Y.encodeStateVectorFromUpdate(await member.synced)).size).toBeGreaterThan(2);
  const { pid } = peer.process;
  await peer.process.kill();
  expect(signal(pid, 0)).toBe(false);
});
