import { describe, expect, it } from 'vitest';
import type { Command } from './commands.ts';
import { readAnswer, requestOf } from './send.ts';

const move: Command = {
  kind: 'move',
  record: 'work.task/01J',
  type: 'work.task',
  state: 'done',
  place: { after: 'work.task/01K' }
};
const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers });

describe('a command over HTTP', () => {
  it('is a request to the record it is about', () => {
    expect(requestOf(move)).toEqual({
      method: 'POST',
      path: '/api/v1/records/work.task/01J/commands/move',
      body: { state: 'done', place: { after: 'work.task/01K' } }
    });
    expect(requestOf({ kind: 'delete', record: 'work.task/01J', type: 'work.task' })).toEqual({
      method: 'DELETE',
      path: '/api/v1/records/work.task/01J'
    });
  });

  it('is done with the position its row includes', async () => {
    expect(
      await readAnswer(move, answer(200, { id: 'work.task/01J', position: 7, fields: {} }))
    ).toMatchObject({ kind: 'done', position: 7 });
  });

  it('is tried again where the server is overloaded or broken, after the time it asks for', async () => {
    expect(await readAnswer(move, answer(503))).toEqual({ kind: 'later' });
    expect(await readAnswer(move, answer(429, {}, { 'retry-after': '3' }))).toEqual({
      kind: 'later',
      afterMs: 3000
    });
  });

  it('is refused with the server’s own words', async () => {
    const problem = { code: 'forbidden', status: 403, title: 'You may not do that.' };
    expect(await readAnswer(move, answer(403, { type: 'about:blank', ...problem }))).toMatchObject({
      kind: 'refused',
      problem
    });
    expect(await readAnswer(move, answer(400, 'nonsense'))).toMatchObject({
      kind: 'refused',
      problem: { status: 400 }
    });
  });

  it('waits for someone to sign in again', async () => {
    expect(await readAnswer(move, answer(401))).toEqual({ kind: 'signedOut' });
  });

  it('that deletes what is gone already is done', async () => {
    expect(await readAnswer({ kind: 'delete', record: 'a', type: 't' }, answer(404))).toMatchObject({
      kind: 'done'
    });
  });
});
