import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRecordId } from '#shared/kernel/ids.ts';
import { between, LONG_RANK } from '#shared/kernel/rank.ts';
import type { UmeError } from '#shared/protocol/errors.ts';
import { dice, seed } from '#shared/testing/seed.ts';
import { testActor } from '../testing.ts';
import { recordCommands } from './commands.ts';
import { testRecords, type TestRecords } from './testing.ts';

/** For tests with hundreds of commands, on the slowest engine they run on, milliseconds. */
const SLOW = 120_000;

const ann = testActor('ann');
const bob = testActor('bob');
const eve = testActor('eve', 'org-b');
const viewer = { ...testActor('vic'), role: 'viewer' as const };

let all: TestRecords;
beforeAll(async () => {
  all = await testRecords();
  await all.space('org-a');
});
afterAll(() => all.close());

const create = (title: string, more: object = {}, key?: string) =>
  all.commands.create(ann, 'work.task', { fields: { title }, ...more }, key);
const problemOf = async (asked: Promise<unknown>) => {
  try {
    await asked;
    return null;
  } catch (error) {
    return (error as UmeError).problem;
  }
};
const lane = async (state: string, space?: string) => {
  const { rows } = await all.queries.query(ann, 'work.task', {
    limit: 500,
    filter: {
      and: [
        { field: 'state', op: 'is', value: state },
        { field: 'space', op: 'is', value: space ?? (await all.space('org-a')) }
      ]
    }
  });
  return rows.map((row) => row.id);
};
const newSpace = async () => (await all.commands.create(ann, 'core.space', { fields: { name: 'Own' } })).id;

describe('creating', () => {
  test('answers with the row: initial state, first space, rights, an author', async () => {
    const row = await create(' Paint ', {
      fields: { title: ' Paint ', labels: ['bug'], description: 'Two\ncoats' }
    });
    expect(row).toMatchObject({
      type: 'work.task',
      state: 'todo',
      space: await all.space('org-a'),
      fields: { title: 'Paint', labels: ['bug'], description: 'Two coats', due: null, checklist: [] },
      createdBy: ann.user,
      may: { update: true, delete: true, commands: ['move'] }
    });
    expect(await all.queries.get(bob, row.id)).toEqual(row);
  });

  test('takes a chosen id once, and only a well-formed one', async () => {
    const id = newRecordId('work.task');
    expect((await create('a', { id })).id).toBe(id);
    expect(await problemOf(create('b', { id }))).toMatchObject({ code: 'conflict', field: 'id' });
    for (const bad of ['work.task/1', newRecordId('core.space'), `${id}#x`, 'x'])
      expect(await problemOf(create('b', { id: bad })), bad).toMatchObject({ code: 'invalid', field: 'id' });
    const fresh = newRecordId('work.task');
    const both = await Promise.all([
      problemOf(create('a', { id: fresh })),
      problemOf(create('b', { id: fresh }))
    ]);
    expect(both.filter((problem) => problem === null)).toHaveLength(1);
  });

  test('refuses with the field what is needed, foreign, or not there', async () => {
    expect(await problemOf(create('  '))).toMatchObject({ code: 'invalid', field: 'title' });
    expect(await problemOf(create('a', { state: 'flying' }))).toMatchObject({ field: 'state' });
    expect(await problemOf(create('a', { fields: { title: 'a', wings: 2 } }))).toMatchObject({
      field: 'wings'
    });
    expect(await problemOf(create('a', { fields: { title: 'a', assignee: 'stranger' } }))).toMatchObject({
      field: 'assignee'
    });
    const hostile = JSON.parse('{"title": "a", "__proto__": 1}') as Record<string, unknown>;
    expect(await problemOf(create('a', { fields: hostile }))).toMatchObject({ field: '__proto__' });
    const theirs = await all.space('org-b');
    for (const space of [theirs, newRecordId('core.space'), 'x'])
      expect(await problemOf(create('a', { space })), space).toMatchObject({
        code: 'invalid',
        field: 'space'
      });
  });

  test('is for those who may', async () => {
    const asked = all.commands.create(viewer, 'work.task', { fields: { title: 'a' } });
    expect(await problemOf(asked)).toMatchObject({ code: 'forbidden' });
    expect(await problemOf(all.commands.create(ann, 'work.nothing', {}))).toMatchObject({
      code: 'not_found'
    });
  });
});

