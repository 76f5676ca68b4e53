import { wordsOf } from './api/request.ts';

/** Something asked of the server: what came, why it didn't, and asking again without losing what is shown. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  failure = $state('');
  readonly #get: () => Promise<T>;

  constructor(get: () => Promise<T>) {
    this.#get = get;
    void this.again();
  }

  async again(): Promise<void> {
    this.failure = '';
    try {
      this.value = await this.#get();
    } catch (error) {
      this.failure = wordsOf(error);
    }
  }
}
