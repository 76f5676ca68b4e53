import { describe, expect, it } from 'vitest';
import { rankOptions } from './rank-options.ts';

const of = (...labels: string[]) =>
  labels.map((label) => ({ value: label.slice(0, 2).toUpperCase(), label }));
const labels = (list: { label: string }[]) => list.map((each) => each.label);

describe('rankOptions', () => {
  it('puts what starts with the text first, then words that do, then what contains it', () => {
    const options = of('Indian Ocean', 'South Ireland', 'Iran', 'Paris');
    expect(labels(rankOptions(options, 'ir'))).toEqual(['Iran', 'South Ireland']);
    expect(labels(rankOptions(options, 'i'))).toEqual(['Indian Ocean', 'Iran', 'South Ireland', 'Paris']);
  });
  it('does not mind accents and case', () => {
    expect(labels(rankOptions(of('Curaçao', 'Åland'), 'CURACAO'))).toEqual(['Curaçao']);
    expect(labels(rankOptions(of('Curaçao', 'Åland'), 'al'))).toEqual(['Åland']);
  });
  it('gives all in their order for nothing typed', () => {
    expect(labels(rankOptions(of('B', 'A'), '  '))).toEqual(['B', 'A']);
  });
});
