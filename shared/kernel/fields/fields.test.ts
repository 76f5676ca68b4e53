import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { UmeError } from '../../protocol/errors.ts';
import { dice, seed, type Dice } from '../../testing/seed.ts';
import { defineModule, type Field, type RecordType } from '../declare.ts';
import { createDocument, fieldsIn, FIELDS, readFields, repair, writeField } from './index.ts';

const type: RecordType = defineModule({
  key: 'zoo',
  label: 'Zoo',
  version: 1,
  records: [
    {
      type: 'zoo.animal',
      label: 'Animal',
      plural: 'Animals',
      main: 'title',
      sections: [{ key: 'internal', label: 'Internal' }],
      fields: [
        { key: 'title', label: 'Title', kind: 'text', required: true, max: 40 },
        { key: 'story', label: 'Story', kind: 'richText' },
        { key: 'legs', label: 'Legs', kind: 'number', min: 0, max: 100 },
        { key: 'tame', label: 'Tame', kind: 'boolean' },
        { key: 'born', label: 'Born', kind: 'date' },
        { key: 'size', label: 'Size', kind: 'choice', choices: [{ key: 'small', label: 'Small' }] },
        { key: 'tags', label: 'Tags', kind: 'choices', open: true, choices: [{ key: 'fur', label: 'Fur' }] },
        { key: 'keeper', label: 'Keeper', kind: 'person' },
        { key: 'chores', label: 'Chores', kind: 'checklist' },
        { key: 'feed', label: 'Feed', kind: 'counts' },
        { key: 'secret', label: 'Secret', kind: 'text', section: 'internal' }
      ]
    }
  ]
}).records[0]!;

const field = (key: string): Field => type.fields.find((each) => each.key === key)!;
const read = (doc: Y.Doc, key: string) => readFields(type, doc).values[key];
const problemOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof UmeError) return error.problem;
    throw error;
  }
  return null;
};
const copy = (doc: Y.Doc): Y.Doc => {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
};
const exchange = (a: Y.Doc, b: Y.Doc) => {
  Y.applyUpdate(a, Y.encodeStateAsUpdate(b));
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
};

describe('creating a document', () => {
  test('makes every container, trims texts and reads back what was given', () => {
    const doc = createDocument(type, {
      title: '  Heron ',
      story: 'Lives\n by the  water',
      legs: 2,
      tame: false,
      born: '2024-02-29',
      size: 'small',
      tags: ['fur', 'wading bird'],
      keeper: 'user_1',
      chores: ['feed', { text: 'count', done: true }],
      feed: { fish: 3 }
    });
    const { values, problems } = readFields(type, doc);
    expect(problems).toEqual([]);
    expect(values).toMatchObject({
      title: 'Heron',
      story: 'Lives by the water',
      legs: 2,
      tame: false,
      born: '2024-02-29',
      size: 'small',
      tags: ['fur', 'wading bird'],
      keeper: 'user_1',
      chores: [
        { text: 'feed', done: false },
        { text: 'count', done: true }
      ],
      feed: { fish: 3 }
    });
    const empty = createDocument(type, { title: 'x' });
    expect(empty.getMap(FIELDS).get('title')).toBeInstanceOf(Y.Text);
    expect(empty.getMap(FIELDS).get('chores')).toBeInstanceOf(Y.Map);
    expect(empty.getXmlFragment('story').length).toBe(1);
    expect(readFields(type, empty).values).toMatchObject({ story: '', legs: null, chores: [] });
  });

  test('refuses with the field: unknown, needed, not allowed', () => {
    expect(problemOf(() => createDocument(type, {}))).toMatchObject({ code: 'invalid', field: 'title' });
    expect(problemOf(() => createDocument(type, { title: '   ' }))).toMatchObject({ field: 'title' });
    expect(problemOf(() => createDocument(type, { title: 'x', wings: 2 }))).toMatchObject({ field: 'wings' });
    expect(problemOf(() => createDocument(type, { title: 'x', secret: 'y' }))).toMatchObject({
      field: 'secret'
    });
    expect(problemOf(() => createDocument(type, { title: 'x'.repeat(41) }))).toMatchObject({
      field: 'title'
    });
  });

  test('keeps sections apart', () => {
    const doc = createDocument(type, { secret: 'bites' }, 'internal');
    expect(readFields(type, doc, 'internal')).toEqual({ values: { secret: 'bites' }, problems: [] });
  });
});

