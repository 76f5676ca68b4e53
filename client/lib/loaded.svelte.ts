import { untrack } from 'svelte';
import { wordsOf } from './api/request.ts';
import { reach } from './reach.svelte.ts';

/**
 * Something asked of the server: what came, why it didn't, and asking again without losing what is shown. What failed
 * is asked for again once the server is reached. Make it while a component is made.
 */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  failure = $state('');
  readonly #get: () => Promise<T>;

  constructor(get: () => Promise<T>) {
    this.#get = get;
    void this.again();
    $effect(() => {
      if (!reach.away) untrack(() => this.failure && void this.again());
    });
  }

  async again(): Promise<void> {
    try {
      this.value = await this.#get();
      this.failure = '';
    } catch (error) {
      this.failure = wordsOf(error);
    }
  }
}
