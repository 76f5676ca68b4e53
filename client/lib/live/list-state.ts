/** The rows of one followed list and how far they are told: pure steps from one state to the next. */
import type { FeedChange, SubscribeAnswer } from '#shared/protocol/feed.ts';
import type { Row } from '#shared/kernel/row.ts';

export interface ListState {
  rows: ReadonlyMap<string, Row>;
  /** Null until the server or this device's memory told something. */
  position: number | null;
  /** Whether the list was cut at its limit. */
  more: boolean;
}

export const emptyList: ListState = { rows: new Map(), position: null, more: false };

function changed(rows: ReadonlyMap<string, Row>, changes: readonly FeedChange[]): ReadonlyMap<string, Row> {
  if (changes.length === 0) return rows;
  const next = new Map(rows);
  for (const change of changes) {
    if ('gone' in change) next.delete(change.id);
    else next.set(change.id, change.row);
  }
  return next;
}

/** A notice of changes. What is already told is not told again: an old notice can't undo a newer row. */
export const onChanges = (state: ListState, position: number, changes: readonly FeedChange[]): ListState =>
  state.position !== null && position <= state.position
    ? state
    : { ...state, rows: changed(state.rows, changes), position };

/** The answer to a subscription, or null where the list must be asked for anew, without `since`. */
export function onAnswer(
  state: ListState,
  answer: Exclude<SubscribeAnswer, { ok: false }>
): ListState | null {
  if ('reset' in answer) return null;
  if ('rows' in answer)
    return {
      rows: new Map(answer.rows.map((row) => [row.id, row])),
      position: answer.position,
      more: answer.more
    };
  return { ...state, rows: changed(state.rows, answer.changes), position: answer.position };
}
