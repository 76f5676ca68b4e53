/**
 * Ranks: strings that order records among their neighbours, with room for another between any two.
 *
 * A rank between two others never changes theirs, so moving one record is a change of one record. Only the server
 * gives ranks, one at a time for each order, so two never get the same.
 */
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/** Past this length (characters) an order is worth spreading anew. */
export const LONG_RANK = 60;

const VALID = /^[A-Za-z][0-9A-Za-z]*$/;

/** Whether a string can be a neighbour: ranks made elsewhere, or mangled, are treated as absent. */
export function isRank(value: unknown): value is string {
  if (typeof value !== 'string' || !VALID.test(value) || value.length > 1000) return false;
  try {
    generateKeyBetween(value, null);
    return true;
  } catch {
    return false;
  }
}

/** A rank after `a` and before `b`; null is the end of that side. Ends that contradict each other: right after `a`. */
export function between(a: string | null, b: string | null): string {
  const low = isRank(a) ? a : null;
  const high = isRank(b) ? b : null;
  return generateKeyBetween(low, high !== null && low !== null && low >= high ? null : high);
}

/** So many ranks in order between two, as short as they can be. */
export const spread = (a: string | null, b: string | null, count: number): string[] =>
  generateNKeysBetween(a, b, count);
