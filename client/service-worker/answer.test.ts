import { expect, it } from 'vitest';
import { answerTo } from './answer.ts';

const origin = 'https://ume.example';
const kept = new Set(['/_app/immutable/a.js', '/favicon.svg']);
const of = (path: string, mode = 'cors', method = 'GET') =>
  answerTo({ method, mode, url: new URL(path, origin).href }, origin, kept);

it('answers built files from the cache and pages with the shell', () => {
  expect(of('/_app/immutable/a.js')).toBe('kept');
  expect(of('/board/01J', 'navigate')).toBe('page');
});

it('never touches the API, documents, sockets, other sites, or what changes something', () => {
  for (const path of ['/api/v1/me', '/collab', '/y/x', '/socket.io/?EIO=4', 'https://other.example/'])
    for (const mode of ['cors', 'navigate']) expect(of(path, mode)).toBe('pass');
  expect(of('/', 'navigate', 'POST')).toBe('pass');
});

it('leaves files of another version, and what it does not know, to the network', () => {
  expect(of('/_app/immutable/newer.js')).toBe('pass');
  expect(of('/_app/version.json')).toBe('pass');
});
