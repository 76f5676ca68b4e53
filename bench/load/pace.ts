import { random } from '#shared/testing/seed.ts';

/**
 * Moments at which people act independently of each other, at a rate that is steady in the long run (a Poisson
 * process of known count), ms from the start, in order. The same seed gives the same moments to every server.
 */
export function arrivals(perSecond: number, seconds: number, seed: number): Float64Array {
  const next = random(seed);
  return Float64Array.from({ length: Math.round(perSecond * seconds) }, () => next() * seconds * 1000).sort();
}

/**
 * Acts at the given moments, whatever the server does: an open load. Timers here are good to about a millisecond;
 * what falls due within one is done together, and what was missed is caught up with.
 * @param moments ms from now, in order.
 * @returns the time it really took, ms.
 */
export async function follow(moments: Float64Array, act: (index: number) => void): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (done < moments.length) {
    const now = performance.now() - start;
    while (done < moments.length && moments[done]! <= now) act(done++);
    if (done < moments.length) await pause(Math.max(0.5, moments[done]! - now));
  }
  return performance.now() - start;
}

/** Waits `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Waits until a condition holds, looking every few milliseconds.
 * @returns whether it came to hold within `ms`.
 */
export async function until(condition: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) return false;
    await pause(2);
  }
  return true;
}

/** Runs `act` for every item, at most `width` at a time. The first failure is thrown. */
export async function widely<Item, Result>(
  items: readonly Item[],
  width: number,
  act: (item: Item, index: number) => Promise<Result>
): Promise<Result[]> {
  const results: Result[] = new Array<Result>(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await act(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
