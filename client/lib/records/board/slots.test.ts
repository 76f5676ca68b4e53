import { describe, expect, it } from 'vitest';
import { scrollSpeed, slotAt } from './slots.ts';

const cards = [0, 1, 2].map((index) => ({ id: String(index), top: index * 100, height: 80 }));

describe('the slot under a dragged card', () => {
  it('is after every card whose middle it has passed', () => {
    expect([10, 39, 41, 150, 241, 900].map((middle) => slotAt(cards, middle))).toEqual([0, 0, 1, 2, 3, 3]);
    expect(slotAt([], 50)).toBe(0);
  });
});

describe('scrolling at the edge', () => {
  it('is faster nearer the edge and stops away from it', () => {
    expect(scrollSpeed(300, 0, 600)).toBe(0);
    expect(scrollSpeed(20, 0, 600)).toBeLessThan(scrollSpeed(50, 0, 600));
    expect(scrollSpeed(599, 0, 600)).toBe(16);
    expect(scrollSpeed(-400, 0, 600)).toBe(-16);
  });
});
