import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seed } from '../testing/seed.ts';
import { between, isRank, LONG_RANK, rankFor, relieve, spread, type Neighbour, type Place } from './rank.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);
const byRank = (a: { rank: string }, b: { rank: string }) => (a.rank < b.rank ? -1 : 1);

describe('between', () => {
  test('lies between its neighbours, and takes rubbish for the end', () => {
    const a = between(null, null);
    const b = between(a, null);
    expect(a < between(a, b) && between(a, b) < b).toBe(true);
    expect(between(null, a) < a).toBe(true);
    expect(between('!!', a) < a).toBe(true);
    expect(between(b, a) > b).toBe(true);
    expect(isRank(`${a}0`)).toBe(false);
  });
});

/** One board as a server sees it that carries out one placement at a time. */
class Board {
  cards = new Map<string, { rank: string; lane: string; removed: boolean }>();

  order(lane: string): Neighbour[] {
    return [...this.cards]
      .map(([id, card]) => ({ id, rank: card.rank, inLane: card.lane === lane, removed: card.removed }))
      .sort(byRank);
  }
  lane(lane: string): string[] {
    return this.order(lane)
      .filter((each) => each.inLane && !each.removed)
      .map((each) => each.id);
  }
  place(id: string, lane: string, place?: Place): void {
    const card = this.cards.get(id);
    const rank = rankFor(
      place,
      this.order(lane),
      card ? { id, rank: card.rank, inLane: card.lane === lane } : null
    );
    this.cards.set(id, { rank, lane, removed: false });
    if (rank.length > LONG_RANK) this.relieve(id);
  }
  relieve(id: string): void {
    const order = this.order('');
    const { from, ranks } = relieve(
      order.map((each) => each.rank),
      order.findIndex((each) => each.id === id)
    );
    for (const [index, rank] of ranks.entries()) this.cards.get(order[from + index]!.id)!.rank = rank;
  }
}

describe('several people place cards at once', () => {
  const lanes = ['todo', 'doing', 'done'];

  test(`none is lost or doubled, ranks stay unique, the order total (seed ${seed})`, () => {
    const step = fc.record({
      card: fc.nat(19),
      lane: fc.constantFrom(...lanes),
      /** How many steps ago the person last heard from the server. */
      lag: fc.nat(5),
      kind: fc.constantFrom('after', 'before', 'both', 'end', 'self', 'remove'),
      at: fc.nat(30)
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 300 }), (steps) => {
        const board = new Board();
        for (const id of ids(20)) board.place(id, 'todo');
        const seen: Array<Record<string, string[]>> = [];
        for (const { card, lane, lag, kind, at } of steps) {
          seen.unshift(Object.fromEntries(lanes.map((each) => [each, board.lane(each)])));
          const old = seen[Math.min(lag, seen.length - 1)]![lane]!;
          const id = `c${card}`;
          const before = board.order('').map((each) => each.id);
          if (kind === 'remove') {
            board.cards.get(id)!.removed = true;
            continue;
          }
          const after = old[at % (old.length || 1)];
          const next = old[(at % (old.length || 1)) + 1];
          const place: Place =
            kind === 'end'
              ? {}
              : kind === 'self'
                ? { after: id }
                : kind === 'after'
                  ? { after }
                  : { before: next };
          if (kind === 'both') place.after = after;
          board.place(id, lane, place);

          expect(board.lane(lane)).toContain(id);
          expect(board.cards.size).toBe(20);
          expect(new Set([...board.cards.values()].map((each) => each.rank)).size).toBe(20);
          // Nobody else moved among themselves.
          const rest = (all: string[]) => all.filter((each) => each !== id);
          expect(rest(board.order('').map((each) => each.id))).toEqual(rest(before));
          // A neighbour that is still there is honoured exactly.
          const now = board.lane(lane);
          if (place.after && place.after !== id && now.includes(place.after))
            expect(now.indexOf(id)).toBe(now.indexOf(place.after) + 1);
          else if (place.before && place.before !== id && now.includes(place.before) && !place.after)
            expect(now.indexOf(id)).toBe(now.indexOf(place.before) - 1);
        }
        for (const { rank } of board.cards.values()) expect(rank.length).toBeLessThanOrEqual(LONG_RANK);
      }),
      { seed, numRuns: 60 }
    );
  });

  test('thousands of drags to the same narrow spot keep ranks short', () => {
    const board = new Board();
    for (const id of ids(30)) board.place(id, 'todo');
    let longest = 0;
    for (let turn = 0; turn < 6000; turn++) {
      const [first, second] = board.lane('todo');
      const id = `c${turn % 30}`;
      const place = turn % 2 ? { after: first } : { before: second };
      board.place(id, 'todo', place);
      longest = Math.max(longest, ...[...board.cards.values()].map((each) => each.rank.length));
    }
    expect(longest).toBeLessThanOrEqual(LONG_RANK);
    expect(new Set([...board.cards.values()].map((each) => each.rank)).size).toBe(30);
  });

  test('drags to the top and the end of a lane do not lengthen ranks', () => {
    const board = new Board();
    for (const id of ids(50)) board.place(id, 'todo');
    for (let turn = 0; turn < 5000; turn++)
      board.place(`c${(turn * 7) % 50}`, 'todo', turn % 2 ? {} : { before: board.lane('todo')[0] });
    expect(Math.max(...[...board.cards.values()].map((each) => each.rank.length))).toBeLessThan(8);
  });
});

describe('relieve', () => {
  test('keeps the order, changes a neighbourhood only, and shortens it', () => {
    const ranks = spread(null, null, 500);
    const low = ranks[249]!;
    let high = ranks[250]!;
    for (let turn = 0; turn < 600; turn++) {
      const rank = between(low, high);
      ranks.splice(250, 0, rank);
      high = rank;
    }
    expect(Math.max(...ranks.map((each) => each.length))).toBeGreaterThan(LONG_RANK);
    const fresh = relieve(ranks, 250);
    const now = [
      ...ranks.slice(0, fresh.from),
      ...fresh.ranks,
      ...ranks.slice(fresh.from + fresh.ranks.length)
    ];
    expect(now.length).toBe(ranks.length);
    expect([...now].sort()).toEqual(now);
    expect(new Set(now).size).toBe(now.length);
    expect(Math.max(...fresh.ranks.map((each) => each.length))).toBeLessThanOrEqual(20);
    expect(fresh.ranks.length).toBeLessThan(ranks.length);
  });
});
