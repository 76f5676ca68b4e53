/** How long a socket may take to open before that is news, on a slow line. */
const PATIENCE_MS = 4000;

/**
 * Whether the server is reached. The browser's own "offline" is a hint and no more: a server on the same machine is
 * reached without any network, so the hint is checked before sockets are dropped for it.
 */
export class Connection {
  /** The feed's socket is open. */
  feed = $state(false);
  /** The documents' socket: open, on its way since the first document was opened, or not needed. */
  #documents = $state<'open' | 'opening' | 'unwanted' | 'closed'>('unwanted');
  /** The first moments: not reached yet, but no reason to worry. */
  starting = $state(true);
  readonly connected = $derived(this.feed && this.#documents !== 'closed');

  readonly #drop: () => void;
  readonly #retry: () => void;
  readonly #probe: () => Promise<boolean>;
  readonly #ac = new AbortController();
  #patience: ReturnType<typeof setTimeout> | undefined;

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
    setTimeout(() => (this.starting = false), navigator.onLine ? PATIENCE_MS : 600);
  }

  /** Documents are open, so that their socket matters; or none is any more. */
  want(wanted: boolean): void {
    clearTimeout(this.#patience);
    this.#documents = wanted ? 'opening' : 'unwanted';
    if (wanted) this.#patience = setTimeout(() => (this.#documents = 'closed'), PATIENCE_MS);
  }

  /** The documents' socket opened or closed. */
  reachedDocuments(open: boolean): void {
    if (this.#documents === 'unwanted' || (this.#documents === 'opening' && !open)) return;
    clearTimeout(this.#patience);
    this.#documents = open ? 'open' : 'closed';
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
    clearTimeout(this.#patience);
  }
}

async function reached(): Promise<boolean> {
  try {
    return (await fetch('/api/v1/health', { signal: AbortSignal.timeout(3000), cache: 'no-store' })).ok;
  } catch {
    return false;
  }
}
