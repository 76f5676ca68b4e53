import { describe, expect, it } from 'vitest';
import type { Row } from '#shared/kernel/row.ts';
import type { Command, Pending } from './commands.ts';
import { overlay } from './overlay.ts';

const row = (id: string, state: string, rank: string, position = 1): Row => ({
  id,
  type: 'work.task',
  space: 's',
  state,
  rank,
  fields: { title: id },
  position,
  createdAt: '2026-01-01T00:00:00Z',
  createdBy: 'u',
  updatedAt: '2026-01-01T00:00:00Z',
  updatedBy: 'u'
});

let count = 0;
const wait = (
  command: Partial<Command> & { kind: Command['kind']; record: string },
  over: Partial<Pending> = {}
) =>
  ({
    id: String(++count).padStart(4, '0'),
    at: 0,
    status: 'waiting',
    command: { type: 'work.task', ...command },
    ...over
  }) as Pending;

const rows = [row('a', 'todo', 'a0'), row('b', 'todo', 'a1'), row('c', 'doing', 'a2')];
const show = (pending: Pending[], position: number | null = 1) =>
  overlay(rows, position, pending, 'me', () => true).map((each) => `${each.row.state}:${each.row.id}`);

describe('overlay', () => {
  it('shows rows by rank, the id deciding between equals', () => {
    expect(
      overlay(
        [row('z', 'todo', 'a1'), row('y', 'todo', 'a1'), row('x', 'todo', 'a0')],
        1,
        [],
        'me',
        () => true
      ).map((each) => each.row.id)
    ).toEqual(['x', 'y', 'z']);
  });

  it('puts a moved card after its neighbour at once', () => {
    expect(show([wait({ kind: 'move', record: 'a', state: 'doing', place: { after: 'c' } })])).toEqual([
      'todo:b',
      'doing:c',
      'doing:a'
    ]);
  });

  it('puts a moved card before its neighbour where that is all it knows', () => {
    expect(show([wait({ kind: 'move', record: 'b', state: 'todo', place: { before: 'a' } })])).toEqual([
      'todo:b',
      'todo:a',
      'doing:c'
    ]);
  });

  it('puts a card at the end where its neighbours have left the lane', () => {
    const elsewhere = wait({ kind: 'move', record: 'b', state: 'done', place: {} });
    const beside = wait({ kind: 'move', record: 'c', state: 'todo', place: { after: 'b' } });
    expect(show([elsewhere, beside])).toEqual(['todo:a', 'done:b', 'todo:c']);
  });

  it('shows a card being made, changes to it and its removal in order', () => {
    const make = wait({
      kind: 'create',
      record: 'n',
      space: 's',
      state: 'todo',
      fields: { title: 'New' },
      place: { after: 'a' }
    });
    const name = wait({ kind: 'patch', record: 'n', fields: { title: 'Newer' } });
    expect(show([make, name])).toEqual(['todo:a', 'todo:n', 'todo:b', 'doing:c']);
    expect(overlay(rows, 1, [make, name], 'me', () => true)[1]!.row.fields.title).toBe('Newer');
    expect(show([make, name, wait({ kind: 'delete', record: 'n' })])).toEqual([
      'todo:a',
      'todo:b',
      'doing:c'
    ]);
  });

  it('leaves a card made for another list out', () => {
    const make = wait({ kind: 'create', record: 'n', space: 'other', state: 'todo', fields: {} });
    expect(overlay(rows, 1, [make], 'me', (each) => each.space === 's')).toHaveLength(3);
  });

  it('keeps an answered command on top until the list has been told, and not a moment longer', () => {
    const moved = wait(
      { kind: 'move', record: 'a', state: 'doing', place: { after: 'c' } },
      { status: 'answered', position: 5 }
    );
    expect(show([moved], 4)).toEqual(['todo:b', 'doing:c', 'doing:a']);
    expect(show([moved], 5)).toEqual(['todo:a', 'todo:b', 'doing:c']);
    expect(overlay(rows, 4, [moved], 'me', () => true).at(-1)!.pending).toBeUndefined();
  });

  it('shows the server’s truth where a command was refused, and says so', () => {
    const problem = { code: 'forbidden', status: 403, title: 'No.' };
    const refused = wait(
      { kind: 'move', record: 'a', state: 'doing', place: {} },
      { status: 'refused', problem }
    );
    expect(show([refused])).toEqual(['todo:a', 'todo:b', 'doing:c']);
    expect(overlay(rows, 1, [refused], 'me', () => true)[0]).toMatchObject({
      pending: 'refused',
      problem,
      command: refused.id
    });
  });

  it('keeps a card that was refused to be made in sight', () => {
    const refused = wait(
      { kind: 'create', record: 'n', space: 's', state: 'todo', fields: { title: 'Words' } },
      { status: 'refused' }
    );
    expect(overlay(rows, 1, [refused], 'me', () => true).at(-1)).toMatchObject({
      row: { id: 'n' },
      pending: 'refused'
    });
  });

  it('shows a deleted card again where it is restored', () => {
    const gone = wait({ kind: 'delete', record: 'a' }, { status: 'answered', position: 9 });
    expect(show([gone])).toEqual(['todo:b', 'doing:c']);
    expect(show([gone, wait({ kind: 'restore', record: 'a' })])).toEqual(['todo:a', 'todo:b', 'doing:c']);
  });
});
