/** Small changes of a line of text, and where places in it go when somebody else changes it. */
import { difference, splitsCharacter, type Splice } from '#shared/kernel/fields/text.ts';

/**
 * What was typed: the splice from one text to the next, chosen by where the caret stands now. "aa" to "aaa" may be any
 * of three insertions; only the caret tells which, and carets of others depend on it.
 */
export function typed(from: string, to: string, caret: number): Splice | null {
  if (from === to) return null;
  const tail = to.length - caret;
  const same = tail >= 0 && tail <= from.length && from.slice(from.length - tail) === to.slice(caret);
  if (!same) return difference(from, to);
  const head = from.slice(0, from.length - tail);
  let start = 0;
  const shorter = Math.min(head.length, caret);
  while (start < shorter && head.charCodeAt(start) === to.charCodeAt(start)) start++;
  while (start > 0 && (splitsCharacter(from, start) || splitsCharacter(to, start))) start--;
  const splice = { index: start, remove: head.length - start, insert: to.slice(start, caret) };
  // Half a character at the far end: let the general one widen it.
  return splitsCharacter(from, start + splice.remove) || splitsCharacter(to, caret)
    ? difference(from, to)
    : splice;
}

/** A change as Yjs tells it. */
export type Delta = ReadonlyArray<{ retain?: number; delete?: number; insert?: unknown }>;

/** Where a place is after a change. What is inserted right at it lies after it, unless it is to be `pushed` along. */
export function moved(place: number, delta: Delta, pushed = false): number {
  let at = 0;
  let result = place;
  for (const step of delta) {
    if (step.retain !== undefined) at += step.retain;
    else if (step.delete !== undefined) {
      const before = Math.max(0, Math.min(step.delete, result - at));
      result -= before;
    } else if (typeof step.insert === 'string') {
      if (at < result || (pushed && at === result)) result += step.insert.length;
      at += step.insert.length;
    }
    if (at > result) break;
  }
  return result;
}

/** A splice made in a text that others have changed meanwhile, as it is in the text now. */
export function rebased(splice: Splice, deltas: readonly Delta[]): Splice {
  let start = splice.index;
  let end = splice.index + splice.remove;
  for (const delta of deltas) {
    const nothing = start === end;
    start = moved(start, delta);
    end = nothing ? start : Math.max(start, moved(end, delta));
  }
  return { index: start, remove: end - start, insert: splice.insert };
}