describe('a key', () => {
  test('carries a command out once, also when both requests run at the same time', async () => {
    const [one, other] = await Promise.all([create('once', {}, 'k1'), create('once', {}, 'k1')]);
    expect(other.id).toBe(one.id);
    expect((await create('once', {}, 'k1')).id).toBe(one.id);
    await all.commands.move(ann, one.id, { state: 'doing' }, 'k2');
    await all.commands.move(ann, one.id, { state: 'done' }, 'k3');
    expect(await all.commands.move(ann, one.id, { state: 'doing' }, 'k2')).toMatchObject({ state: 'done' });
    await all.commands.patch(ann, one.id, { title: 'first' }, 'k4');
    await all.commands.patch(ann, one.id, { title: 'second' }, 'k5');
    expect((await all.commands.patch(ann, one.id, { title: 'first' }, 'k4')).fields['title']).toBe('second');
  });

  test("is its caller's own, and for one command", async () => {
    const mine = await create('mine', {}, 'shared');
    const theirs = await all.commands.create(bob, 'work.task', { fields: { title: 'theirs' } }, 'shared');
    expect(theirs.id).not.toBe(mine.id);
    expect(await problemOf(all.commands.move(ann, mine.id, {}, 'shared'))).toMatchObject({
      code: 'conflict'
    });
    expect(await problemOf(create('x', {}, 'two words'))).toMatchObject({ code: 'invalid' });
  });
});

describe('while nothing can be saved', () => {
  test('a command is refused at once, for the caller to send again', async () => {
    const { id } = await create('kept');
    const { journal, projector, library: documents } = all.core;
    const away = Object.create(journal, { healthy: { value: false } }) as typeof journal;
    const isMember = async () => true;
    const commands = recordCommands({ rows: all.rows, journal: away, projector, documents, isMember });
    for (const asked of [
      commands.create(ann, 'work.task', { fields: { title: 'a' } }),
      commands.patch(ann, id, { title: 'b' }),
      commands.move(ann, id, {}),
      commands.remove(ann, id)
    ])
      expect(await problemOf(asked)).toMatchObject({ code: 'storage_down', status: 503 });
    expect(await problemOf(commands.remove(viewer, id))).toMatchObject({ code: 'forbidden' });
  });
});

describe('changing', () => {
  test('merges text, empties by null, and refuses the rest as a whole', async () => {
    const { id } = await create('The grey heron', { fields: { title: 'The grey heron', due: '2026-01-01' } });
    await all.commands.patch(ann, id, { due: null, priority: 'high' });
    const both = [
      all.commands.patch(ann, id, { title: 'The blue heron' }),
      all.commands.patch(bob, id, { labels: ['x'] })
    ];
    await Promise.all(both);
    const row = await all.queries.get(ann, id);
    expect(row.fields).toMatchObject({ title: 'The blue heron', due: null, priority: 'high', labels: ['x'] });
    const asked = all.commands.patch(ann, id, { title: 'half done', due: 'soon' });
    expect(await problemOf(asked)).toMatchObject({ field: 'due' });
    expect(await problemOf(all.commands.patch(ann, id, { title: ' ' }))).toMatchObject({ field: 'title' });
    expect((await all.queries.get(ann, id)).fields['title']).toBe('The blue heron');
    expect(await all.commands.patch(ann, id, {})).toMatchObject({ position: row.position });
  });

  test('is for those who may, and never across organizations', async () => {
    const { id } = await create('ours');
    const asks = (who: typeof ann) => [
      all.commands.patch(who, id, { title: 'x' }),
      all.commands.move(who, id, {}),
      all.commands.remove(who, id),
      all.commands.restore(who, id)
    ];
    for (const asked of asks(eve)) expect(await problemOf(asked)).toMatchObject({ code: 'not_found' });
    for (const asked of asks(viewer)) expect(await problemOf(asked)).toMatchObject({ code: 'forbidden' });
    expect(await problemOf(all.queries.get(eve, id))).toMatchObject({ code: 'not_found' });
    expect(await problemOf(all.history.history(eve, id, {}))).toMatchObject({ code: 'not_found' });
    expect((await all.queries.query(eve, 'work.task', { limit: 100 })).rows).toEqual([]);
    expect(await all.queries.search(eve, 'ours')).toEqual([]);
  });
});

