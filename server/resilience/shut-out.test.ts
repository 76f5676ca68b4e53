/** Who may not be there any more is out, whatever they have open: over real sockets, with the time it takes. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { founded, joined, type Browser, type World } from '../access/testing.ts';
import { compose, type Server } from '../compose.ts';
import { readConfig } from '../config.ts';
import { hocuspocusClient, until, yWebsocketClient } from '../documents/testing.ts';
import { database } from '../store/connection.ts';
import { silent } from '../testing.ts';

let server: Server;
let folder: string;
let here: World;
let founder: Browser;
let task: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ume-shut-out-'));
  server = await compose(readConfig({ UME_DATA: folder, UME_ENGINE: 'embedded' }), silent);
  await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}`;
  here = { access: server.access, url } as World;
  ({ founder } = await founded(here, 'Acme'));
  task = (await founder.post('/records/work.task', { fields: { title: 'Fence' } })).body.id;
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens every kind of connection there is, as one person: with their session, and with a key of theirs. */
async function openAll(person: Browser) {
  const { body: made } = await person.post('/keys', { name: 'mine' });
  const { body: short } = await person.post('/auth/token');
  const ends = new Map<string, number>();
  const note = (what: string) => () => void (ends.has(what) || ends.set(what, performance.now()));
  const ws = here.url.replace('http', 'ws');

  const documents = { session: short.token as string, key: made.key as string };
  const collab = Object.entries(documents).map(([by, token]) => {
    const client = hocuspocusClient(ws, task, token);
    client.provider.on('close', note(`document by ${by}`));
    return client;
  });
  const y = Object.entries(documents).map(([by, token]) => {
    const client = yWebsocketClient(ws, task, token);
    client.on('connection-close', note(`y by ${by}`));
    return client;
  });
  const feeds = [
    io(`${here.url}/feed`, {
      ...{ forceNew: true, reconnection: false, transports: ['websocket'] },
      extraHeaders: { cookie: person.cookie, origin: here.url }
    }),
    io(`${here.url}/feed`, {
      ...{ forceNew: true, reconnection: false, transports: ['websocket'] },
      auth: { token: made.key as string }
    })
  ];
  feeds.forEach((socket, index) => socket.on('disconnect', note(`feed by ${index ? 'key' : 'session'}`)));
  for (const [by, headers] of [
    ['session', { cookie: person.cookie }],
    ['key', { authorization: `Bearer ${made.key}` }]
  ] as const) {
    const stream = await fetch(`${here.url}/api/v1/feed?type=work.task`, { headers: headers as never });
    expect(stream.status).toBe(200);
    const reader = stream.body!.getReader();
    await reader.read();
    const drain = async (): Promise<void> => ((await reader.read()).done ? undefined : drain());
    void drain().then(note(`events by ${by}`), note(`events by ${by}`));
  }
  await Promise.all(collab.map((client) => client.synced()));
  await until(
    () => y.every((client) => client.synced) && feeds.every((socket) => socket.connected),
    'all open'
  );
  expect(ends.size).toBe(0);
  return {
    key: made as { id: string; key: string },
    ends,
    /** Milliseconds from a moment until everything that was opened by these was closed. */
    async closed(since: number, ...ways: string[]): Promise<number> {
      const wanted = ways.flatMap((by) =>
        ['document', 'y', 'feed', 'events'].map((kind) => `${kind} by ${by}`)
      );
      await until(() => wanted.every((each) => ends.has(each)), `closed: ${wanted.join(', ')}`);
      return Math.max(...wanted.map((each) => ends.get(each)! - since));
    },
    stop: () => {
      for (const client of collab) client.close();
      for (const client of y) client.destroy();
      for (const socket of feeds) socket.disconnect();
    }
  };
}

describe('everything somebody has open', () => {
  it('is closed within a second when their membership ends', async () => {
    const { person, user } = await joined(here, founder, 'Ada');
    const open = await openAll(person);
    const since = performance.now();
    expect((await founder.delete(`/members/${user}`)).status).toBe(204);
    const took = await open.closed(since, 'session', 'key');
    console.log(`shut out in ${took.toFixed(0)} ms`);
    expect(took).toBeLessThan(1000);
    open.stop();
  });

  it('is closed by the next look when their session or key has merely expired, and nothing else is', async () => {
    const { person } = await joined(here, founder, 'Bob');
    const { person: other } = await joined(here, founder, 'Cem');
    const [open, others] = [await openAll(person), await openAll(other)];
    await here.access.expiry.sweep();
    expect(open.ends.size + others.ends.size).toBe(0);

    const past = new Date(Date.now() - 1000);
    const { key } = open;
    await here.access.models.keys.updateOne({ _id: key.id }, { $set: { expiresAt: past } });
    let since = performance.now();
    await here.access.expiry.sweep();
    expect(await open.closed(since, 'key')).toBeLessThan(1000);
    expect([...open.ends.keys()].every((each) => each.endsWith('key'))).toBe(true);

    const { user } = (await person.get('/me')).body;
    const [session] = await here.access.sessions.idsOf(user.id);
    const sessions = database(server.connection).collection('sessions');
    const { modifiedCount } = await sessions.updateOne(
      { _id: session as never },
      { $set: { expiresAt: past } }
    );
    expect(modifiedCount).toBe(1);
    since = performance.now();
    await here.access.expiry.sweep();
    expect(await open.closed(since, 'session')).toBeLessThan(1000);
    expect(others.ends.size).toBe(0);
    open.stop();
    others.stop();
  });

  it('is closed when the server stops, which waits for none of it', async () => {
    const { person } = await joined(here, founder, 'Dan');
    const open = await openAll(person);
    const since = performance.now();
    await server.close();
    expect(await open.closed(since, 'session', 'key')).toBeLessThan(2000);
    open.stop();
  });
});
