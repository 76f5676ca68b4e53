/**
 * Taking a card by mouse, pen or finger. A finger holds still for a moment first, so that swiping still scrolls. What is
 * being taken is known by its id and the card it would lie after, so the board may change underneath at any time.
 */
import { slotAt, scrollSpeed } from './slots.ts';

const MOUSE_SLOP = 5;
const TOUCH_SLOP = 9;
const HOLD_MS = 220;

export interface Ghost {
  left: number;
  top: number;
  width: number;
}

export interface Taken {
  id: string;
  ghost: Ghost;
}

interface Options {
  board: () => HTMLElement | null;
  /** May this card be taken? */
  may: (id: string) => boolean;
  onTake: (id: string) => void;
  /** Over which lane, and at which position among its other cards. */
  onAim: (id: string, lane: string, index: number) => void;
  onDrop: (taken: Taken) => void;
  onCancel: () => void;
}

export class Drag {
  taken = $state.raw<Taken | null>(null);
  readonly #options: Options;
  #watch: AbortController | null = null;
  #frame = 0;
  #pointer = { x: 0, y: 0 };
  #lane = '';
  #grip = { x: 0, y: 0, width: 0, height: 0 };

  constructor(options: Options) {
    this.#options = options;
  }

  /** A pointer went down on a card. */
  press(event: PointerEvent, id: string): void {
    if (event.button !== 0 || this.#watch || !this.#options.may(id)) return;
    const card = (event.currentTarget as HTMLElement).closest<HTMLElement>('[data-card]')!;
    const start = { x: event.clientX, y: event.clientY };
    const touch = event.pointerType === 'touch';
    const watch = new AbortController();
    this.#watch = watch;
    const { signal } = watch;
    this.#pointer = start;
    const box = card.getBoundingClientRect();
    this.#grip = { x: start.x - box.left, y: start.y - box.top, width: box.width, height: box.height };

    const take = () => {
      if (this.taken || signal.aborted) return;
      this.taken = { id, ghost: this.#ghost() };
      this.#lane = card.closest<HTMLElement>('[data-lane]')!.dataset.lane!;
      this.#options.onTake(id);
      // The card's element may be another one in another lane soon: what happens to the pointer is heard at the board.
      this.#options.board()?.setPointerCapture(event.pointerId);
      if (touch) navigator.vibrate?.(12);
      window.getSelection()?.removeAllRanges();
      this.#frame = requestAnimationFrame(this.#tick);
    };
    // Touches stay with the element they began on, in the page or not: only there can scrolling be held back.
    event.target?.addEventListener(
      'touchmove',
      (move) => this.taken && move.cancelable && move.preventDefault(),
      {
        passive: false,
        signal
      }
    );
    const hold = touch ? setTimeout(take, HOLD_MS) : undefined;
    signal.addEventListener('abort', () => clearTimeout(hold));

    window.addEventListener(
      'pointermove',
      (move) => {
        if (move.pointerId !== event.pointerId) return;
        this.#pointer = { x: move.clientX, y: move.clientY };
        const far = Math.hypot(move.clientX - start.x, move.clientY - start.y);
        if (this.taken) this.#aim();
        else if (!touch && far > MOUSE_SLOP) take();
        else if (touch && far > TOUCH_SLOP) this.#stop();
      },
      { signal }
    );
    window.addEventListener('pointerup', (up) => up.pointerId === event.pointerId && this.#drop(), {
      signal
    });
    window.addEventListener('pointercancel', () => this.cancel(), { signal });
    window.addEventListener('blur', () => this.cancel(), { signal });
    window.addEventListener('contextmenu', (menu) => (this.taken || touch) && menu.preventDefault(), {
      signal
    });
    window.addEventListener(
      'keydown',
      (key) => {
        if (key.key !== 'Escape' || !this.taken) return;
        key.preventDefault();
        key.stopPropagation();
        this.cancel();
      },
      { signal, capture: true }
    );
  }

  cancel(): void {
    const was = this.taken;
    this.taken = null;
    this.#stop();
    if (was) this.#options.onCancel();
  }

  #drop(): void {
    const { taken } = this;
    this.taken = null;
    this.#stop();
    if (!taken) return;
    // The click that ends a drag is not a click on the card.
    const swallow = (click: MouseEvent) => {
      click.preventDefault();
      click.stopPropagation();
    };
    window.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
    this.#options.onDrop(taken);
  }

  #stop(): void {
    this.#watch?.abort();
    this.#watch = null;
    cancelAnimationFrame(this.#frame);
  }

  #ghost(): Ghost {
    return {
      left: this.#pointer.x - this.#grip.x,
      top: this.#pointer.y - this.#grip.y,
      width: this.#grip.width
    };
  }

  /** Finds the slot under the card in hand. Goes by the layout, not by cards still gliding to their places. */
  #aim(): void {
    const board = this.#options.board();
    const { taken } = this;
    if (!board || !taken) return;
    const lanes = [...board.querySelectorAll<HTMLElement>('[data-lane]')];
    const { x, y } = this.#pointer;
    const distance = (lane: HTMLElement) => {
      const { left, right } = lane.getBoundingClientRect();
      return x < left ? left - x : x > right ? x - right : 0;
    };
    const lane = lanes.reduce((best, each) => (distance(each) < distance(best) ? each : best), lanes[0]!);
    const list = lane.querySelector<HTMLElement>('[data-cards]')!;
    const cards = [...list.querySelectorAll<HTMLElement>('[data-card]')]
      .filter((each) => each.dataset.card !== taken.id)
      .map((each) => ({ id: each.dataset.card!, top: each.offsetTop, height: each.offsetHeight }));
    const middle =
      y - this.#grip.y + this.#grip.height / 2 - list.getBoundingClientRect().top + list.scrollTop;
    this.taken = { id: taken.id, ghost: this.#ghost() };
    this.#lane = lane.dataset.lane!;
    this.#options.onAim(taken.id, this.#lane, slotAt(cards, middle));
  }

  readonly #tick = () => {
    const board = this.#options.board();
    if (!this.taken || !board) return;
    const { x, y } = this.#pointer;
    const frame = board.getBoundingClientRect();
    const across = scrollSpeed(x, frame.left, frame.right);
    const list = board.querySelector<HTMLElement>(`[data-lane="${this.#lane}"] [data-cards]`);
    const inner = list?.getBoundingClientRect();
    const along = inner ? scrollSpeed(y, inner.top, inner.bottom) : 0;
    if (across !== 0) board.scrollLeft += across;
    if (along !== 0 && list) list.scrollTop += along;
    if (across !== 0 || along !== 0) this.#aim();
    this.#frame = requestAnimationFrame(this.#tick);
  };
}
