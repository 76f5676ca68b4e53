/** Random numbers and bytes for tests of the whole server, out of the one stream of `shared/testing/seed.ts`. */
import { dice, random as stream, seed as seedOfRun } from '#shared/testing/seed.ts';

export interface Random {
  seed: number;
  /** 0 ≤ x < 1 */
  next(): number;
  /** A whole number from 0 to below `n`. */
  below(n: number): number;
  pick<T>(items: readonly T[]): T;
  bytes(n: number): Uint8Array;
}

/** @param seed that of the run (`UME_TEST_SEED`, or else the clock's), where none is given. */
export function random(seed = seedOfRun): Random {
  const next = stream(seed);
  const { below, pick } = dice(next);
  return { seed, next, below, pick, bytes: (n) => Uint8Array.from({ length: n }, () => below(256)) };
}
