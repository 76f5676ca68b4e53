/**
 * Whether the server answers, as the last request found it. While it doesn't, it is asked again every few seconds and
 * whenever the browser says the network is back.
 */
const AGAIN_MS = 5000;

class Reach {
  away = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    if (typeof window !== 'undefined') addEventListener('online', () => this.away && void this.#probe());
  }

  /** Any answer at all: the server is there. */
  heard(): void {
    this.away = false;
    clearTimeout(this.#timer);
  }

  missed(): void {
    this.away = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#probe(), AGAIN_MS);
  }

  async #probe(): Promise<void> {
    try {
      await fetch('/api/v1/health', { cache: 'no-store', signal: AbortSignal.timeout(AGAIN_MS) });
      this.heard();
    } catch {
      this.missed();
    }
  }
}

export const reach = new Reach();