describe('values', () => {
  const cases: Array<[key: string, good: unknown[], bad: unknown[]]> = [
    ['title', ['', 'a', 'tab\tbed', '👩‍👩‍👧'], [1, {}, 'two\nlines', 'x'.repeat(41), ['a']]],
    ['legs', [0, 4.5, 100, null], [-1, 101, NaN, Infinity, '4', 10n, true]],
    ['tame', [true, false, null], ['yes', 1, 0]],
    [
      'born',
      ['2024-02-29', '0001-01-01', null],
      ['2023-02-29', '2024-13-01', '2024-2-1', 20240101, '', 'today']
    ],
    ['size', ['small', null], ['large', '', 1, ['small']]],
    [
      'tags',
      [[], ['fur'], ['a b', 'fur'], null],
      [['fur', 'fur'], [' '], ['x'.repeat(41)], [1], 'fur', { 0: 'fur' }]
    ],
    ['keeper', ['m_1-A', null], ['a b', '', 'x'.repeat(65), 1]],
    ['chores', [[], ['a'], [{ text: 'a' }], null], ['a', [{}], [{ text: 1 }], ['x'.repeat(501)], [null]]],
    ['feed', [{}, { fish: 1 }, null], [{ fish: -1 }, { fish: 1.5 }, { 'a.b': 1 }, { $inc: 1 }, [1], 'fish']],
    ['story', ['', 'words', null], [1, {}, ['p']]]
  ];
  test.each(cases)('%s takes what fits and refuses the rest', (key, good, bad) => {
    for (const value of good) {
      const doc = createDocument(type, { title: 'x' });
      writeField(doc, field(key), value);
      expect(readFields(type, doc).problems, String(value)).toEqual([]);
    }
    for (const value of bad) {
      const doc = createDocument(type, { title: 'x' });
      const before = Y.encodeStateVector(doc);
      expect(
        problemOf(() => writeField(doc, field(key), value)),
        JSON.stringify(String(value))
      ).toMatchObject({
        code: 'invalid',
        field: key
      });
      expect(Y.encodeStateVector(doc)).toEqual(before);
    }
  });

  test('the excerpt of a rich text ends at 280 units and never inside a character', () => {
    const doc = createDocument(type, { title: 'x', story: `${'a'.repeat(279)}👍 more` });
    expect(read(doc, 'story')).toBe('a'.repeat(279));
    writeField(doc, field('story'), `${'b '.repeat(400)}`);
    expect((read(doc, 'story') as string).length).toBeLessThanOrEqual(280);
  });

  test('an empty rich text has a text to write in, so that two first keys at once stay one text', () => {
    const one = createDocument(type, { title: 'x' });
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(one));
    const text = (doc: Y.Doc) =>
      (doc.getXmlFragment('story').get(0) as Y.XmlElement).get(0) as Y.XmlText | undefined;
    text(one)?.insert(0, 'a');
    text(other)?.insert(0, 'b');
    Y.applyUpdate(one, Y.encodeStateAsUpdate(other));
    expect((one.getXmlFragment('story').get(0) as Y.XmlElement).length).toBe(1);
    expect(['ab', 'ba']).toContain(read(one, 'story'));
  });

  test('rich text of blocks reads with spaces between them, marks and embeds aside', () => {
    const doc = createDocument(type, { title: 'x' });
    const story = doc.getXmlFragment('story');
    const item = new Y.XmlElement('listItem');
    const words = new Y.XmlText();
    words.insert(0, 'bold', { bold: {} });
    words.insertEmbed(4, { image: 'x' });
    words.insert(5, 'ly');
    item.insert(0, [words]);
    const list = new Y.XmlElement('list');
    list.insert(0, [item]);
    const after = new Y.XmlElement('paragraph');
    after.insert(0, [new Y.XmlText('next')]);
    story.insert(0, [list, after]);
    expect(read(doc, 'story')).toBe('boldly next');
  });

  test('blocks nested two thousand deep are read without running out of stack', () => {
    const doc = createDocument(type, { title: 'x' });
    let inner = new Y.XmlElement('deep');
    doc.getXmlFragment('story').insert(0, [inner]);
    for (let depth = 0; depth < 2_000; depth++) {
      const next = new Y.XmlElement('deep');
      inner.insert(0, [next]);
      inner = next;
    }
    inner.insert(0, [new Y.XmlText('bottom')]);
    expect(read(doc, 'story')).toBe('bottom');
  });
});

