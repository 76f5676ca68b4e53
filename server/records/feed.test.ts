import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Filter } from '#shared/kernel/filter.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { FeedChange } from '#shared/protocol/feed.ts';
import { dice, seed } from '#shared/testing/seed.ts';
import type { Actor } from '../access/actor.ts';
import { testActor } from '../testing.ts';
import type { Subscription } from './feed.ts';
import type { Text } from 'yjs';
import { testRecords, type TestRecords } from './testing.ts';

const BACKLOG = 60;
/** For hundreds of commands, on the slowest engine they run on, milliseconds. */
const SLOW = 120_000;

let all: TestRecords;
beforeAll(async () => {
  all = await testRecords(BACKLOG);
});
afterAll(() => all.close());

/** A client that keeps a list, checks what it is told, and may lose its connection. */
class Reader {
  readonly actor: Actor;
  readonly filter: Filter | undefined;
  list = new Map<string, Row>();
  position: number | undefined;
  resets = 0;
  told = 0;
  failures: unknown[] = [];
  #subscription: Subscription | null = null;

  constructor(actor: Actor, filter?: Filter) {
    this.actor = actor;
    this.filter = filter;
  }

  async connect(): Promise<void> {
    const asked = { type: 'work.task', filter: this.filter, limit: 2000 };
    const subscription = await all.feed.subscribe(this.actor, { ...asked, since: this.position });
    const { answer } = subscription;
    if ('reset' in answer) {
      this.resets++;
      this.position = undefined;
      return this.connect();
    }
    if ('rows' in answer) {
      this.list = new Map(answer.rows.map((row) => [row.id, row]));
      expect(this.list.size, 'no row twice').toBe(answer.rows.length);
      for (const row of answer.rows) expect(row.position).toBeLessThanOrEqual(answer.position);
    } else {
      expect(answer.position).toBeGreaterThanOrEqual(this.position!);
      this.#apply(answer.changes, answer.position);
    }
    this.position = answer.position;
    this.#subscription = subscription;
    subscription.start((changes, position) => {
      // The projection carries on when a listener fails; the test must not.
      try {
        expect(position, 'positions grow').toBeGreaterThan(this.position!);
        this.#apply(changes, position);
      } catch (error) {
        this.failures.push(error);
      }
      this.position = position;
      this.told++;
    });
  }

  disconnect(): void {
    this.#subscription?.stop();
    this.#subscription = null;
  }

  get connected(): boolean {
    return this.#subscription !== null;
  }

  #apply(changes: FeedChange[], position: number): void {
    expect(new Set(changes.map((each) => each.id)).size, 'no record twice in a message').toBe(changes.length);
    for (const change of changes) {
      if ('gone' in change) {
        this.list.delete(change.id);
        continue;
      }
      const { row } = change;
      expect(row.position, 'nothing is told twice').toBeGreaterThan(this.position!);
      expect(row.position).toBeLessThanOrEqual(position);
      expect(row.position).toBeGreaterThan(this.list.get(row.id)?.position ?? 0);
      this.list.set(row.id, row);
    }
  }
}

const fresh = async (actor: Actor, filter?: Filter) =>
  (await all.queries.query(actor, 'work.task', { limit: 500, filter })).rows;
const byId = (rows: Iterable<Row>) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
const settle = () => all.core.projector.settled(all.core.journal.head);

