import { describe, expect, test } from 'vitest';
import { recordTypes } from '../modules/registry.ts';
import { defineModule, type DeclarationError } from './declare.ts';

const problemsOf = (record: Record<string, unknown>): string[] => {
  const base = {
    type: 'zoo.animal',
    label: 'Animal',
    plural: 'Animals',
    main: 'title',
    fields: [{ key: 'title', label: 'Title', kind: 'text' }]
  };
  try {
    defineModule({ key: 'zoo', label: 'Zoo', version: 1, records: [{ ...base, ...record } as never] });
    return [];
  } catch (error) {
    return (error as DeclarationError).problems;
  }
};

describe('a declaration', () => {
  test('of the modules ume ships is sound, and plain data', () => {
    for (const type of recordTypes()) expect(JSON.parse(JSON.stringify(type))).toEqual(type);
  });

  test('fills in what may be left out', () => {
    expect(problemsOf({})).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a name that is missing', { main: 'name' }, 'zoo.animal.main: there is no field "name"'],
    ['a foreign type', { type: 'farm.animal' }, 'farm.animal: the type of module zoo starts with "zoo."'],
    [
      'a field twice',
      {
        fields: [
          { key: 'title', label: 'A', kind: 'text' },
          { key: 'title', label: 'B', kind: 'text' }
        ]
      },
      'zoo.animal.fields: "title" is declared twice'
    ],
    [
      'a name documents use themselves',
      {
        fields: [
          { key: 'title', label: 'A', kind: 'text' },
          { key: 'fields', label: 'B', kind: 'richText' }
        ]
      },
      'zoo.animal.fields.fields: every document uses the name "fields" itself'
    ],
    [
      'a lane without states',
      { views: [{ key: 'board', label: 'Board', kind: 'board', card: ['title'] }] },
      'zoo.animal.views.board.lanes: the type has no lifecycle'
    ],
    [
      'a state that is missing',
      { lifecycle: { initial: 'new', states: [{ key: 'old', label: 'Old', category: 'open' }] } },
      'zoo.animal.lifecycle.initial: there is no state "new"'
    ]
  ])('names the place of %s', (_name, record, problem) => {
    expect(problemsOf(record)).toContain(problem);
  });

  test('names the place of a wrong shape', () => {
    expect(problemsOf({ fields: [{ key: '1', label: 'A', kind: 'text' }] })[0]).toMatch(
      /^records\.0\.fields\.0\.key: /
    );
  });
});
