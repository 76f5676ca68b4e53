import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runningEngine } from './claim.ts';
import { startEngine, type Engine, type EngineConfig, type EngineExit } from './engine.ts';
import { isAlive, markOf } from './process.ts';
import { socketPath } from './socket.ts';
import { quiet } from './testing.ts';

// The embedded engine everywhere; a real mongod too where the tests were given one (./ume test store).
const kinds = process.env.UME_TEST_MONGOD ? (['mongod'] as const) : (['embedded'] as const);
if (process.env.UME_TEST_MONGOD) {
  process.env.PATH = `${dirname(process.env.UME_TEST_MONGOD)}${delimiter}${process.env.PATH}`;
}

// As the store writes: alone, the embedded engine answers a "majority" before its journal is on disk.
const durable = { writeConcern: { w: 1, journal: true } } as const;
const started: Engine[] = [];
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'ume-engine-'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((engine) => engine.stop()));
  rmSync(data, { recursive: true, force: true });
});

// An emulated mongod on a busy machine takes its time.
const timeout = process.env.UME_TEST_MONGOD ? 240_000 : 90_000;

describe.each(kinds)('the %s engine', { timeout }, (kind) => {
  const config = (): EngineConfig => ({ UME_DATA: data, UME_ENGINE: kind, UME_CACHE: process.env.UME_CACHE });
  const start = async () => {
    const engine = await startEngine(config(), quiet);
    started.push(engine);
    return engine;
  };
  const withClient = async <T>(
    engine: { url: string },
    work: (client: MongoClient) => Promise<T>
  ): Promise<T> => {
    const client = new MongoClient(engine.url, durable);
    return work(client).finally(() => client.close());
  };

  it('starts on an empty folder, tells what it is, and keeps its data over a stop', async () => {
    const engine = await start();
    expect(engine).toMatchObject({ kind, url: expect.stringMatching(/^mongodb:\/\//) });
    expect(engine.version).toMatch(/^\d+\.\d+/);
    expect(runningEngine(data)?.url).toBe(engine.url);
    await withClient(engine, (client) => client.db('t').collection('things').insertOne({ name: 'kept' }));
    await engine.stop();
    expect(runningEngine(data)).toBeUndefined();
    const again = await start();
    expect(await withClient(again, (client) => client.db('t').collection('things').countDocuments())).toBe(1);
  });

  it('keeps a second server off its data folder', async () => {
    await start();
    await expect(startEngine(config(), quiet)).rejects.toThrow('in use');
  });

  it('is started again at the same address when it is killed, and has every acknowledged write', async () => {
    const engine = await start();
    const exits: EngineExit[] = [];
    engine.onExit((exit) => exits.push(exit));
    const client = new MongoClient(engine.url, {
      ...durable,
      retryWrites: false,
      serverSelectionTimeoutMS: 20_000
    });
    const things = client.db('t').collection<{ _id: number }>('things');
    const acknowledged: number[] = [];
    let writing = true;
    const writer = (async () => {
      for (let id = 0; writing; id++) {
        try {
          await things.insertOne({ _id: id });
          acknowledged.push(id);
        } catch {
          await wait(20);
        }
      }
    })();
    const before = engine.pid as number;
    for (let kill = 1; kill <= 2; kill++) {
      const enough = acknowledged.length + 50;
      while (acknowledged.length < enough) await wait(10);
      process.kill(engine.pid as number, 'SIGKILL');
      while (exits.length < kill) await wait(10);
    }
    const enough = acknowledged.length + 20;
    while (acknowledged.length < enough) await wait(20);
    writing = false;
    await writer;
    expect(exits).toMatchObject([{ signal: 'SIGKILL' }, { signal: 'SIGKILL' }]);
    expect(engine.pid).not.toBe(before);
    const kept = new Set((await things.find().toArray()).map((thing) => thing._id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    await client.close();
  });

  it('ends by itself when its server is killed, and the next server has the data', async () => {
    const script = join(data, 'server.ts');
    const from = (path: string) => JSON.stringify(join(import.meta.dirname, path));
    writeFileSync(
      script,
      `import { startEngine } from ${from('engine.ts')};
       const engine = await startEngine(${JSON.stringify(config())}, { info() {}, warn() {}, error() {} });
       process.stdout.write(JSON.stringify({ pid: engine.pid, url: engine.url }));`
    );
    const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const told = await new Promise<string>((resolve) =>
      server.stdout.once('data', (text) => resolve(String(text)))
    );
    const { pid, url } = JSON.parse(told) as { pid: number; url: string };
    await withClient({ url }, (client) => client.db('t').collection('things').insertOne({ name: 'kept' }));
    const mark = markOf(pid);
    server.kill('SIGKILL');
    for (let i = 0; i < 2_000 && mark && isAlive(mark); i++) await wait(25);
    expect(mark && isAlive(mark)).toBe(false);
    const next = await start();
    expect(await withClient(next, (client) => client.db('t').collection('things').countDocuments())).toBe(1);
  });

  it('removes its socket when it stops', async () => {
    const engine = await start();
    const socket = socketPath(data);
    expect(existsSync(socket)).toBe(true);
    await engine.stop();
    await engine.stop();
    expect(existsSync(socket)).toBe(false);
  });
});
