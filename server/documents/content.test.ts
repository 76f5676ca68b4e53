import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { random } from '../resilience/random.ts';
import { Content, isReadable } from './content.ts';

const textOf = (content: Content): string => content.doc.getText('t').toString();
const inDoc = (update: Uint8Array): string => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  return doc.getText('t').toString();
};

/** Edits of one author, as separate updates. */
function edits(count: number): Uint8Array[] {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let index = 0; index < count; index++) doc.getText('t').insert(index, String(index % 10));
  return updates;
}

describe('content', () => {
  it('hands its state out without a Y.Doc, and the same with one', () => {
    const updates = edits(100);
    const content = new Content(updates);
    const cold = content.encode();
    expect(inDoc(cold)).toHaveLength(100);
    void content.doc;
    expect(inDoc(content.encode())).toBe(inDoc(cold));
  });

  it('gives someone who has a part only the rest', () => {
    const updates = edits(10);
    const half = new Y.Doc();
    for (const update of updates.slice(0, 5)) Y.applyUpdate(half, update);
    const content = new Content(updates);
    for (const warm of [false, true]) {
      if (warm) void content.doc;
      const rest = content.encode(Y.encodeStateVector(half));
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(half));
      Y.applyUpdate(copy, rest);
      expect(copy.getText('t').toString()).toBe('0123456789');
      expect(rest.byteLength).toBeLessThan(content.encode().byteLength);
    }
  });

  it('tells what is new from what is known', () => {
    const [first, second, third] = edits(3);
    const content = new Content([]);
    expect(content.apply(first!)).toBe('changed');
    expect(content.apply(first!)).toBe('known');
    // An edit that waits for an earlier one counts, and is kept.
    expect(content.apply(third!)).toBe('changed');
    content.apply(third!);
    expect(content.apply(third!), 'sent again and again it is no news').toBe('known');
    expect(textOf(content)).toBe('0');
    content.cool(0, Date.now() + 1);
    expect(content.apply(second!)).toBe('changed');
    expect(textOf(content)).toBe('012');
  });

  it('a deletion alone is a change', () => {
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'abc');
    const content = new Content([Y.encodeStateAsUpdate(doc)]);
    const before = Y.encodeStateVector(doc);
    doc.getText('t').delete(1, 1);
    const deletion = Y.encodeStateAsUpdate(doc, before);
    expect(content.apply(deletion)).toBe('changed');
    expect(content.apply(deletion)).toBe('known');
    expect(textOf(content)).toBe('ac');
  });

  it('random authors, in random order, with rests in between: everyone ends with the same', () => {
    const rng = random();
    console.log(`seed ${rng.seed}`);
    for (let round = 0; round < 20; round++) {
      const content = new Content([]);
      const authors = Array.from({ length: 4 }, () => new Y.Doc());
      const queue: Uint8Array[] = [];
      for (const author of authors) {
        author.on(
          'update',
          (update: Uint8Array, origin: unknown) => origin !== 'server' && queue.push(update)
        );
      }
      for (let step = 0; step < 80; step++) {
        const author = rng.pick(authors);
        const text = author.getText('t');
        if (text.length > 0 && rng.below(3) === 0) text.delete(rng.below(text.length), 1);
        else text.insert(rng.below(text.length + 1), String.fromCharCode(97 + rng.below(26)));
        while (queue.length > 0 && rng.below(2) === 0)
          content.apply(queue.splice(rng.below(queue.length), 1)[0]!);
        if (rng.below(10) === 0) content.cool(0, Date.now() + 1);
        if (rng.below(4) === 0) Y.applyUpdate(author, content.encode(Y.encodeStateVector(author)), 'server');
      }
      for (const update of queue.splice(0)) content.apply(update);
      for (const author of authors)
        Y.applyUpdate(author, content.encode(Y.encodeStateVector(author)), 'server');
      const texts = new Set(authors.map((author) => author.getText('t').toString()));
      expect([...texts], `seed ${rng.seed}, round ${round}`).toEqual([textOf(content)]);
    }
  });

  it('knows a readable update from a spoilt one', () => {
    const [update] = edits(1);
    expect(isReadable(update!)).toBe(true);
    expect(isReadable(update!.subarray(0, update!.length - 1))).toBe(false);
    expect(isReadable(Uint8Array.of(255, 255, 255, 255, 15))).toBe(false);
    expect(isReadable(new Uint8Array(0))).toBe(false);
  });

  it('a change of the server is returned as one update, and none where nothing changed', () => {
    const content = new Content(edits(3));
    const update = content.change((doc) => doc.getText('t').insert(0, 'x'));
    const other = new Content(edits(0));
    expect(update).not.toBeNull();
    expect(content.change(() => undefined)).toBeNull();
    expect(other.apply(update!)).toBe('changed');
  });
});
