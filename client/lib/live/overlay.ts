/**
 * What a list shows: the server's rows with the commands on top that it has not told of yet. Works by putting rows next
 * to their neighbours rather than by inventing ranks, so it needs to know nothing of how the server makes them.
 */
import type { Row } from '#shared/kernel/row.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import type { Command, Pending, Place } from './commands.ts';

export interface Shown {
  row: Row;
  /** Set while a command about this row is on its way, or was refused. */
  pending?: 'waiting' | 'refused';
  problem?: Problem;
  /** The command a refusal is about. */
  command?: string;
}

/** Rank order, the id deciding between equals, as the server does. */
export const byRank = (a: Row, b: Row): number =>
  a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

function put(list: Shown[], item: Shown, place: Place | undefined): void {
  const lane = item.row.state;
  const at = (id: string | undefined) =>
    id === undefined ? -1 : list.findIndex((each) => each.row.id === id && each.row.state === lane);
  const after = at(place?.after);
  if (after >= 0) return void list.splice(after + 1, 0, item);
  const before = at(place?.before);
  if (before >= 0) return void list.splice(before, 0, item);
  list.push(item);
}

const born = (pending: Pending, command: Extract<Command, { kind: 'create' }>, by: string): Row => {
  const now = new Date(pending.at).toISOString();
  return {
    id: command.record,
    type: command.type,
    space: command.space,
    state: command.state,
    rank: '',
    fields: command.fields,
    position: -1,
    createdAt: now,
    createdBy: by,
    updatedAt: now,
    updatedBy: by,
    may: { update: true, delete: true, commands: ['move'] }
  };
};

/**
 * @param rows the server's rows, in any order
 * @param position how far the list is told; answered commands up to it are part of the rows already
 * @param pending all commands of the outbox, oldest first
 * @param by the person's own user id, author of what they just made
 * @param belongs whether a row made here is part of this list
 */
export function overlay(
  rows: Iterable<Row>,
  position: number | null,
  pending: readonly Pending[],
  by: string,
  belongs: (row: Row) => boolean
): Shown[] {
  const list: Shown[] = [...rows].sort(byRank).map((row) => ({ row }));
  const restored = new Map<string, number>();
  pending.forEach((each, index) => {
    if (each.command.kind === 'restore') restored.set(each.command.record, index);
  });
  for (const [turn, each] of pending.entries()) {
    if (each.status === 'answered' && position !== null && each.position! <= position) continue;
    const { command } = each;
    if (command.kind === 'delete' && (restored.get(command.record) ?? -1) > turn) continue;
    const index = list.findIndex((one) => one.row.id === command.record);
    if (each.status === 'refused') {
      const mark = { pending: 'refused' as const, problem: each.problem, command: each.id };
      if (index >= 0) list[index] = { ...list[index]!, ...mark };
      // What was refused to be made is kept in sight: it holds words that exist nowhere else.
      else if (command.kind === 'create') {
        const row = born(each, command, by);
        if (belongs(row)) put(list, { row, ...mark }, command.place);
      }
      continue;
    }
    const mark = each.status === 'waiting' ? ({ pending: 'waiting' } as const) : {};
    if (command.kind === 'create') {
      if (index >= 0) continue;
      const row = born(each, command, by);
      if (belongs(row)) put(list, { row, ...mark }, command.place);
    } else if (index >= 0) {
      const shown = list[index]!;
      if (command.kind === 'delete') list.splice(index, 1);
      else if (command.kind === 'patch')
        list[index] = {
          ...shown,
          ...mark,
          row: { ...shown.row, fields: { ...shown.row.fields, ...command.fields } }
        };
      else if (command.kind === 'move') {
        list.splice(index, 1);
        put(
          list,
          { ...shown, ...mark, row: { ...shown.row, state: command.state ?? shown.row.state } },
          command.place
        );
      }
    }
  }
  return list;
}