describe('writing while others type', () => {
  test('text merges with what others typed elsewhere in it', () => {
    const mine = createDocument(type, { title: 'The grey heron' });
    const theirs = copy(mine);
    writeField(mine, field('title'), 'The blue heron');
    (theirs.getMap(FIELDS).get('title') as Y.Text).insert(14, ' flies');
    exchange(mine, theirs);
    expect(read(mine, 'title')).toBe('The blue heron flies');
    expect(read(theirs, 'title')).toBe('The blue heron flies');
  });

  test('checklist items of two people are both kept', () => {
    const mine = createDocument(type, { title: 'x', chores: ['a', 'b'] });
    const theirs = copy(mine);
    const items = read(mine, 'chores') as Array<{ id: string; text: string; done: boolean; rank: string }>;
    writeField(mine, field('chores'), [{ ...items[0]!, done: true }, items[1]!]);
    writeField(theirs, field('chores'), [...items, { id: 'new', text: 'c', done: false, rank: 'a9' }]);
    exchange(mine, theirs);
    expect(read(mine, 'chores')).toMatchObject([{ text: 'a', done: true }, { text: 'b' }, { text: 'c' }]);
    expect(read(theirs, 'chores')).toEqual(read(mine, 'chores'));
  });

  test('writing what is there already changes nothing', () => {
    const values = { title: 'a', story: 'b', tags: ['fur'], chores: ['c'], legs: 1, feed: { a: 1 } };
    const doc = createDocument(type, values);
    const before = Y.encodeStateAsUpdate(doc);
    for (const [key, value] of Object.entries(readFields(type, doc).values))
      writeField(doc, field(key), value);
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  });

  test(`any text becomes any other, characters whole (seed ${seed})`, () => {
    const roll = dice(seed);
    const some = () =>
      Array.from({ length: roll.below(12) }, () => roll.pick(['a', 'b', '👍', '👎', 'é', '𝒳'])).join('');
    const doc = createDocument(type, { title: 'x' });
    for (let turn = 0; turn < 2000; turn++) {
      const next = some();
      writeField(doc, field('title'), next);
      expect(read(doc, 'title')).toBe(next);
      expect(read(copy(doc), 'title')).toBe(next);
    }
  });
});

