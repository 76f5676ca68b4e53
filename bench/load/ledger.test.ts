import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { author, ground } from './edits.ts';
import { Ledger } from './ledger.ts';
import { random } from '#shared/testing/seed.ts';

describe('ledger', () => {
  it('counts every receipt once, however a server merges and repeats (seeded)', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const next = random(seed);
      const { state } = ground();
      const authors = [author(state, seed * 10, 40), author(state, seed * 10 + 1, 40)];
      const ledger = new Ledger();
      for (const { client, from } of authors) ledger.addAuthor(client, from);
      const receivers = [
        ledger.addReceiver(authors[0]!.client),
        ledger.addReceiver(authors[1]!.client),
        ledger.addReceiver()
      ];
      let batch: Uint8Array[] = [];
      let time = 0;
      for (let index = 0; index < 40; index++) {
        for (const { client, updates } of authors) {
          ledger.sent(client, time++);
          batch.push(updates[index]!);
        }
        if (next() < 0.4 || index === 39) {
          const merged = Y.mergeUpdates(batch);
          batch = [];
          for (const receiver of receivers) {
            receiver.receive(merged, time + 5);
            if (next() < 0.2) receiver.receive(merged, time + 9);
          }
        }
      }
      expect(ledger.outstanding, `seed ${seed}`).toBe(0);
      expect(ledger.delivered).toBe(40 + 40 + 80); // each author the other's, the onlooker both
      expect(ledger.latencies).toHaveLength(160);
      expect(Math.min(...ledger.latencies)).toBeGreaterThan(0);
    }
  });
});
