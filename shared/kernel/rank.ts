/**
 * Ranks: strings that order records among their neighbours, with room for another between any two.
 *
 * A rank between two others never changes theirs, so moving one record is a change of one record. Only the server gives
 * ranks, one at a time for each order, so two never get the same; what people ask for is a place, not a rank.
 */
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';

/** Past this length (characters) the neighbourhood of a rank is spread anew. */
export const LONG_RANK = 60;
/** What spreading aims for. */
const SHORT_RANK = 20;

const VALID = /^[A-Za-z][0-9A-Za-z]*$/;

/** Whether a string can be a neighbour: ranks made elsewhere, or mangled, are treated as absent. */
export function isRank(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 1000 || !VALID.test(value)) return false;
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

/** So many ranks in order between two, about as short as they can be. */
export const spread = (a: string | null, b: string | null, count: number): string[] =>
  generateNKeysBetween(a, b, count);

/** Where a record is to go: right after one, or right before another; at the end where neither is given. */
export interface Place {
  after?: string;
  before?: string;
}

/** What the server knows of a neighbour that somebody named. */
export interface Neighbour {
  id: string;
  rank: string;
  /** In the lane the record goes to. */
  inLane: boolean;
  removed: boolean;
}

/** Which side of which rank a record goes to; `keep` leaves it where it is, `end` is the end of everything. */
export type Spot = { after: string } | { before: string } | 'keep' | 'end';

/**
 * Decides the spot for a place that was named by someone who saw an older order.
 *
 * A neighbour that is still in the lane is taken at its word, `after` first; a removed one still marks where it was. One
 * that has moved to another lane says nothing about this one. A record that names itself stays, if it is in the lane.
 */
export function spotFor(
  place: Place | undefined,
  neighbours: readonly Neighbour[],
  self: { id: string; inLane: boolean } | null
): Spot {
  const known = (id: string | undefined) =>
    id === undefined || id === self?.id
      ? undefined
      : neighbours.find((each) => each.id === id && each.inLane);
  const after = known(place?.after);
  const before = known(place?.before);
  if (after && !after.removed) return { after: after.rank };
  if (before && !before.removed) return { before: before.rank };
  if (after) return { after: after.rank };
  if (before) return { before: before.rank };
  if (self?.inLane && (place?.after === self.id || place?.before === self.id)) return 'keep';
  return 'end';
}

/**
 * The rank for a place in an order: the pure whole of what the server does with indexes. `order` is sorted by rank.
 * Stale neighbours are tolerated, see `spotFor`.
 */
export function rankFor(
  place: Place | undefined,
  order: readonly Neighbour[],
  self: { id: string; rank: string; inLane: boolean } | null
): string {
  const others = order.filter((each) => each.id !== self?.id);
  const spot = spotFor(place, others, self);
  if (spot === 'keep') return self!.rank;
  if (spot === 'end') return between(others.at(-1)?.rank ?? null, null);
  if ('after' in spot)
    return between(spot.after, others.find((each) => each.rank > spot.after)?.rank ?? null);
  return between(others.findLast((each) => each.rank < spot.before)?.rank ?? null, spot.before);
}

/**
 * New, short ranks for as few neighbours as will do around a place that became crowded.
 * @param ranks the order, ascending; `at` the index where it is crowded.
 * @returns the ranks that change, `ranks[from]` and on.
 */
export function relieve(ranks: readonly string[], at: number): { from: number; ranks: string[] } {
  for (let reach = 8; ; reach *= 2) {
    const from = Math.max(0, at - reach);
    const to = Math.min(ranks.length, at + reach + 1);
    const all = from === 0 && to === ranks.length;
    const fresh = spread(from === 0 ? null : ranks[from - 1]!, ranks[to] ?? null, to - from);
    if (all || fresh.every((each) => each.length <= SHORT_RANK)) return { from, ranks: fresh };
  }
}