describe('removing', () => {
  test('takes a record from every list, and restore brings it back where it was', async () => {
    const space = await newSpace();
    const [a, b, c] = [
      await create('a', { space }),
      await create('b', { space }),
      await create('c', { space })
    ];
    await all.commands.remove(ann, b.id, 'gone');
    await all.commands.remove(ann, b.id, 'gone');
    expect(await lane('todo', space)).toEqual([a.id, c.id]);
    expect(await problemOf(all.queries.get(ann, b.id))).toMatchObject({ code: 'not_found' });
    expect(await problemOf(all.commands.move(ann, b.id, {}))).toMatchObject({ code: 'not_found' });
    expect(await problemOf(all.commands.remove(ann, b.id))).toMatchObject({ code: 'not_found' });
    await all.commands.restore(ann, b.id);
    await all.commands.restore(ann, b.id);
    expect(await lane('todo', space)).toEqual([a.id, b.id, c.id]);
  });

  test("leaves an organization its last space, however many are taken at once; a founder's to do", async () => {
    const gus = { ...testActor('gus', 'org-spaces'), role: 'founder' as const };
    const make = (name: string) => all.commands.create(gus, 'core.space', { fields: { name } });
    const made = [await make('One'), await make('Two'), await make('Three')];
    const member = { ...gus, role: 'member' as const };
    expect(await problemOf(all.commands.remove(member, made[0]!.id))).toMatchObject({ code: 'forbidden' });
    const card = await all.commands.create(gus, 'work.task', {
      fields: { title: 'Kept' },
      space: made[0]!.id
    });
    const problems = await Promise.all(made.map(({ id }) => problemOf(all.commands.remove(gus, id))));
    expect(problems.filter((each) => each === null)).toHaveLength(2);
    expect(problems.find((each) => each !== null)).toMatchObject({
      code: 'conflict',
      title: 'The last space stays.'
    });
    // What lay in a removed space is there again with it.
    await all.commands.restore(gus, made[0]!.id);
    expect(await all.queries.get(gus, card.id)).toMatchObject({ space: made[0]!.id });
  });

  test('takes a space from those that cards are put into', async () => {
    const gus = { ...testActor('gus', 'org-b'), role: 'founder' as const };
    await all.space('org-b');
    const { id } = await all.commands.create(gus, 'core.space', { fields: { name: 'Gone soon' } });
    await all.commands.remove(gus, id);
    expect(
      await problemOf(all.commands.create(gus, 'work.task', { fields: { title: 'x' }, space: id }))
    ).toMatchObject({ code: 'invalid', field: 'space' });
  });
});

