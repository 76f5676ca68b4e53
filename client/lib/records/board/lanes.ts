/** A board's lanes from a type's declaration, and the cards in them. */
import type { RecordType, Tone, ViewDeclaration } from '#shared/kernel/declare.ts';
import type { Place } from '#lib/live/commands.ts';
import type { Shown } from '#lib/live/overlay.ts';

export type BoardView = Extract<ViewDeclaration, { kind: 'board' }>;

export interface LaneDeclaration {
  key: string;
  label: string;
  tone: Tone | undefined;
  /** What lies here is finished: its dates no longer press. */
  closed: boolean;
}

export interface Lane extends LaneDeclaration {
  cards: Shown[];
}

export const boardView = (type: RecordType): BoardView | undefined =>
  type.views.find((each): each is BoardView => each.kind === 'board');

export const laneDeclarations = (type: RecordType): LaneDeclaration[] =>
  (type.lifecycle?.states ?? []).map(({ key, label, tone, category }) => ({
    key,
    label,
    tone,
    closed: category === 'done' || category === 'lost'
  }));

/** Shares the cards out. One in a state that is no longer declared lies in the first lane rather than nowhere. */
export function lanesOf(declared: readonly LaneDeclaration[], shown: readonly Shown[]): Lane[] {
  const lanes = declared.map((each) => ({ ...each, cards: [] as Shown[] }));
  const byKey = new Map(lanes.map((each) => [each.key, each]));
  for (const each of shown) (byKey.get(each.row.state ?? '') ?? lanes[0])?.cards.push(each);
  return lanes;
}

/** Where a card is among the cards: its lane, and the card it lies after. */
export interface Spot {
  lane: string;
  /** Null at the top. A card rather than a number: it still says the same when others add and take away. */
  after: string | null;
}

export function spotOf(lanes: readonly Lane[], id: string): (Spot & { index: number }) | null {
  for (const lane of lanes) {
    const index = lane.cards.findIndex((each) => each.row.id === id);
    if (index >= 0) return { lane: lane.key, after: lane.cards[index - 1]?.row.id ?? null, index };
  }
  return null;
}

/** The spot at a position of a lane, the card itself not counted. */
export function spotAt(lane: Lane, index: number, without?: string): Spot {
  const others = lane.cards.filter((each) => each.row.id !== without);
  const at = Math.max(0, Math.min(index, others.length));
  return { lane: lane.key, after: others[at - 1]?.row.id ?? null };
}

/** The neighbours that name a spot to the server. */
export function placeOf(lanes: readonly Lane[], spot: Spot, id: string): Place {
  const others = (lanes.find((each) => each.key === spot.lane)?.cards ?? []).filter(
    (each) => each.row.id !== id
  );
  const after = spot.after === null ? -1 : others.findIndex((each) => each.row.id === spot.after);
  if (spot.after !== null && after < 0) return { after: spot.after };
  const before = others[after + 1]?.row.id;
  return {
    ...(after >= 0 && { after: others[after]!.row.id }),
    ...(before !== undefined && { before })
  };
}

/** The lanes as they would be with a card in a spot. Where the spot's card has gone, it lies at the end. */
export function withCardAt(lanes: readonly Lane[], id: string, spot: Spot): Lane[] {
  const card = lanes.flatMap((each) => each.cards).find((each) => each.row.id === id);
  if (!card) return [...lanes];
  return lanes.map((lane) => {
    const others = lane.cards.filter((each) => each.row.id !== id);
    if (lane.key !== spot.lane)
      return others.length === lane.cards.length ? lane : { ...lane, cards: others };
    const after = others.findIndex((each) => each.row.id === spot.after);
    const at = spot.after === null ? 0 : after < 0 ? others.length : after + 1;
    return { ...lane, cards: [...others.slice(0, at), card, ...others.slice(at)] };
  });
}
