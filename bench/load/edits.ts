/**
 * Edits as people make them, prepared before a measurement so that making them costs the measurement nothing: typing
 * in the title letter by letter, and short values set on keys as when cards are dragged about.
 *
 * Every edit is one transaction of exactly one clock, so `from + index` is the clock of edit `index`: that is how a
 * receipt is recognized (see clocks.ts). Authors don't see each other's edits while preparing, as if all typed at once
 * in places of their own; so no edit depends on another author's and the order of arrival does not matter.
 */
import * as Y from 'yjs';
import { random } from '#shared/testing/seed.ts';

export type Author = { client: number; from: number; updates: Uint8Array[] };

/** Letters one author keeps in the title: what is more is overwritten, since titles have a limit. */
const TITLE_LETTERS = 20;
const NOTE_LETTERS = 500;
/** Keys one author sets: the cards a person has in hand. */
const KEYS = 8;

/** A document's bytes with a title to type in. */
export type Ground = {
  /** What the server may have put there itself, if anything. */
  initial: Uint8Array;
  /** What a client must add to it first. */
  seed: Uint8Array;
  /** Both together: what every author starts from. */
  state: Uint8Array;
};

/**
 * Prepares a document for typing: `getMap('fields')` with a Y.Text `title`, as a record has it.
 * @param initial the document as a server gives it out; empty when the server starts with nothing.
 */
export function ground(initial: Uint8Array = Y.encodeStateAsUpdate(new Y.Doc())): Ground {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, initial);
  doc.clientID = 1;
  const before = Y.encodeStateVector(doc);
  doc.transact(() => {
    const fields = doc.getMap('fields');
    if (!(fields.get('title') instanceof Y.Text)) fields.set('title', new Y.Text('Bench'));
    doc.getMap('bench').set('ready', true);
  });
  return { initial, seed: Y.encodeStateAsUpdate(doc, before), state: Y.encodeStateAsUpdate(doc) };
}

/**
 * Makes `count` edits of one author.
 * @param options.typing share of edits that are letters in the title; the rest set a value on a key.
 * @param options.keys how many different keys are set.
 * @param options.notes whether to type in the notes (see `stateOfSize`) rather than the title.
 */
export function author(
  state: Uint8Array,
  seed: number,
  count: number,
  options: { typing?: number; keys?: number; notes?: boolean } = {}
): Author {
  const { typing = 0.7, keys = KEYS, notes = false } = options;
  const next = random(seed);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  // A client id of full length, as real ones are, and never the one that laid the ground.
  const client = 0x4000_0000 + Math.floor(next() * 0x3fff_ffff);
  doc.clientID = client;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));

  const values = doc.getMap('bench');
  const text = (notes ? values.get('notes') : doc.getMap('fields').get('title')) as Y.Text;
  const most = notes ? NOTE_LETTERS : TITLE_LETTERS;
  const start = text.length;
  let written = 0;
  while (updates.length < count) {
    doc.transact(() => {
      if (next() < typing) {
        if (written === most) text.delete(start, 1);
        else written++;
        text.insert(start + written - 1, String.fromCharCode(97 + Math.floor(next() * 26)));
      } else {
        const key = `${client.toString(36)}.${Math.floor(next() * keys)}`;
        values.set(key, `lane-${Math.floor(next() * 6)}:${Math.floor(next() * 1e6).toString(36)}`);
      }
    });
  }
  doc.destroy();
  return { client, from: 0, updates };
}

/**
 * What was done to a card that has been worked on for a while: a state of about `bytes` bytes, in notes and values of
 * its own, so that it can be added to any document.
 * @returns it as one update.
 */
export function stateOfSize(bytes: number, seed: number): Uint8Array {
  const base = new Y.Doc();
  base.clientID = 2;
  base.getMap('bench').set('notes', new Y.Text('Notes'));
  const state = Y.encodeStateAsUpdate(base);
  let count = Math.ceil(bytes / 40);
  for (;;) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, state);
    for (const update of author(state, seed, count, { typing: 0.3, keys: 60, notes: true }).updates) {
      Y.applyUpdate(doc, update);
    }
    const grown = Y.encodeStateAsUpdate(doc);
    doc.destroy();
    if (grown.length >= bytes) return grown;
    count = Math.ceil(count * Math.max(1.02, bytes / grown.length));
  }
}