describe('the feed', () => {
  test(
    `brings every reader to exactly the rows of a fresh query, however often they leave (seed ${seed})`,
    async () => {
      const roll = dice(seed);
      const people = ['ann', 'bob', 'cem'].flatMap((name) => [testActor(name), testActor(name, 'org-b')]);
      await Promise.all(['org-a', 'org-b'].map((organization) => all.space(organization)));
      const filters: Array<Filter | undefined> = [
        undefined,
        { field: 'state', op: 'is', value: 'todo' },
        { not: { field: 'fields.priority', op: 'in', value: ['high', null] } },
        { field: 'fields.title', op: 'contains', value: 'A' }
      ];
      const readers = people.flatMap((actor) => filters.map((filter) => new Reader(actor, filter)));
      const cards: Record<string, string[]> = { 'org-a': [], 'org-b': [] };
      const removed: Record<string, string[]> = { 'org-a': [], 'org-b': [] };

      async function act(actor: Actor): Promise<void> {
        const mine = cards[actor.organization]!;
        const gone = removed[actor.organization]!;
        const kind = roll.below(12);
        const id = roll.pick(mine);
        try {
          if (id === undefined || kind < 2) {
            const fields = {
              title: roll.pick(['abc', 'xyz', 'bcd']),
              priority: roll.pick([null, 'high', 'low'])
            };
            mine.push((await all.commands.create(actor, 'work.task', { fields })).id);
          } else if (kind < 5) {
            const place = roll.pick([{}, { after: roll.pick(mine) }, { before: roll.pick(mine) }]);
            await all.commands.move(actor, id, { state: roll.pick(['todo', 'doing', 'done']), place });
          } else if (kind < 8) {
            const fields = roll.pick([
              { title: roll.pick(['abc', 'xyz']) },
              { priority: roll.pick([null, 'high', 'low']) }
            ]);
            await all.commands.patch(actor, id, fields);
          } else if (kind < 9 || gone.length === 0) {
            await all.commands.remove(actor, id);
            gone.push(id);
          } else if (kind < 10) {
            await all.commands.restore(actor, roll.pick(gone));
          } else {
            // As people type, and as hostile programs do: what isn't allowed is put back before any list shows it.
            const value = roll.pick<unknown>(['high', 'rubbish', 7, ['low']]);
            await all.core.library.edit(actor, id, { kind: 'edit' }, (doc) => {
              const fields = doc.getMap('fields');
              if (roll.chance(0.5)) fields.set(roll.pick(['priority', 'wings', 'labels']), value);
              else (fields.get('title') as Text).insert(0, roll.pick(['a', 'b', '\n', 'long '.repeat(99)]));
            });
          }
        } catch (error) {
          // Somebody else removed it first.
          if ((error as { problem?: { code: string } }).problem?.code !== 'not_found') throw error;
        }
      }

      for (let wave = 0; wave < 40; wave++) {
        const acts = Array.from({ length: 10 }, () => act(roll.pick(people)));
        const comings = readers.map(async (reader) => {
          if (reader.connected) {
            if (roll.chance(0.2)) reader.disconnect();
          } else if (roll.chance(0.5)) await reader.connect();
        });
        await Promise.all([...acts, ...comings]);
      }
      await Promise.all(readers.filter((reader) => !reader.connected).map((reader) => reader.connect()));
      await settle();

      for (const reader of readers) {
        expect(reader.failures).toEqual([]);
        const expected = await fresh(reader.actor, reader.filter);
        expect(byId(reader.list.values())).toEqual(byId(expected));
        for (const row of expected) {
          expect([null, 'high', 'low']).toContain(row.fields['priority']);
          expect(row.fields['title']).toMatch(/^[^\n]{1,300}$/);
          expect(row.fields).not.toHaveProperty('wings');
        }
      }
      expect(readers.reduce((sum, reader) => sum + reader.told, 0)).toBeGreaterThan(100);
      const ofA = new Set(cards['org-a']);
      for (const reader of readers)
        for (const id of reader.list.keys()) expect(ofA.has(id)).toBe(reader.actor.organization === 'org-a');
      for (const reader of readers) reader.disconnect();
      expect(all.feed.size).toBe(0);
    },
    SLOW
  );

  test('tells who was away too long, or knows a later time, to ask anew', async () => {
    const actor = testActor('ann', 'org-c');
    const subscribe = (since: number) => all.feed.subscribe(actor, { type: 'work.task', limit: 10, since });
    const before = all.core.projector.head;
    const make = () => all.commands.create(actor, 'work.task', { fields: { title: 'x' } });
    await Promise.all(Array.from({ length: BACKLOG }, make));
    expect((await subscribe(before)).answer).toMatchObject({ changes: expect.any(Array) });
    await make();
    expect((await subscribe(before)).answer).toEqual({ reset: true });
    expect((await subscribe(all.core.journal.head + 1000)).answer).toEqual({ reset: true });
  });

  test('says when the list is cut, and what a viewer may do', async () => {
    const actor = { ...testActor('vic', 'org-d'), role: 'viewer' as const };
    for (const title of ['a', 'b'])
      await all.commands.create(testActor('ann', 'org-d'), 'work.task', { fields: { title } });
    const cut = await all.feed.subscribe(actor, { type: 'work.task', limit: 1 });
    expect(cut.answer).toMatchObject({
      more: true,
      rows: [{ may: { update: false, delete: false, commands: [] } }]
    });
    cut.stop();
    await expect(all.feed.subscribe(actor, { type: 'work.nothing', limit: 1 })).rejects.toMatchObject({
      problem: { code: 'not_found' }
    });
  });

  test('does not tell a list of rows that were never in it', async () => {
    const actor = testActor('ann', 'org-e');
    const card = await all.commands.create(actor, 'work.task', { fields: { title: 'elsewhere' } });
    const told: FeedChange[] = [];
    const list = await all.feed.subscribe(actor, {
      type: 'work.task',
      filter: { field: 'state', op: 'is', value: 'done' },
      limit: 10
    });
    list.start((changes) => told.push(...changes));
    await all.commands.patch(actor, card.id, { title: 'two' });
    expect(told).toEqual([]);
    await all.commands.move(actor, card.id, { state: 'done' });
    await all.commands.move(actor, card.id, { state: 'todo' });
    await settle();
    expect(told).toMatchObject([
      { id: card.id, row: { state: 'done' } },
      { id: card.id, gone: true }
    ]);
    list.stop();
  });
});
