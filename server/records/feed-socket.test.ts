import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FeedNotice, FeedRequest, SubscribeAnswer } from '#shared/protocol/feed.ts';
import { dice, seed } from '#shared/testing/seed.ts';
import type { Actor } from '../access/actor.ts';
import { actorOf, until } from '../documents/testing.ts';
import { openFeed } from './feed-socket.ts';
import { testRecords, type TestRecords } from './testing.ts';

const CONNECTIONS = 8;
const MESSAGES = 30;

let all: TestRecords;
let url: string;
let stop: () => Promise<void>;
const revocations = new Set<(credential: string) => void>();
const renames = new Set<(user: string, name: string) => void>();
const health = new Set<(ok: boolean) => void>();
const failures: unknown[] = [];

beforeAll(async () => {
  all = await testRecords();
  const http = createServer();
  const server = new Server(http, { serveClient: false });
  const close = openFeed(server, {
    feed: all.feed,
    identify: {
      fromToken: async (token) => actorOf(token),
      fromRequest: async () => null,
      onRevoked: (listener) => (revocations.add(listener), () => revocations.delete(listener)),
      onRenamed: (listener) => (renames.add(listener), () => renames.delete(listener))
    },
    journal: { healthy: true, onHealth: (listener) => (health.add(listener), () => health.delete(listener)) },
    config: {
      UME_LIMIT_CONNECTIONS_PER_USER: CONNECTIONS,
      UME_LIMIT_MESSAGES_PER_SECOND: MESSAGES,
      UME_TRUST_PROXY: false
    },
    log: { error: (about) => void failures.push(about) }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  stop = async () => {
    close();
    await server.close();
  };
});
afterAll(async () => {
  await stop();
  await all.close();
});

class Client {
  readonly socket: Socket;
  readonly notices: FeedNotice[] = [];
  constructor(token: string | null, headers: Record<string, string> = {}) {
    this.socket = io(`${url}/feed`, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      extraHeaders: headers,
      auth: token === null ? {} : { token }
    });
    this.socket.on('message', (notice: FeedNotice) => void this.notices.push(notice));
    clients.push(this);
  }
  /** Resolves with null once connected, or with why it isn't. */
  connected(): Promise<{ code: string } | null> {
    return new Promise((resolve) => {
      this.socket.once('connect', () => resolve(null));
      this.socket.once('connect_error', (error) =>
        resolve((error as Error & { data: { code: string } }).data)
      );
    });
  }
  ask(request: FeedRequest | object): Promise<SubscribeAnswer & Record<string, unknown>> {
    return this.socket.timeout(5000).emitWithAck('message', request) as never;
  }
  of<Kind extends FeedNotice['kind']>(kind: Kind) {
    return this.notices.filter((each): each is Extract<FeedNotice, { kind: Kind }> => each.kind === kind);
  }
}
const clients: Client[] = [];
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.disconnect();
  await until(() => all.feed.size === 0, 'nobody follows anything');
  expect(failures).toEqual([]);
});
async function client(token: string): Promise<Client> {
  const made = new Client(token);
  expect(await made.connected()).toBeNull();
  return made;
}
const subscribe = (subscription: string, more: object = {}) => ({
  v: 1,
  kind: 'subscribe',
  subscription,
  type: 'work.task',
  ...more
});
const as = (token: string): Actor => actorOf(token)!;
const task = (token: string, title: string) =>
  all.commands.create(as(token), 'work.task', { fields: { title } });

