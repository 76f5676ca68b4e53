/**
 * The numbers a bench reports: percentiles of samples, medians of rounds. Pure.
 */

/**
 * The value below which `share` of the samples lie, by the nearest-rank method: always a value that was measured.
 * @param samples in any order; not changed. An empty list gives NaN.
 * @param share between 0 and 1, e.g. 0.99.
 */
export function percentile(samples: ArrayLike<number>, share: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = Float64Array.from(samples).sort();
  const rank = Math.ceil(Math.min(1, Math.max(0, share)) * sorted.length);
  return sorted[Math.max(0, rank - 1)]!;
}

/** The middle of a list; of an even number, the mean of the two in the middle. NaNs are left out. */
export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
