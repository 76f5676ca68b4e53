/** Cards glide to where they now belong, across lanes too, whoever moved them. */

const still = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

interface Spot {
  left: number;
  top: number;
}

export class Flip {
  #before = new Map<string, Spot>();

  /** Call before the screen changes. */
  measure(root: HTMLElement): void {
    if (still()) return;
    for (const card of root.querySelectorAll<HTMLElement>('[data-card]')) {
      const { left, top } = card.getBoundingClientRect();
      if (!this.#before.has(card.dataset.card!)) this.#before.set(card.dataset.card!, { left, top });
    }
  }

  /** A card comes from elsewhere than where it was drawn: out of somebody's hand. */
  from(id: string, spot: Spot): void {
    if (!still()) this.#before.set(id, spot);
  }

  /** Call after it has changed. What is out of sight before and after doesn't move. */
  play(root: HTMLElement): void {
    if (this.#before.size === 0) return;
    const view = root.getBoundingClientRect();
    const inSight = ({ left, top }: Spot) =>
      left > view.left - 400 && left < view.right && top > view.top - 200 && top < view.bottom;
    const moves: Array<{ card: HTMLElement; dx: number; dy: number }> = [];
    for (const card of root.querySelectorAll<HTMLElement>('[data-card]')) {
      const before = this.#before.get(card.dataset.card!);
      if (!before) continue;
      const now = card.getBoundingClientRect();
      const dx = before.left - now.left;
      const dy = before.top - now.top;
      if (Math.abs(dx) + Math.abs(dy) < 1 || !(inSight(before) || inSight(now))) continue;
      moves.push({ card, dx, dy });
    }
    this.#before.clear();
    for (const { card, dx, dy } of moves) {
      const across = Math.abs(dx) > 40;
      card.animate(
        [
          { transform: `translate(${dx}px, ${dy}px)`, ...(across && { zIndex: 3 }) },
          { transform: 'none', ...(across && { zIndex: 3 }) }
        ],
        { duration: across ? 320 : 220, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)' }
      );
    }
  }
}
