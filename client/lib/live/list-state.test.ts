import { describe, expect, it } from 'vitest';
import type { Row } from '#shared/kernel/row.ts';
import { emptyList, onAnswer, onChanges } from './list-state.ts';

const row = (id: string, position: number): Row => ({
  id,
  type: 'work.task',
  space: null,
  state: null,
  rank: 'a0',
  fields: {},
  position,
  createdAt: '',
  createdBy: '',
  updatedAt: '',
  updatedBy: ''
});
const started = onAnswer(emptyList, {
  ok: true,
  position: 10,
  rows: [row('a', 3), row('b', 10)],
  more: false
})!;

describe('the rows of a followed list', () => {
  it('begin as the server answers', () => {
    expect([...started.rows.keys()]).toEqual(['a', 'b']);
    expect(started.position).toBe(10);
  });

  it('take changes in order', () => {
    const next = onChanges(started, 12, [
      { id: 'c', row: row('c', 11) },
      { id: 'a', gone: true }
    ]);
    expect([...next.rows.keys()]).toEqual(['b', 'c']);
    expect(next.position).toBe(12);
  });

  it('do not go back for a notice that comes twice or late', () => {
    const next = onChanges(started, 11, [{ id: 'a', gone: true }]);
    expect(onChanges(next, 11, [{ id: 'a', row: row('a', 3) }])).toBe(next);
    expect(onChanges(next, 9, [{ id: 'b', gone: true }])).toBe(next);
  });

  it('resume with what changed meanwhile', () => {
    const next = onAnswer(started, { ok: true, position: 20, changes: [{ id: 'b', row: row('b', 20) }] })!;
    expect(next.rows.get('b')!.position).toBe(20);
    expect(next.rows.size).toBe(2);
  });

  it('are asked for anew where too much happened', () => {
    expect(onAnswer(started, { ok: true, reset: true })).toBeNull();
  });
});
