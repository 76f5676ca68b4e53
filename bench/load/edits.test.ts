import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { clockRanges } from './clocks.ts';
import { author, ground, stateOfSize } from './edits.ts';

describe('edits', () => {
  it('are the same bytes for the same seed', () => {
    const { state } = ground();
    expect(author(state, 5, 50)).toEqual(author(state, 5, 50));
    expect(author(state, 5, 50).client).not.toBe(author(state, 6, 50).client);
  });

  it('are one clock each, in order', () => {
    const { state } = ground();
    for (let seed = 1; seed < 10; seed++) {
      const { client, from, updates } = author(state, seed, 100);
      expect(updates).toHaveLength(100);
      updates.forEach((update, index) =>
        expect(clockRanges(update)).toEqual([{ client, from: from + index, to: from + index + 1 }])
      );
    }
  });

  it('of several authors merge in any order, and the title stays short', () => {
    const base = ground();
    const all = [1, 2, 3].map((seed) => author(base.state, seed, 80));
    const doc = new Y.Doc();
    for (let index = 79; index >= 0; index--) {
      for (const { updates } of all) Y.applyUpdate(doc, updates[index]!);
    }
    Y.applyUpdate(doc, base.state);
    expect(doc.store.pendingStructs).toBeNull();
    expect((doc.getMap('fields').get('title') as Y.Text).length).toBeLessThanOrEqual(5 + 3 * 20);
  });

  it('keep the title a server has made', () => {
    const server = new Y.Doc();
    server.getMap('fields').set('title', new Y.Text('A card'));
    const base = ground(Y.encodeStateAsUpdate(server));
    Y.applyUpdate(server, base.seed);
    expect((server.getMap('fields').get('title') as Y.Text).toString()).toBe('A card');
    expect(server.getMap('bench').get('ready')).toBe(true);
  });

  it('make a state of the size asked for', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, stateOfSize(14_000, 1));
    const size = Y.encodeStateAsUpdate(doc).length;
    expect(size).toBeGreaterThanOrEqual(14_000);
    expect(size).toBeLessThan(20_000);
  });
});
