/** One after another, by key: whoever holds a key's lock is alone with it in this process. */
export class Locks {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `act` once everyone who asked for the key before is done. A failure of theirs doesn't matter. */
  async run<Result>(key: string, act: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const mine = before.then(act);
    const tail = mine.then(
      () => {},
      () => {}
    );
    this.#tails.set(key, tail);
    try {
      return await mine;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** Keys somebody holds or waits for. */
  get size(): number {
    return this.#tails.size;
  }
}
