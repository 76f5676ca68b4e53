/** Whether there is something to take back, or to do again, in an open document: for buttons. */
import { createSubscriber } from 'svelte/reactivity';
import type { Life } from '#lib/live/open-document.svelte.ts';

export class UndoSteps {
  readonly #life: Life;
  readonly #follow: () => void;

  constructor(life: Life) {
    this.#life = life;
    const events = ['stack-item-added', 'stack-item-popped', 'stack-cleared'] as const;
    this.#follow = createSubscriber((update) => {
      for (const each of events) life.undo.on(each, update);
      return () => {
        for (const each of events) life.undo.off(each, update);
      };
    });
  }

  get undo(): boolean {
    this.#follow();
    return this.#life.undo.undoStack.length > 0;
  }

  get redo(): boolean {
    this.#follow();
    return this.#life.undo.redoStack.length > 0;
  }
}
