/**
 * Whether the server is reached. The browser's own "offline" is a hint and no more: a server on the same machine is
 * reached without any network, so the hint is checked before sockets are dropped for it.
 */
export class Connection {
  /** The feed's socket is open. */
  feed = $state(false);
  /** The documents' socket is open. */
  documents = $state(false);
  /** Documents are open, so that their socket matters. */
  wanted = $state(false);
  /** The first moments: not reached yet, but no reason to worry. */
  starting = $state(true);
  readonly connected = $derived(this.feed && (this.documents || !this.wanted));

  readonly #drop: () => void;
  readonly #retry: () => void;
  readonly #probe: () => Promise<boolean>;
  readonly #ac = new AbortController();

  constructor(options: {
    /** Close the sockets now. */
    drop: () => void;
    /** Try to open them now. */
    retry: () => void;
    probe?: () => Promise<boolean>;
  }) {
    this.#drop = options.drop;
    this.#retry = options.retry;
    this.#probe = options.probe ?? reached;
    if (typeof window === 'undefined') return;
    const signal = this.#ac.signal;
    window.addEventListener('offline', () => void this.#doubt(), { signal });
    window.addEventListener('online', () => this.#retry(), { signal });
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && !this.connected && this.#retry(),
      { signal }
    );
    setTimeout(() => (this.starting = false), navigator.onLine ? 4000 : 600);
  }

  /** Tries to reach the server now. */
  retry(): void {
    this.#retry();
  }

  async #doubt(): Promise<void> {
    if (await this.#probe()) return;
    this.starting = false;
    this.#drop();
  }

  stop(): void {
    this.#ac.abort();
  }
}

async function reached(): Promise<boolean> {
  try {
    return (await fetch('/api/v1/health', { signal: AbortSignal.timeout(3000), cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
