import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { clockRanges } from './clocks.ts';
import { random } from '#shared/testing/seed.ts';

/** Does something at random to a document: every content type an update can hold. */
function edit(doc: Y.Doc, next: () => number): void {
  const pick = Math.floor(next() * 12);
  const text = doc.getText('text');
  const map = doc.getMap('map');
  const list = doc.getArray('list');
  const tree = doc.getXmlFragment('tree');
  doc.transact(() => {
    if (pick < 3)
      text.insert(
        Math.floor(next() * (text.length + 1)),
        ['a', 'é', '漢', '🙂', 'word '][Math.floor(next() * 5)]!
      );
    else if (pick === 3 && text.length > 2) text.delete(Math.floor(next() * (text.length - 1)), 1);
    else if (pick === 4)
      text.applyDelta([
        { retain: Math.min(1, text.length) },
        { insert: 'x', attributes: { bold: next() < 0.5 } }
      ]);
    else if (pick === 5) text.insertEmbed(0, { image: 'x' });
    else if (pick === 6)
      map.set(`k${Math.floor(next() * 5)}`, [
        1,
        -70,
        2.5,
        1e20,
        'text',
        null,
        undefined,
        true,
        { deep: [false] }
      ]);
    else if (pick === 7) map.set(`k${Math.floor(next() * 5)}`, new Uint8Array([1, 2, 3]));
    else if (pick === 8) map.set('nested', new Y.Map([['inner', 10n ** 12n]]));
    else if (pick === 9) list.push([1, 'two', { three: 3 }]);
    else if (pick === 10) tree.insert(0, [new Y.XmlElement('paragraph')]);
    else if (list.length > 1) list.delete(0, 1);
  });
}

describe('clockRanges', () => {
  it('finds every edit of a seeded random document, one by one and merged', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const next = random(seed);
      const doc = new Y.Doc();
      const updates: Uint8Array[] = [];
      doc.on('update', (update: Uint8Array) => updates.push(update));
      for (let count = 0; count < 60; count++) {
        doc.clientID = 1 + Math.floor(next() * 3) * 1_000_000_007; // several authors
        edit(doc, next);
      }
      const expected = Y.decodeStateVector(Y.encodeStateVector(doc));
      for (const all of [updates, [Y.mergeUpdates(updates)], [Y.encodeStateAsUpdate(doc)]]) {
        const reached = new Map<number, number>();
        for (const update of all) {
          for (const { client, from, to } of clockRanges(update)) {
            expect(from, `seed ${seed}: no gap`).toBe(reached.get(client) ?? 0);
            reached.set(client, to);
          }
        }
        expect(reached, `seed ${seed}`).toEqual(expected);
      }
    }
  });

  it('shows a gap where edits between are missing', () => {
    const doc = new Y.Doc();
    doc.clientID = 42;
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    for (const letter of 'abc') doc.getText('t').insert(doc.getText('t').length, letter);
    expect(clockRanges(Y.mergeUpdates([updates[0]!, updates[2]!]))).toEqual([
      { client: 42, from: 0, to: 1 },
      { client: 42, from: 2, to: 3 }
    ]);
  });

  it('refuses bytes that end too early', () => {
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'hello');
    const update = Y.encodeStateAsUpdate(doc);
    expect(() => clockRanges(update.subarray(0, 8))).toThrow(RangeError);
  });
});
