/** Requests for sockets that nobody can serve, from people who don't wait for the answer. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServerChild } from './child.ts';

const server = new ServerChild();
beforeAll(() => server.start());
afterAll(async () => {
  await server.kill();
  server.cleanUp();
});

/** Asks for a socket at a target and hangs up: in good order, or by cutting the line. */
function ask(target: string, cut: boolean, headers = ''): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: ume\r\n${headers}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      () => {
        if (cut) socket.resetAndDestroy();
        else setTimeout(() => socket.destroy(), 20);
      }
    );
  });
}

it('lives on, whatever is asked for and however they leave', async () => {
  const targets = [
    '//',
    '/nowhere',
    'http://u:p@h/collab',
    '//u:p@h/collab',
    '/\\',
    '/y/%ff',
    '/y/',
    '*',
    '/collab'
  ];
  for (const target of targets) {
    await ask(target, false);
    for (let again = 0; again < 5; again++) await ask(target, true);
    await ask(target, true, 'Origin: http://elsewhere.example\r\n');
    await ask(`/socket.io/?EIO=4&transport=websocket&at=${encodeURIComponent(target)}`, true);
  }
  const answer = await fetch(`${server.url}/api/v1/health`).catch(() => null);
  expect(answer?.status, server.output.slice(-2000)).toBe(200);
  expect(server.alive).toBe(true);
});