describe('moving', () => {
  test('puts a card beside the neighbour that is named', async () => {
    const space = await newSpace();
    const [a, b, c] = [
      await create('a', { space }),
      await create('b', { space }),
      await create('c', { space })
    ];
    await all.commands.move(ann, c.id, { place: { before: a.id } });
    expect(await lane('todo', space)).toEqual([c.id, a.id, b.id]);
    await all.commands.move(ann, c.id, { place: { after: a.id } });
    expect(await lane('todo', space)).toEqual([a.id, c.id, b.id]);
    const row = await all.commands.move(ann, a.id, { state: 'doing' });
    expect(row).toMatchObject({ state: 'doing' });
    expect(await lane('doing', space)).toEqual([a.id]);
    const placed = await create('d', { space, place: { before: c.id } });
    expect(await lane('todo', space)).toEqual([placed.id, c.id, b.id]);
  });

  test('finds the nearest sensible place when the neighbour has gone', async () => {
    const space = await newSpace();
    const [a, b, c, d] = [
      await create('a', { space }),
      await create('b', { space }),
      await create('c', { space }),
      await create('d', { space, state: 'doing' })
    ];
    await all.commands.move(ann, d.id, { state: 'todo', place: { after: d.id } });
    expect(await lane('todo', space)).toEqual([a.id, b.id, c.id, d.id]);
    await all.commands.remove(ann, a.id);
    await all.commands.move(ann, d.id, { place: { after: a.id } });
    expect(await lane('todo', space)).toEqual([d.id, b.id, c.id]);
    await all.commands.move(ann, b.id, { state: 'doing' });
    await all.commands.move(ann, d.id, { place: { after: b.id, before: c.id } });
    expect(await lane('todo', space)).toEqual([d.id, c.id]);
    await all.commands.move(ann, d.id, { place: { after: b.id } });
    expect(await lane('todo', space)).toEqual([c.id, d.id]);
    await all.commands.move(ann, c.id, { place: { after: 'rubbish', before: newRecordId('work.task') } });
    expect(await lane('todo', space)).toEqual([d.id, c.id]);
  });

  test('refuses a state that does not exist', async () => {
    const { id } = await create('a');
    expect(await problemOf(all.commands.move(ann, id, { state: 'flying' }))).toMatchObject({
      field: 'state'
    });
  });

  test(
    `at once by many people loses and doubles no card (seed ${seed})`,
    async () => {
      const space = await newSpace();
      const roll = dice(seed);
      const cards = await Promise.all(
        Array.from({ length: 25 }, async (_, index) => (await create(`card ${index}`, { space })).id)
      );
      const states = ['todo', 'doing', 'done'];
      const created = [...cards];
      for (let wave = 0; wave < 12; wave++) {
        const acts = Array.from({ length: 20 }, () => {
          const id = roll.pick(cards);
          const place = roll.pick([{}, { after: roll.pick(cards) }, { before: roll.pick(cards) }]);
          if (roll.chance(0.1))
            return create('new', { space, state: roll.pick(states), place }).then(
              (row) => void created.push(row.id)
            );
          return all.commands
            .move(roll.pick([ann, bob]), id, { state: roll.pick(states), place })
            .then(() => {});
        });
        await Promise.all(acts);
      }
      const lanes = await Promise.all(states.map((state) => lane(state, space)));
      expect(lanes.flat().sort()).toEqual([...created].sort());
      const { rows } = await all.queries.query(ann, 'work.task', {
        limit: 500,
        filter: { field: 'space', op: 'is', value: space }
      });
      expect(new Set(rows.map((row) => row.rank)).size).toBe(created.length);
    },
    SLOW
  );

  test('to a spot that hundreds were moved to before spreads its neighbours anew', async () => {
    const space = await newSpace();
    const [first, last] = [await create('first', { space }), await create('last', { space })];
    const [a, b] = [await create('a', { space }), await create('b', { space })];
    // Each new rank halves what is left between the two before it.
    let [low, high] = [first.rank, last.rank];
    for (let turn = 0; low.length < LONG_RANK - 1; turn++)
      if (turn % 2) low = between(low, high);
      else high = between(low, high);
    const entry = await all.core.journal.append({
      organization: ann.organization,
      by: ann,
      cause: { kind: 'import', name: 'test' },
      changes: [
        { record: first.id, section: 'main', set: { rank: low } },
        { record: last.id, section: 'main', set: { rank: high } }
      ]
    });
    await all.core.projector.settled(entry.position);
    let order = [first.id, last.id, a.id, b.id];
    for (let turn = 0; turn < 30; turn++) {
      const id = turn % 2 ? a.id : b.id;
      const row = await all.commands.move(ann, id, { place: { after: first.id } });
      expect(row.rank.length).toBeLessThanOrEqual(LONG_RANK);
      order = [first.id, id, ...order.filter((each) => each !== first.id && each !== id)];
      expect(await lane('todo', space)).toEqual(order);
    }
    const journal = all.core.store.connection.collection('journal');
    expect(await journal.countDocuments({ 'cause.name': 'relieve', 'changes.record': a.id })).toBeGreaterThan(
      0
    );
  });
});

describe('history', () => {
  test('says who did what, and how it was at any moment', async () => {
    const { id, position: first } = await create('One');
    await all.commands.patch(bob, id, { title: 'Two' });
    const { position: moved } = await all.commands.move(ann, id, { state: 'done' });
    await all.commands.remove(ann, id);
    const entries = await all.history.history(bob, id, {});
    expect(entries.map(({ cause, by, changed }) => ({ cause, by: by.name, changed }))).toMatchObject([
      { cause: 'create', by: 'ann', changed: { created: true, state: 'todo', content: ['main'] } },
      { cause: 'patch', by: 'bob', changed: { content: ['main'] } },
      { cause: 'move', by: 'ann', changed: { state: 'done' } },
      { cause: 'remove', by: 'ann', changed: { deleted: true } }
    ]);
    expect(await all.history.history(bob, id, { after: entries[1]!.position, limit: 1 })).toEqual([
      entries[2]
    ]);
    expect(await all.history.stateAt(ann, id, first)).toMatchObject({
      state: 'todo',
      fields: { title: 'One' }
    });
    expect(await all.history.stateAt(ann, id, moved)).toMatchObject({
      state: 'done',
      deleted: false,
      fields: { title: 'Two' }
    });
    expect(await problemOf(all.history.stateAt(ann, id, first - 1))).toMatchObject({ code: 'not_found' });
  });
});
