import { describe, expect, it } from 'vitest';
import { check, parseCommand, UsageError } from './arguments.ts';

describe('parseCommand', () => {
  it('reads names and options in any order', () => {
    expect(parseCommand(['--json', 'documents', '--only', 'crash, storm', '--seed', '7'])).toMatchObject({
      names: ['documents'],
      json: true,
      quick: false,
      seed: 7,
      only: ['crash', 'storm']
    });
  });

  it('runs everything when nothing is said', () => {
    expect(parseCommand([])).toMatchObject({
      names: [],
      json: false,
      quick: false,
      seed: 1,
      only: undefined
    });
  });

  it.each([[['--sed', '1']], [['--seed', 'x']], [['--seed', '-1']]])('refuses %j', (args) =>
    expect(() => parseCommand(args)).toThrow(UsageError)
  );
});

describe('check', () => {
  it('names what there is', () => {
    expect(() => check('bench', ['dokuments'], ['documents'])).toThrow(
      /no bench "dokuments"; there are: documents/
    );
    expect(() => check('bench', undefined, ['documents'])).not.toThrow();
  });
});
