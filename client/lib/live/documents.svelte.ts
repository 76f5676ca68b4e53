/* eslint-disable svelte/prefer-svelte-reactivity -- the plain maps and sets here are bookkeeping no screen reads */
/** The documents open in this tab, each once however many parts of the screen show it, over one socket. */
import { HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { SvelteMap } from 'svelte/reactivity';
import { OpenDocument, type DocumentDeps } from './open-document.svelte.ts';

/** How long a document stays open after the last one who showed it: going to the next card and back costs nothing. */
const LINGER_MS = 4000;

interface Entry {
  document: OpenDocument;
  users: number;
  linger?: ReturnType<typeof setTimeout>;
}

export class Documents {
  readonly #open = new SvelteMap<string, Entry>();
  readonly #deps: Omit<DocumentDeps, 'websocket' | 'ready'>;
  readonly #ready: (name: string) => Promise<void>;
  readonly #onWanted: (wanted: boolean) => void;
  readonly websocket: HocuspocusProviderWebsocket;
  /** Documents with edits in this device's memory that the server has not confirmed and that aren't open here. */
  unopened = $state(0);
  #settling = false;

  /** How many open documents hold unconfirmed edits. */
  readonly edits = $derived([...this.#open.values()].filter((each) => each.document.unsynced).length);

  constructor(
    deps: Omit<DocumentDeps, 'websocket' | 'ready'>,
    options: {
      url: string;
      ready: (name: string) => Promise<void>;
      onStatus: (connected: boolean) => void;
      onWanted: (wanted: boolean) => void;
    }
  ) {
    this.#deps = deps;
    this.#ready = options.ready;
    this.#onWanted = options.onWanted;
    this.websocket = new HocuspocusProviderWebsocket({
      url: options.url,
      autoConnect: false,
      delay: 500,
      minDelay: 300,
      maxDelay: 8000,
      onStatus: ({ status }) => options.onStatus(status === 'connected')
    });
  }

  /** Opens a document; `close` it as often as you opened it. */
  open(name: string): OpenDocument {
    let entry = this.#open.get(name);
    if (!entry) {
      const document = new OpenDocument(name, {
        ...this.#deps,
        websocket: this.websocket,
        ready: () => this.#ready(name)
      });
      entry = { document, users: 0 };
      this.#open.set(name, entry);
      if (this.#open.size === 1) {
        this.#onWanted(true);
        void this.websocket.connect();
      }
    }
    clearTimeout(entry.linger);
    entry.users++;
    return entry.document;
  }

  close(name: string): void {
    const entry = this.#open.get(name);
    if (!entry || --entry.users > 0) return;
    entry.linger = setTimeout(() => this.#letGo(name, entry), LINGER_MS);
  }

  #letGo(name: string, entry: Entry): void {
    if (entry.users > 0 || this.#open.get(name) !== entry) return;
    // Edits that wait for their confirmation keep the line open.
    if (entry.document.dirty && this.websocket.status === 'connected' && !entry.document.closed) {
      entry.linger = setTimeout(() => this.#letGo(name, entry), LINGER_MS);
      return;
    }
    this.#open.delete(name);
    void entry.document.end().then(() => this.count());
    if (this.#open.size === 0) {
      this.#onWanted(false);
      this.disconnect();
    }
  }

  /** Counts what this device holds unconfirmed beside the open documents. */
  async count(): Promise<string[]> {
    const marks = await this.#deps.store?.getAll('dirty').catch(() => []);
    const names = new Set((marks ?? []).map((each) => each.document));
    for (const name of this.#open.keys()) names.delete(name);
    this.unopened = names.size;
    return [...names];
  }

  /**
   * Sends what an earlier visit left unconfirmed: opens those documents one after the other until the server has
   * confirmed them. Called whenever the server is reached.
   */
  async settle(): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    try {
      for (const name of await this.count()) {
        const document = this.open(name);
        await until(() => (document.synced && !document.dirty) || document.closed !== null, 10_000);
        this.close(name);
      }
    } finally {
      this.#settling = false;
      await this.count();
    }
  }

  connect(): void {
    if (this.#open.size > 0) void this.websocket.connect();
  }

  /** Closes the socket at once, without waiting for the answer of a server that can't be reached. */
  disconnect(): void {
    this.websocket.shouldConnect = false;
    this.websocket.cancelWebsocketRetry?.();
    this.websocket.cancelWebsocketRetry = undefined;
    if (!this.websocket.webSocket) return;
    const emitter = this.websocket as unknown as { emit(event: 'close', payload: unknown): void };
    emitter.emit('close', { event: { code: 4408, reason: 'offline' } });
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#open.values()].map(({ document, linger }) => (clearTimeout(linger), document.end()))
    );
    this.#open.clear();
    this.websocket.destroy();
  }
}

async function until(done: () => boolean, limit: number): Promise<void> {
  for (let waited = 0; waited < limit && !done(); waited += 50)
    await new Promise((next) => setTimeout(next, 50));
}
