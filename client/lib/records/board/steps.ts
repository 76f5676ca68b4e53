/** What arrow keys do on a board: where the focus goes, and where a card goes. */
import { spotAt, spotOf, type Lane, type Spot } from './lanes.ts';

export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';
export const isArrow = (key: string): key is Arrow =>
  key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';

/** The card the focus goes to; empty lanes are passed over. Null where there is none that way. */
export function nextFocus(lanes: readonly Lane[], id: string, arrow: Arrow): string | null {
  const at = spotOf(lanes, id);
  if (!at) return null;
  const lane = lanes.findIndex((each) => each.key === at.lane);
  if (arrow === 'ArrowUp') return lanes[lane]!.cards[at.index - 1]?.row.id ?? null;
  if (arrow === 'ArrowDown') return lanes[lane]!.cards[at.index + 1]?.row.id ?? null;
  const step = arrow === 'ArrowLeft' ? -1 : 1;
  for (let next = lane + step; lanes[next]; next += step) {
    const { cards } = lanes[next]!;
    if (cards.length > 0) return cards[Math.min(at.index, cards.length - 1)]!.row.id;
  }
  return null;
}

/** The spot one step away; to the side it keeps its height as far as the lane is filled. Null at the edge. */
export function nextSpot(lanes: readonly Lane[], id: string, arrow: Arrow): Spot | null {
  const at = spotOf(lanes, id);
  if (!at) return null;
  const lane = lanes.findIndex((each) => each.key === at.lane);
  if (arrow === 'ArrowUp' || arrow === 'ArrowDown') {
    const index = at.index + (arrow === 'ArrowUp' ? -1 : 1);
    return index < 0 || index >= lanes[lane]!.cards.length ? null : spotAt(lanes[lane]!, index, id);
  }
  const next = lanes[lane + (arrow === 'ArrowLeft' ? -1 : 1)];
  return next ? spotAt(next, at.index, id) : null;
}

/** Where the focus goes when a card leaves: to the next in its lane, else the one before it. */
export function focusAfter(lanes: readonly Lane[], id: string): string | null {
  return (
    nextFocus(lanes, id, 'ArrowDown') ?? nextFocus(lanes, id, 'ArrowUp') ?? nextFocus(lanes, id, 'ArrowRight')
  );
}
