/** No acknowledged edit is ever lost, whatever dies: the server, its database, or both, at any moment. */
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../documents/testing.ts';
import { hocuspocusClient } from '../documents/testing.ts';
import { ServerChild } from './child.ts';
import { random } from './random.ts';
import type { Random } from './random.ts';
import { Writer } from './writer.ts';

const CLIENTS = 10;
const DOCUMENTS = 4;

interface Acked {
  tasks: Map<string, string>;
}

const servers: ServerChild[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.kill();
    server.cleanUp();
  }
});

async function startServer(): Promise<ServerChild> {
  const server = new ServerChild({ UME_SNAPSHOT_UPDATES: '40' });
  servers.push(server);
  await server.start();
  await server.found();
  return server;
}

async function createDocuments(server: ServerChild): Promise<string[]> {
  const rows = await Promise.all(
    Array.from({ length: DOCUMENTS }, (_, index) =>
      server.api<{ id: string }>('POST', 'records/work.task', { fields: { title: `Task ${index}` } })
    )
  );
  return rows.map(({ id }) => id);
}

/** Writes from all clients at random until told to stop. */
function scribble(writers: Writer[], rng: Random): () => void {
  const timer = setInterval(() => {
    for (let count = rng.below(6); count > 0; count--) rng.pick(writers).write(`v${rng.below(1000)}`);
  }, 4);
  return () => clearInterval(timer);
}

/** Creates tasks by command meanwhile; what is answered is remembered. */
function command(server: ServerChild, acked: Acked, stopped: () => boolean): Promise<void> {
  const loop = async (): Promise<void> => {
    for (let index = 0; !stopped(); index++) {
      const title = `Made ${acked.tasks.size}-${index}`;
      const row = await server
        .api<{ id: string }>('POST', 'records/work.task', { fields: { title } })
        .catch(() => null);
      if (row) acked.tasks.set(row.id, title);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };
  return loop();
}

/** What a newcomer finds on the server of everything acknowledged. */
async function missing(
  server: ServerChild,
  documents: string[],
  writers: Writer[],
  acked: Acked
): Promise<string[]> {
  const lost = await Promise.all(
    documents.map(async (document, index) => {
      const fresh = hocuspocusClient(server.webSocketUrl, document, server.apiKey);
      await fresh.synced();
      const notes = fresh.doc.getMap('notes');
      const keys = writers
        .filter((_, number) => number % documents.length === index)
        .flatMap((writer) => [...writer.acknowledged].filter((key) => !notes.has(key)));
      fresh.close();
      return keys;
    })
  );
  const titles = await allTitles(server);
  for (const [id, title] of acked.tasks) if (titles.get(id) !== title) lost.push([id]);
  return lost.flat();
}

async function allTitles(server: ServerChild): Promise<Map<string, string>> {
  const titles = new Map<string, string>();
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await server.api<{
      rows: Array<{ id: string; fields: { title: string } }>;
      cursor?: string;
    }>('POST', 'records/work.task/query', { limit: 500, cursor });
    for (const { id, fields } of page.rows) titles.set(id, fields.title);
    ({ cursor } = page);
  }
  return titles;
}

/** Has a server killed again and again while people write, and looks for what was acknowledged after each start. */
async function live(rng: Random, kills: number): Promise<{ edits: number; commands: number }> {
  const server = await startServer();
  const documents = await createDocuments(server);
  const writers = Array.from(
    { length: CLIENTS },
    (_, index) => new Writer(`c${index}`, documents[index % DOCUMENTS]!)
  );
  const acked: Acked = { tasks: new Map() };
  for (let round = 0; round < kills; round++) {
    for (const writer of writers) writer.connect(server.webSocketUrl, server.apiKey);
    let stopped = false;
    const commands = command(server, acked, () => stopped);
    const stop = scribble(writers, rng);
    await new Promise((resolve) => setTimeout(resolve, 100 + rng.below(700)));
    const target = rng.pick(['server', 'server', 'both', 'engine'] as const);
    if (target !== 'server') process.kill(server.enginePid()!, 'SIGKILL');
    if (target === 'engine') await new Promise((resolve) => setTimeout(resolve, rng.below(400)));
    await server.kill();
    stop();
    stopped = true;
    await commands;
    for (const writer of writers) writer.disconnect();
    await server.start();
    expect(
      await missing(server, documents, writers, acked),
      `round ${round}, ${target} killed, seed ${rng.seed}`
    ).toEqual([]);
  }
  const edits = writers.reduce((sum, writer) => sum + writer.acknowledged.size, 0);
  // What was not acknowledged is still with its author, and gets there in the end.
  for (const writer of writers) writer.connect(server.webSocketUrl, server.apiKey);
  await until(() => writers.every((writer) => writer.pending === 0), 'everything is acknowledged', 20_000);
  expect(await missing(server, documents, writers, acked)).toEqual([]);
  return { edits, commands: acked.tasks.size };
}

describe('durability', () => {
  it(
    'after twenty kills at random moments every acknowledged edit is there',
    { timeout: 240_000 },
    async () => {
      const rng = random();
      console.log(`seed ${rng.seed} (UME_TEST_SEED=${rng.seed} repeats it)`);
      // Starting takes most of the time, and one server leaves the other processors idle.
      const lives = await Promise.all([live(rng, 10), live(random(rng.seed + 1), 10)]);
      const edits = lives.reduce((sum, each) => sum + each.edits, 0);
      const commands = lives.reduce((sum, each) => sum + each.commands, 0);
      console.log(`${edits} acknowledged edits and ${commands} commands checked`);
      expect(edits).toBeGreaterThan(500);
    }
  );

  it('while the database fails people are told, and nothing is dropped', { timeout: 120_000 }, async () => {
    const rng = random();
    console.log(`seed ${rng.seed}`);
    const server = await startServer();
    const documents = await createDocuments(server);
    const writers = Array.from(
      { length: CLIENTS },
      (_, index) => new Writer(`c${index}`, documents[index % DOCUMENTS]!)
    );
    for (const writer of writers) writer.connect(server.webSocketUrl, server.apiKey);
    const stop = scribble(writers, rng);
    await until(() => writers.every((writer) => writer.acknowledged.size > 0), 'all have saved something');
    for (const way of ['SIGSTOP', 'SIGKILL', 'SIGSTOP'] as const) {
      for (const writer of writers) writer.toldDown = false;
      const pid = server.enginePid()!;
      process.kill(pid, way);
      // One that is killed may be back before anybody needs to worry.
      if (way === 'SIGSTOP') {
        await until(() => writers.every((writer) => writer.toldDown), 'everyone is told');
        process.kill(pid, 'SIGCONT');
      }
      const before = writers.map((writer) => writer.acknowledged.size);
      await until(
        () => writers.every((writer, index) => writer.acknowledged.size > before[index]!),
        'saving goes on',
        30_000
      );
    }
    stop();
    await until(() => writers.every((writer) => writer.pending === 0), 'everything is acknowledged', 30_000);
    expect(server.alive).toBe(true);
    expect(await missing(server, documents, writers, { tasks: new Map() })).toEqual([]);
    await server.kill();
    await server.start();
    expect(await missing(server, documents, writers, { tasks: new Map() })).toEqual([]);
  });
});