describe('a connection', () => {
  test('is for those who are somebody, and from our own pages', async () => {
    expect(await new Client(null).connected()).toMatchObject({ code: 'not_signed_in' });
    expect(await new Client('NOBODY').connected()).toMatchObject({ code: 'not_signed_in' });
    expect(await new Client('ann', { origin: 'https://evil.example' }).connected()).toMatchObject({
      code: 'forbidden'
    });
  });

  test('ends at once when its credential is pulled back', async () => {
    const [ann, bob] = [await client('ann'), await client('bob')];
    for (const listener of revocations) listener('session:ann');
    await until(() => !ann.socket.connected, 'ann is out');
    expect(bob.socket.connected).toBe(true);
  });

  test('is refused past the number one person may have, and counted off when it closes', async () => {
    for (let count = 0; count < CONNECTIONS; count++) await client('many');
    expect(await new Client('many').connected()).toMatchObject({ code: 'too_many_connections' });
    clients[0]!.socket.disconnect();
    await until(() => !clients[0]!.socket.connected, 'one is closed');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await new Client('many').connected()).toBeNull();
  });

  test('hears whether changes can be saved', async () => {
    const ann = await client('ann');
    for (const listener of health) listener(false);
    for (const listener of health) listener(true);
    await until(() => ann.of('storage').length === 2, 'both were told');
    expect(ann.of('storage').map((each) => each.ok)).toEqual([false, true]);
  });
});

describe('a list', () => {
  test('is answered, followed, resumed and left', async () => {
    const first = await task('ann', 'one');
    const bob = await client('bob');
    const answer = await bob.ask(subscribe('s'));
    expect(answer).toMatchObject({ ok: true, more: false });
    expect((answer as { rows: object[] }).rows).toContainEqual(first);
    const second = await task('ann', 'two');
    await until(() => bob.of('changes').length > 0, 'the new card is told');
    const [notice] = bob.of('changes');
    expect(notice).toMatchObject({
      subscription: 's',
      changes: [{ id: second.id, row: { fields: { title: 'two' } } }]
    });
    bob.socket.disconnect();

    await all.commands.remove(as('ann'), first.id);
    const again = await client('bob');
    const resumed = await again.ask(subscribe('s', { since: notice!.position }));
    expect(resumed).toMatchObject({ ok: true, changes: [{ id: first.id, gone: true }] });
    expect(await again.ask(subscribe('t', { since: 1e9 }))).toEqual({ ok: true, reset: true });
    expect(await again.ask({ v: 1, kind: 'unsubscribe', subscription: 's' })).toEqual({ ok: true });
    await task('ann', 'three');
    expect(again.of('changes')).toEqual([]);
  });

  test('never shows another organization', async () => {
    const [ann, eve] = [await client('ann'), await client('eve@org-b')];
    await ann.ask(subscribe('s'));
    const answer = await eve.ask(subscribe('s'));
    expect((answer as { rows: object[] }).rows).toEqual([]);
    const card = await task('ann', 'ours');
    await until(() => ann.of('changes').length > 0, 'ann is told');
    expect(JSON.stringify(eve.notices)).not.toContain(card.id);
    expect(eve.notices).toEqual([]);
  });

  test('is refused in words: an unknown type, one too many', async () => {
    const ann = await client('ann');
    expect(await ann.ask(subscribe('s', { type: 'work.nothing' }))).toMatchObject({
      ok: false,
      problem: { code: 'not_found' }
    });
    for (let count = 0; count < 50; count++)
      expect(await ann.ask(subscribe(`s${count}`))).toMatchObject({ ok: true });
    expect(await ann.ask(subscribe('more'))).toMatchObject({
      problem: { title: 'Too many lists are open at once.' }
    });
    expect(await ann.ask(subscribe('s7'))).toMatchObject({ ok: true });
  });
});

describe('presence', () => {
  const at = (place: string | null, focus?: string) => ({ v: 1, kind: 'presence', place, focus });
  const people = (who: Client) =>
    who
      .of('presence')
      .at(-1)
      ?.people.map(({ name, focus }) => [name, focus]) ?? [];

  test('tells those at a place who is there and what they look at, and nobody else', async () => {
    const [ann, bob, eve, far] = [
      await client('ann'),
      await client('bob'),
      await client('eve@org-b'),
      await client('cem')
    ];
    await eve.ask(at('board'));
    await far.ask(at('elsewhere'));
    await ann.ask(at('board'));
    await bob.ask(at('board', 'work.task/1'));
    await until(() => people(ann).length === 2, 'ann sees bob');
    expect(people(ann)).toEqual([
      ['ann', null],
      ['bob', 'work.task/1']
    ]);
    expect(people(eve)).toEqual([['eve', null]]);
    await bob.ask(at('elsewhere'));
    await until(() => people(ann).length === 1, 'bob has left');
    await until(() => people(bob).length === 2, 'bob sees cem');
    far.socket.disconnect();
    await until(() => people(bob).length === 1, 'a lost connection is gone at once');
    await bob.ask(at(null));
  });

  test('shows a new name at once', async () => {
    const [ann, bob] = [await client('ann'), await client('bob')];
    await ann.ask(at('board'));
    await bob.ask(at('board'));
    await until(() => people(ann).length === 2, 'ann sees bob');
    for (const each of renames) each('user-bob', 'Robert');
    await until(() => people(ann).some(([name]) => name === 'Robert'), 'ann sees the new name');
    expect(people(ann)).toEqual([
      ['ann', null],
      ['Robert', null]
    ]);
  });
});

