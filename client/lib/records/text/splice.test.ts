import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { moved, rebased, typed, type Delta } from './splice.ts';

const apply = (text: string, splice: ReturnType<typeof typed>) =>
  splice ? text.slice(0, splice.index) + splice.insert + text.slice(splice.index + splice.remove) : text;

describe('typed', () => {
  it('goes by the caret where letters repeat', () => {
    expect(typed('aa', 'aaa', 1)).toEqual({ index: 0, remove: 0, insert: 'a' });
    expect(typed('aa', 'aaa', 3)).toEqual({ index: 2, remove: 0, insert: 'a' });
    expect(typed('aaa', 'aa', 1)).toEqual({ index: 1, remove: 1, insert: '' });
  });

  it('finds replaced words', () => {
    expect(typed('red bike', 'blue bike', 4)).toEqual({ index: 0, remove: 3, insert: 'blue' });
  });

  it('never cuts a character in half', () => {
    // 👍 and 👎 share their first half.
    const splice = typed('a👍b', 'a👎b', 3)!;
    expect(splice).toEqual({ index: 1, remove: 2, insert: '👎' });
  });

  it('turns any text into any other, wherever the caret is', () => {
    const words = ['', 'a', 'aa', 'ab', 'aba', 'a👍', '👍👎', 'b👎a', 'abab', '👍a👍'];
    for (const from of words)
      for (const to of words)
        for (let caret = 0; caret <= to.length; caret++) expect(apply(from, typed(from, to, caret))).toBe(to);
  });
});

describe('moved', () => {
  it('follows what is inserted and deleted before it', () => {
    expect(moved(3, [{ insert: 'xx' }])).toBe(5);
    expect(moved(3, [{ retain: 1 }, { delete: 1 }])).toBe(2);
    expect(moved(3, [{ retain: 1 }, { delete: 9 }])).toBe(1);
    expect(moved(3, [{ retain: 5 }, { insert: 'x' }])).toBe(3);
  });

  it('stays before what is inserted right at it, unless pushed along', () => {
    expect(moved(3, [{ retain: 3 }, { insert: 'x' }])).toBe(3);
    expect(moved(3, [{ retain: 3 }, { insert: 'x' }], true)).toBe(4);
  });
});

describe('rebased', () => {
  it('puts what was composed where it belongs after others wrote before it', () => {
    const doc = new Y.Doc();
    const text = doc.getText('t');
    text.insert(0, 'Hello world');
    const deltas: Delta[] = [];
    text.observe((event) => deltas.push(event.delta as Delta));
    const splice = typed('Hello world', 'Hello new world', 10)!;
    text.insert(0, '>> ');
    text.delete(4, 1);
    const now = rebased(splice, deltas);
    text.delete(now.index, now.remove);
    text.insert(now.index, now.insert);
    expect(text.toString()).toBe('>> Hllo new world');
  });
});
