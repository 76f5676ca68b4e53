/** Thousands of hostile messages on all three sockets: the process lives, and others notice nothing. */
import { connect } from 'node:net';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { hocuspocusClient, until } from '../documents/testing.ts';
import * as frames from '../documents/frames.ts';
import { ServerChild } from './child.ts';
import { hostileAddress, hostileBody, hostileJson } from './hostile.ts';
import { random } from './random.ts';
import type { Random } from './random.ts';

const MESSAGES = 6000;
const servers: ServerChild[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    await server.stop();
    server.cleanUp();
  }
});

/** Opens a socket, does its worst for a while, and goes. Resolves with how many messages were sent. */
function attack(url: string, messages: () => Uint8Array | string, count: number): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    let sent = 0;
    const done = () => resolve(sent);
    socket.on('error', done);
    socket.on('close', done);
    socket.on('open', () => {
      const more = () => {
        for (let burst = 0; burst < 10; burst++) {
          if (sent >= count || socket.readyState !== WebSocket.OPEN) return socket.terminate();
          socket.send(messages());
          sent += 1;
        }
        setTimeout(more, 2);
      };
      more();
    });
  });
}

/** Half a handshake, or none: bytes on the bare port. */
function rawBytes(port: number, rng: Random): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        rng.pick([
          'GET /collab HTTP/1.1\r\nUpgrade: websocket\r\n',
          'GET /y/%ff HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
          '\0\0\0'
        ])
      );
      socket.write(Buffer.from(rng.bytes(100)));
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

async function attackFeed(server: ServerChild, rng: Random, count: number): Promise<number> {
  const socket: Socket = io(`${server.url}/feed`, {
    auth: { token: rng.pick([server.apiKey, server.apiKey, 'wrong', '']) },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true
  });
  let sent = 0;
  await new Promise<void>((resolve) => {
    socket.on('connect_error', () => resolve());
    socket.on('disconnect', () => resolve());
    socket.on('connect', () => {
      const more = () => {
        for (let burst = 0; burst < 5; burst++) {
          if (sent >= count || !socket.connected) return resolve();
          sent += 1;
          const args = [hostileJson(rng), rng.pick([undefined, 7, () => undefined])].slice(
            0,
            1 + rng.below(2)
          );
          socket.emit(rng.pick(['message', 'message', 'message', 'nope', '__proto__']), ...args);
        }
        setTimeout(more, 2);
      };
      more();
    });
  });
  socket.close();
  return sent;
}

it('survives hostile messages on every socket, and nobody else notices', { timeout: 180_000 }, async () => {
  const rng = random();
  console.log(`seed ${rng.seed} (UME_TEST_SEED=${rng.seed} repeats it)`);
  const server = new ServerChild();
  servers.push(server);
  await server.start();
  await server.found();
  const make = async (title: string) =>
    (await server.api<{ id: string }>('POST', 'records/work.task', { fields: { title } })).id;
  const target = await make('Under fire');
  const quiet = await make('Left alone');
  const process1 = server.url;

  // Two honest people on both documents, writing all the while.
  const honest = [quiet, target].map((document) => [
    hocuspocusClient(server.webSocketUrl, document, server.apiKey),
    hocuspocusClient(server.webSocketUrl, document, server.apiKey)
  ]);
  await Promise.all(honest.flat().map((client) => client.saved()));
  const closes: number[] = [];
  for (const client of honest[0]!) client.provider.on('close', () => closes.push(1));
  let written = 0;
  const writing = setInterval(() => {
    written += 1;
    for (const [client] of honest) client!.doc.getMap('notes').set(`n${written}`, written);
  }, 20);

  const token = () => rng.pick([server.apiKey, server.apiKey, 'ume_wrong', '']);
  const collab = () => {
    let first = true;
    return () => {
      if (first) {
        first = false;
        return frames.addressed(frames.address(target), frames.token(token()));
      }
      if (rng.below(40) === 0) return 'text';
      if (rng.below(300) === 0) return new Uint8Array(3_000_000);
      const body = hostileBody(rng);
      return rng.below(10) === 0 ? body : frames.addressed(hostileAddress(target, rng), body);
    };
  };
  let sent = 0;
  while (sent < MESSAGES) {
    const port = Number(new URL(server.url).port);
    const results = await Promise.all([
      attack(`${server.webSocketUrl}/collab`, collab(), 60),
      attack(`${server.webSocketUrl}/collab`, collab(), 60),
      attack(
        `${server.webSocketUrl}/y/${rng.pick([encodeURIComponent(target), target, '%ff', '..%2f..'])}?token=${token()}`,
        () => hostileBody(rng),
        60
      ),
      attack(`${server.webSocketUrl}/nowhere`, () => 'x', 1),
      attackFeed(server, rng, 60),
      rawBytes(port, rng).then(() => 0)
    ]);
    sent += results.reduce((sum, each) => sum + each, 0) + 1;
    expect(server.alive, server.output.slice(-3000)).toBe(true);
  }
  clearInterval(writing);

  expect(server.url).toBe(process1);
  await Promise.all(honest.flat().map((client) => client.saved()));
  expect(closes, 'the quiet document is never interrupted').toEqual([]);
  for (const [index, [a, b]] of honest.entries()) {
    await until(
      () => a!.doc.getMap('notes').size === written && b!.doc.getMap('notes').size === written,
      `pair ${index} has all it wrote`
    );
  }
  // The document under fire can still be opened, and its row holds only what a task may hold.
  const fresh = hocuspocusClient(server.webSocketUrl, target, server.apiKey, new Y.Doc());
  await fresh.saved();
  expect(fresh.doc.getMap('notes').size).toBe(written);
  const row = await server.api<{ fields: Record<string, unknown> }>('GET', `records/${target}`);
  expect(Object.keys(row.fields).sort()).toEqual([
    'assignee',
    'checklist',
    'description',
    'due',
    'labels',
    'priority',
    'title'
  ]);
  expect(typeof row.fields['title']).toBe('string');
  for (const client of [fresh, ...honest.flat()]) client.close();
  console.log(`${sent} hostile messages, ${written} honest edits`);
});
