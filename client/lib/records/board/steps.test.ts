import { describe, expect, it } from 'vitest';
import type { Lane } from './lanes.ts';
import { focusAfter, nextFocus, nextSpot } from './steps.ts';

const lane = (key: string, ...ids: string[]) =>
  ({ key, label: key, cards: ids.map((id) => ({ row: { id, state: key } })) }) as Lane;
const lanes = [lane('one', 'a', 'b', 'c'), lane('two'), lane('three', 'd')];

describe('arrow keys', () => {
  it('take the focus along a lane and across, over empty lanes', () => {
    expect(nextFocus(lanes, 'a', 'ArrowDown')).toBe('b');
    expect(nextFocus(lanes, 'a', 'ArrowUp')).toBeNull();
    expect(nextFocus(lanes, 'c', 'ArrowRight')).toBe('d');
    expect(nextFocus(lanes, 'd', 'ArrowLeft')).toBe('a');
  });

  it('take a card one step', () => {
    expect(nextSpot(lanes, 'a', 'ArrowDown')).toEqual({ lane: 'one', after: 'b' });
    expect(nextSpot(lanes, 'c', 'ArrowUp')).toEqual({ lane: 'one', after: 'a' });
    expect(nextSpot(lanes, 'c', 'ArrowRight')).toEqual({ lane: 'two', after: null });
    expect(nextSpot(lanes, 'd', 'ArrowRight')).toBeNull();
    expect(nextSpot(lanes, 'c', 'ArrowDown')).toBeNull();
  });

  it('leave the focus near a card that went away', () => {
    expect(focusAfter(lanes, 'b')).toBe('c');
    expect(focusAfter(lanes, 'c')).toBe('b');
    expect(focusAfter(lanes, 'd')).toBeNull();
  });
});
