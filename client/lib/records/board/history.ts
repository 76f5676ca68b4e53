/**
 * A person's own undo on a board. Only what they did is on the stack, and undoing is a command of its own that the server
 * judges like any other: what others did meanwhile stays as it is.
 */
import type { Command } from '#lib/live/commands.ts';

export interface Step {
  /** What was done, as a heading: "Move “Fix the door”". */
  label: string;
  again: Command[];
  back: Command[];
}

const LONGEST = 100;

export class History {
  #done: Step[] = [];
  #undone: Step[] = [];

  did(step: Step): void {
    this.#done = [...this.#done.slice(1 - LONGEST), step];
    this.#undone = [];
  }

  /** The step to take back now, or null. */
  undo(): Step | null {
    const step = this.#done.pop() ?? null;
    if (step) this.#undone.push(step);
    return step;
  }

  redo(): Step | null {
    const step = this.#undone.pop() ?? null;
    if (step) this.#done.push(step);
    return step;
  }

  /** What became of a step by itself (its message's own undo): it is not taken back twice. */
  drop(step: Step): void {
    this.#done = this.#done.filter((each) => each !== step);
  }
}