describe('rubbish', () => {
  test.each<[string, unknown[]]>([
    ['another event', ['hello', {}]],
    ['no message', ['message']],
    ['another version', ['message', { v: 2, kind: 'presence', place: null }]],
    ['another kind', ['message', { v: 1, kind: 'destroy' }]],
    [
      'a filter on what rows do not have',
      ['message', subscribe('s', { filter: { field: 'organization', op: 'is', value: 1 } })]
    ],
    [
      'an operator as a value',
      ['message', subscribe('s', { filter: { field: 'state', op: 'is', value: { $gt: '' } } })]
    ]
  ])('is answered and the connection closed: %s', async (_name, packet) => {
    const ann = await client('ann');
    const closed = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    const [event, ...values] = packet as [string, ...unknown[]];
    const answer = await ann.socket.timeout(5000).emitWithAck(event, ...values);
    expect(answer).toMatchObject({ ok: false, problem: { code: 'bad_message' } });
    await closed;
    expect(ann.of('refused')).toMatchObject([{ problem: { code: 'bad_message' } }]);
  });

  test('without wanting an answer is closed, too', async () => {
    const ann = await client('ann');
    ann.socket.emit('message', { v: 1, kind: 'presence', place: null });
    await until(() => !ann.socket.connected, 'it is closed');
  });

  test('too much at once is refused, and closed if it goes on', async () => {
    const ann = await client('ann');
    const answers: Array<{ ok: boolean; problem?: { code: string } }> = [];
    for (let count = 0; count < MESSAGES * 3 + 250; count++)
      ann.socket.emit(
        'message',
        { v: 1, kind: 'presence', place: null },
        (answer: never) => void answers.push(answer)
      );
    await until(() => !ann.socket.connected, 'it is closed');
    expect(answers[0]).toEqual({ ok: true });
    expect(answers.at(-1)).toMatchObject({ ok: false, problem: { code: 'too_many_requests' } });
  });

  test(`of any kind leaves others untouched (seed ${seed})`, async () => {
    const roll = dice(seed);
    const bob = await client('bob');
    await bob.ask(subscribe('s'));
    const bits: unknown[] = [
      null,
      1,
      '',
      'x'.repeat(5000),
      [],
      {},
      { v: 1 },
      { $gt: 1 },
      true,
      new Uint8Array(9)
    ];
    for (let round = 0; round < 60; round++) {
      const hostile = new Client('mallory');
      await hostile.connected();
      for (let count = 0; count < 5; count++) {
        const message: Record<string, unknown> = {
          v: 1,
          kind: roll.pick(['subscribe', 'presence', 'unsubscribe'])
        };
        for (const key of ['subscription', 'type', 'filter', 'limit', 'since', 'place', 'focus'])
          if (roll.chance(0.6)) message[key] = roll.pick(bits);
        hostile.socket.emit(
          roll.pick(['message', 'x']),
          roll.chance(0.7) ? message : roll.pick(bits),
          () => {}
        );
      }
      if (roll.chance(0.5)) hostile.socket.disconnect();
      else {
        // By luck all of it may have made sense.
        await until(() => !hostile.socket.connected, 'rubbish is closed', 300).catch(() => {});
        hostile.socket.disconnect();
      }
      clients.splice(clients.indexOf(hostile), 1);
    }
    const card = await task('ann', 'still here');
    await until(
      () => bob.of('changes').some((each) => each.changes.some(({ id }) => id === card.id)),
      'bob is told'
    );
  });
});
