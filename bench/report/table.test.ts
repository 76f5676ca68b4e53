import { describe, expect, it } from 'vitest';
import { figure, table } from './table.ts';

describe('figure', () => {
  it.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [1.2345, '1.23'],
    [12.345, '12.3'],
    [123.45, '123'],
    [12345, '12,345'],
    [-3.14159, '-3.14'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '∞'],
    [undefined, '–']
  ])('%s reads %s', (value, text) => expect(figure(value)).toBe(text));
});

describe('table', () => {
  it('lines columns up, numbers to the right, without trailing blanks', () => {
    const text = table(
      ['what', 'ms'],
      [
        ['a', '1'],
        ['longer', '12.5']
      ],
      'lr'
    );
    expect(text).toBe(['what      ms', '──────  ────', 'a          1', 'longer  12.5'].join('\n'));
  });

  it('leaves a missing cell blank', () => expect(table(['a', 'b'], [['x']])).toBe('a  b\n─  ─\nx'));
});
