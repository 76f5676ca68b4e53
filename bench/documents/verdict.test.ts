import { describe, expect, it } from 'vitest';
import { judge, verdictTable } from './verdict.ts';

const base = { scenario: 's', measure: 'm', unit: 'ms' };

describe('judge', () => {
  it('holds a ratio against the aim', () => {
    const aim = { to: 'memory', atMost: 1.1 } as const;
    expect(judge({ ...base, aim, values: { memory: 10, sqlite: 5, ume: 11 } })).toMatchObject({
      ratio: 1.1,
      base: 'memory',
      met: true
    });
    expect(judge({ ...base, aim, values: { memory: 10, ume: 12 } }).met).toBe(false);
    expect(judge({ ...base, aim: { to: 'memory', atLeast: 2 }, values: { memory: 10, ume: 20 } }).met).toBe(
      true
    );
  });

  it('wants nothing lost, whatever others lose', () => {
    const aim = { lost: true } as const;
    expect(judge({ ...base, aim, values: { memory: 100, ume: 0 } })).toMatchObject({
      met: true,
      aimed: 'none'
    });
    expect(judge({ ...base, aim, values: { memory: 100, ume: 1 } }).met).toBe(false);
  });

  it('compares with SQLite what memory can’t do', () => {
    const verdict = judge({ ...base, aim: { to: 'sqlite', atMost: 1 / 3 }, values: { sqlite: 90, ume: 30 } });
    expect(verdict).toMatchObject({ base: 'sqlite', met: true });
    expect(verdictTable([verdict])).toContain('0.333*');
  });

  it('says nothing where ume was not measured', () => {
    const verdict = judge({ ...base, aim: { to: 'memory', atMost: 1 }, values: { memory: 1, sqlite: 2 } });
    expect(verdict.met).toBeUndefined();
    expect(verdict.ratio).toBeUndefined();
  });
});