describe('repair', () => {
  const broken = (change: (fields: Y.Map<unknown>) => void, last: Record<string, unknown> = {}) => {
    const doc = createDocument(type, { title: 'x', chores: [{ id: 'one', text: 'a', rank: 'a0' }] });
    change(doc.getMap(FIELDS));
    const { problems } = readFields(type, doc);
    repair(type, doc, problems, last);
    expect(readFields(type, doc).problems).toEqual([]);
    return { doc, problems: problems.map((each) => each.field) };
  };

  test('puts the last valid value back, and the empty one where that is no longer allowed', () => {
    expect(read(broken((fields) => fields.set('born', 'soon'), { born: '2024-01-01' }).doc, 'born')).toBe(
      '2024-01-01'
    );
    expect(read(broken((fields) => fields.set('size', 'huge'), { size: 'gone' }).doc, 'size')).toBeNull();
  });

  test('turns a plain string into co-edited text and keeps its words', () => {
    const { doc, problems } = broken((fields) => fields.set('title', 'typed\nin'), { title: 'old' });
    expect(problems).toEqual(['title']);
    expect(read(doc, 'title')).toBe('typed in');
  });

  test('brings back a deleted container with its last words', () => {
    expect(read(broken((fields) => fields.delete('title'), { title: 'old' }).doc, 'title')).toBe('old');
  });

  test('removes foreign keys and says which', () => {
    const { doc, problems } = broken((fields) => {
      fields.set('wings', 2);
      fields.set('secret', new Y.Text('moved'));
    });
    expect(problems).toEqual(['wings', 'secret']);
    expect([...doc.getMap(FIELDS).keys()].sort()).toEqual(['chores', 'title']);
  });

  test('keeps the sound items of a checklist', () => {
    const { doc } = broken(
      (fields) => {
        const chores = fields.get('chores') as Y.Map<unknown>;
        chores.set('one', 'rubbish');
        chores.set('two', { text: 'b', done: false, rank: 'a1' });
        chores.set('three', { text: 3 });
      },
      { chores: [{ id: 'one', text: 'a', done: true, rank: 'a0' }] }
    );
    expect(read(doc, 'chores')).toMatchObject([{ id: 'one', text: 'a', done: true }, { id: 'two' }]);
  });

  /** Something a hostile client might put anywhere. */
  const rubbish = (roll: Dice): unknown => {
    const hostile = JSON.parse('{"__proto__": {"text": "x", "done": true, "rank": "a0"}}') as unknown;
    return roll.pick<() => unknown>([
      () => 'x'.repeat(roll.below(5000)),
      () => roll.pick([0, -1, 1e308, NaN, -Infinity, 2 ** 53, 10n]),
      () => roll.pick([null, undefined, true, '', '\u0000', '\ud800', 'a\r\nb']),
      () => new Uint8Array(roll.below(9)),
      () => ({ deep: { er: [{ est: [] }] }, 'a.b': 1, $set: 1 }),
      () => hostile,
      () => [['x'], 'x', 'x', 1],
      () => new Y.Text('words'),
      () => new Y.XmlText('xml'),
      () => new Y.Array(),
      () => new Y.XmlElement('p'),
      () => new Y.XmlFragment(),
      () => new Y.Doc(),
      () => {
        const map = new Y.Map();
        map.set('a', { text: 'a', done: 'no', rank: '' });
        map.set('b', new Y.Map());
        return map;
      },
      () => {
        const map = new Y.Map();
        for (let index = 0; index < 250; index++)
          map.set(`i${index}`, { text: 't', done: false, rank: 'a0' });
        return map;
      },
      () => {
        const text = new Y.Text('embed');
        text.insertEmbed(2, roll.chance(0.5) ? { image: 1 } : new Y.Map());
        text.format(0, 1, { bold: true });
        return text;
      }
    ])();
  };

  test(`whatever is put into a document, nothing is wrong afterwards (seed ${seed})`, () => {
    for (let round = 0; round < 600; round++) {
      const roll = dice(seed + round);
      const doc = roll.chance(0.1) ? new Y.Doc() : createDocument(type, { title: 'x', chores: ['a', 'b'] });
      const fields = doc.getMap(FIELDS);
      const keys = [
        ...fieldsIn(type).map((each) => each.key),
        'secret',
        '__proto__',
        'constructor',
        'x'.repeat(200)
      ];
      for (let turn = roll.below(8); turn >= 0; turn--) {
        const key = roll.pick(keys);
        const now = fields.get(key);
        if (roll.chance(0.2)) fields.delete(key);
        else if (now instanceof Y.Map && roll.chance(0.5))
          now.set(roll.pick(['a', 'b', 'c d', '']), rubbish(roll));
        else if (now instanceof Y.Text && roll.chance(0.5))
          now.insert(0, roll.pick(['long '.repeat(20), '\n', '👍']));
        else if (key === 'story')
          doc.getXmlFragment('story').push([new Y.XmlElement('p'), new Y.XmlText('t')]);
        else fields.set(key, rubbish(roll));
      }
      const seen = copy(doc);
      const last = Object.fromEntries(keys.map((key) => [key, rubbish(roll)]));
      const before = readFields(type, seen);
      repair(type, seen, before.problems, last);
      const after = readFields(type, seen);
      expect(after.problems, `round ${round}`).toEqual([]);
      expect(Object.keys(after.values)).toHaveLength(fieldsIn(type).length);
      // What was sound stays, and everybody else who gets the correction agrees.
      expect(after.values).toMatchObject(before.values);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(seen));
      expect(readFields(type, copy(doc))).toEqual(after);
    }
  });
});
