import { describe, expect, it } from 'vitest';
import { random } from '#shared/testing/seed.ts';
import { median, percentile } from './statistics.ts';

describe('percentile', () => {
  it('is always a value that was measured', () => {
    const next = random(7);
    for (let round = 0; round < 200; round++) {
      const samples = Array.from({ length: 1 + Math.floor(next() * 50) }, () => Math.floor(next() * 1000));
      const share = next();
      const value = percentile(samples, share);
      expect(samples).toContain(value);
      expect(samples.filter((sample) => sample <= value).length).toBeGreaterThanOrEqual(
        share * samples.length
      );
      expect(samples.filter((sample) => sample < value).length).toBeLessThanOrEqual(share * samples.length);
    }
  });

  it('finds the ends and the middle, and leaves the samples as they were', () => {
    const samples = [5, 1, 4, 2, 3];
    expect(percentile(samples, 0)).toBe(1);
    expect(percentile(samples, 0.5)).toBe(3);
    expect(percentile(samples, 0.99)).toBe(5);
    expect(percentile(samples, 1)).toBe(5);
    expect(samples).toEqual([5, 1, 4, 2, 3]);
  });

  it('says NaN for no samples', () => expect(percentile([], 0.5)).toBeNaN());
});

describe('median', () => {
  it('takes the middle, or the mean of two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
  it('leaves out what was not measured', () => {
    expect(median([Number.NaN, 2])).toBe(2);
    expect(median([])).toBeNaN();
  });
});
