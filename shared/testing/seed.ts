/** Randomness that replays: tests print their seed, and `UME_TEST_SEED=… ./ume test` runs them with it again. */

const { process } = globalThis as { process?: { env: Record<string, string | undefined> } };
const given = process?.env['UME_TEST_SEED'];

/** The seed of this run, printed in the names of the tests that use it. */
export const seed = given ? Number(given) : Date.now() % 1_000_000;

/** A stream of numbers from 0 to below 1 (mulberry32). */
export function random(from: number): () => number {
  let state = from | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Whole numbers below a bound and picks from a list, out of one stream or one begun with a seed. */
export function dice(from: number | (() => number)) {
  const next = typeof from === 'function' ? from : random(from);
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    below,
    chance: (share: number): boolean => next() < share,
    pick: <Item>(list: readonly Item[]): Item => list[below(list.length)]!
  };
}
export type Dice = ReturnType<typeof dice>;
