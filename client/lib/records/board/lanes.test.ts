import { describe, expect, it } from 'vitest';
import { recordType } from '#shared/modules/registry.ts';
import type { Shown } from '#lib/live/overlay.ts';
import {
  boardView,
  laneDeclarations,
  lanesOf,
  placeOf,
  spotAt,
  spotOf,
  withCardAt,
  type Lane
} from './lanes.ts';

const task = recordType('work.task')!;
const card = (id: string, state: string) => ({ row: { id, state } }) as Shown;
const lanes = lanesOf(laneDeclarations(task), [
  card('a', 'todo'),
  card('b', 'todo'),
  card('c', 'todo'),
  card('d', 'doing'),
  card('e', 'vanished')
]);
const ids = (some: readonly Lane[], key: string) =>
  some.find((each) => each.key === key)!.cards.map((each) => each.row.id);

describe('a board’s lanes', () => {
  it('are the states of the lifecycle, and the finished ones are closed', () => {
    expect(boardView(task)?.lanes).toBe('state');
    expect(
      laneDeclarations(task)
        .filter((each) => each.closed)
        .map((each) => each.key)
    ).toEqual(['done']);
  });

  it('lose no card whose state was declared away', () => {
    expect(ids(lanes, 'backlog')).toEqual(['e']);
  });

  it('name a spot by the cards around it', () => {
    expect(spotOf(lanes, 'b')).toEqual({ lane: 'todo', after: 'a', index: 1 });
    expect(placeOf(lanes, { lane: 'todo', after: 'a' }, 'd')).toEqual({ after: 'a', before: 'b' });
    expect(placeOf(lanes, { lane: 'todo', after: null }, 'd')).toEqual({ before: 'a' });
    expect(placeOf(lanes, { lane: 'todo', after: 'c' }, 'd')).toEqual({ after: 'c' });
    expect(placeOf(lanes, { lane: 'done', after: null }, 'd')).toEqual({});
  });

  it('never name the card itself as its neighbour', () => {
    expect(placeOf(lanes, { lane: 'todo', after: 'a' }, 'b')).toEqual({ after: 'a', before: 'c' });
    expect(spotAt(lanes[1]!, 1, 'a')).toEqual({ lane: 'todo', after: 'b' });
  });

  it('show a card where it is being taken', () => {
    expect(ids(withCardAt(lanes, 'a', { lane: 'todo', after: 'b' }), 'todo')).toEqual(['b', 'a', 'c']);
    const over = withCardAt(lanes, 'a', { lane: 'doing', after: null });
    expect([ids(over, 'todo'), ids(over, 'doing')]).toEqual([
      ['b', 'c'],
      ['a', 'd']
    ]);
  });

  it('keep a card being taken at the end of a lane whose card before it has gone', () => {
    expect(ids(withCardAt(lanes, 'a', { lane: 'doing', after: 'gone' }), 'doing')).toEqual(['d', 'a']);
  });
});
