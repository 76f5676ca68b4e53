/** Where a dragged card would go: geometry only, in the coordinates of a lane's list. */
export interface Box {
  id: string;
  top: number;
  height: number;
}

/**
 * The position among the other cards: after all whose middle lies above the dragged card's. The gap that travels with it
 * makes this steady: a card that has just been passed lies a card's height further away.
 */
export function slotAt(cards: readonly Box[], middle: number): number {
  let slot = 0;
  while (slot < cards.length && cards[slot]!.top + cards[slot]!.height / 2 < middle) slot++;
  return slot;
}

/** How fast to scroll near an edge, in pixels a frame: the nearer, the faster. Negative is back. */
export function scrollSpeed(position: number, start: number, end: number, reach = 56, fastest = 16): number {
  if (position < start + reach)
    return -Math.ceil((fastest * Math.min(reach, start + reach - position)) / reach);
  if (position > end - reach) return Math.ceil((fastest * Math.min(reach, position - (end - reach))) / reach);
  return 0;
}
