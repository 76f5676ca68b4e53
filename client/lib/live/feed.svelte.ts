/* eslint-disable svelte/prefer-svelte-reactivity -- the plain maps and sets here are bookkeeping no screen reads */
/** Live lists over socket.io's `/feed`: rows that follow what everybody does, and resume where they were. */
import { io, type Socket } from 'socket.io-client';
import type { Filter } from '#shared/kernel/filter.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import {
  FEED_VERSION,
  type FeedNotice,
  type FeedRequest,
  type PresentPerson,
  type SubscribeAnswer
} from '#shared/protocol/feed.ts';
import { emptyList, onAnswer, onChanges, type ListState } from './list-state.ts';
import type { KeptList, LiveStore } from './store.ts';

const ANSWER_LIMIT_MS = 15_000;
const KEEP_AFTER_MS = 400;
const LINGER_MS = 5000;
const COME_BACK_MS = 5000;
/** Lists nobody looked at for a month are forgotten. */
const FORGET_AFTER_MS = 30 * 24 * 3600_000;

type Answer = { ok: true } | { ok: false; problem: Problem };

let made = 0;

/** One followed list. */
export class LiveList {
  readonly key: string;
  /** What this list is called between this tab and the server. */
  readonly name = `list-${++made}`;
  readonly type: string;
  readonly filter: Filter | undefined;
  #state: ListState = $state.raw(emptyList);
  /** The list is up to date and stays so. */
  live = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** @internal */ users = 0;
  /** @internal */ linger: ReturnType<typeof setTimeout> | undefined;

  constructor(key: string, type: string, filter: Filter | undefined) {
    this.key = key;
    this.type = type;
    this.filter = filter;
  }

  // Getters rather than $derived: those would end with the screen that followed the list first, and others go on.
  get rows(): ListState['rows'] {
    return this.#state.rows;
  }
  get position(): number | null {
    return this.#state.position;
  }
  get more(): boolean {
    return this.#state.more;
  }
  /** There is something to show, from the server or from this device. */
  get known(): boolean {
    return this.#state.position !== null;
  }

  get state(): ListState {
    return this.#state;
  }
  set state(next: ListState) {
    this.#state = next;
  }
}

export const listKey = (type: string, filter: Filter | undefined): string =>
  `${type}?${filter ? JSON.stringify(filter) : ''}`;

export class Feed {
  readonly #socket: Socket;
  readonly #store: LiveStore | null;
  readonly #lists = new Map<string, LiveList>();
  readonly #writes = new Map<string, ReturnType<typeof setTimeout>>();
  #back: ReturnType<typeof setTimeout> | undefined;
  #place: string | null = null;
  #focus: string | null = null;
  /** Everybody at the place this tab is at, this tab included. */
  people = $state.raw<PresentPerson[]>([]);
  /** This tab's name in `people`. */
  tab = $state<string | null>(null);
  readonly #onConnected: (connected: boolean) => void;
  readonly #onTold: () => void;

  constructor(options: {
    store: LiveStore | null;
    onConnected: (connected: boolean) => void;
    onStorage: (ok: boolean) => void;
    /** The server wouldn't have this connection: the session may be over. */
    onRefused: () => void;
    /** A list has been told more. */
    onTold: () => void;
    socket?: Socket;
  }) {
    this.#store = options.store;
    this.#onConnected = options.onConnected;
    this.#onTold = options.onTold;
    this.#socket =
      options.socket ??
      io('/feed', {
        autoConnect: false,
        withCredentials: true,
        transports: ['websocket'],
        reconnectionDelay: 400,
        reconnectionDelayMax: 8000
      });
    this.#socket.on('connect', () => {
      this.tab = this.#socket.id ?? null;
      this.#onConnected(true);
      for (const list of this.#lists.values()) void this.#subscribe(list);
      if (this.#place)
        void this.#say({ v: FEED_VERSION, kind: 'presence', place: this.#place, focus: this.#focus });
    });
    this.#socket.on('disconnect', (reason) => {
      this.#onConnected(false);
      // Closed by the server on purpose: socket.io leaves it to us to come back.
      if (reason === 'io server disconnect') this.#comeBack(options.onRefused);
      this.people = [];
      for (const list of this.#lists.values()) list.live = false;
    });
    this.#socket.on('connect_error', () => {
      this.#onConnected(false);
      // A refusal, as opposed to a server that isn't there: socket.io doesn't try again by itself then.
      if (!this.#socket.active) this.#comeBack(options.onRefused);
    });
    this.#socket.on('message', (notice: FeedNotice) => this.#hear(notice, options.onStorage));
    if (typeof window !== 'undefined') window.addEventListener('pagehide', this.#onHide);
    void this.#forgetOld();
  }

  #comeBack(onRefused: () => void): void {
    onRefused();
    clearTimeout(this.#back);
    this.#back = setTimeout(() => this.#socket.connect(), COME_BACK_MS);
  }

  readonly #onHide = () => this.#flush();

  connect(): void {
    this.#socket.connect();
  }

  /** Closes at once; `connect` opens again. */
  disconnect(): void {
    clearTimeout(this.#back);
    this.#socket.disconnect();
  }

  /** Follows a list; `leave` it as often as you followed it. */
  follow(type: string, filter?: Filter): LiveList {
    const key = listKey(type, filter);
    let list = this.#lists.get(key);
    if (!list) {
      list = new LiveList(key, type, filter);
      this.#lists.set(key, list);
      void this.#begin(list);
    }
    clearTimeout(list.linger);
    list.users++;
    return list;
  }

  leave(list: LiveList): void {
    if (--list.users > 0) return;
    list.linger = setTimeout(() => {
      if (list.users > 0) return;
      this.#lists.delete(list.key);
      this.#write(list);
      if (this.#socket.connected)
        void this.#say({ v: FEED_VERSION, kind: 'unsubscribe', subscription: list.name });
    }, LINGER_MS);
  }

  /** The lists of a type that are followed now. */
  listsOf(type: string): LiveList[] {
    return [...this.#lists.values()].filter((each) => each.type === type);
  }

  /** Says where this tab is and what it looks at there. */
  at(place: string | null, focus: string | null = null): void {
    if (place === this.#place && focus === this.#focus) return;
    if (place !== this.#place) this.people = [];
    this.#place = place;
    this.#focus = focus;
    if (this.#socket.connected) void this.#say({ v: FEED_VERSION, kind: 'presence', place, focus });
  }

  async #begin(list: LiveList): Promise<void> {
    const kept: KeptList | undefined = await this.#store?.get('lists', list.key).catch(() => undefined);
    if (kept && !list.known) {
      list.state = {
        rows: new Map(kept.rows.map((row) => [row.id, row])),
        position: kept.position,
        more: kept.more
      };
    }
    if (this.#socket.connected) await this.#subscribe(list);
  }

  async #subscribe(list: LiveList): Promise<void> {
    const ask = (since: number | null) =>
      this.#ask<SubscribeAnswer>({
        v: FEED_VERSION,
        kind: 'subscribe',
        subscription: list.name,
        type: list.type,
        ...(list.filter && { filter: list.filter }),
        ...(since !== null && { since })
      });
    try {
      // A list that was cut must be asked for as a whole: what follows the cut is told to nobody.
      let answer = await ask(list.state.more ? null : list.position);
      if (answer.ok && 'reset' in answer) answer = await ask(null);
      if (!answer.ok) {
        list.problem = answer.problem;
        return;
      }
      const next = onAnswer(list.state, answer);
      if (!next) return;
      list.state = next;
      list.problem = null;
      list.live = true;
      this.#changed(list);
    } catch {
      // No answer in time: the next connection asks again.
    }
  }

  #hear(notice: FeedNotice, onStorage: (ok: boolean) => void): void {
    switch (notice.kind) {
      case 'changes': {
        const list = this.#named(notice.subscription);
        if (!list) return;
        list.state = onChanges(list.state, notice.position, notice.changes);
        return this.#changed(list);
      }
      case 'reset': {
        const list = this.#named(notice.subscription);
        if (!list) return;
        list.live = false;
        return void this.#subscribe(list);
      }
      case 'presence':
        if (notice.place === this.#place) this.people = notice.people;
        return;
      case 'storage':
        return onStorage(notice.ok);
    }
  }

  #named(name: string): LiveList | undefined {
    return [...this.#lists.values()].find((each) => each.name === name);
  }

  #changed(list: LiveList): void {
    this.#onTold();
    if (!this.#store || this.#writes.has(list.key)) return;
    this.#writes.set(
      list.key,
      setTimeout(() => this.#write(list), KEEP_AFTER_MS)
    );
  }

  #write(list: LiveList): void {
    clearTimeout(this.#writes.get(list.key));
    this.#writes.delete(list.key);
    const { rows, position, more } = list.state;
    if (position === null) return;
    void this.#store
      ?.put('lists', { key: list.key, position, rows: [...rows.values()], more, at: Date.now() })
      .catch(() => {});
  }

  #flush(): void {
    for (const key of [...this.#writes.keys()]) {
      const list = this.#lists.get(key);
      if (list) this.#write(list);
    }
  }

  async #forgetOld(): Promise<void> {
    const lists = await this.#store?.getAll('lists').catch(() => []);
    for (const each of lists ?? []) {
      if (each.at < Date.now() - FORGET_AFTER_MS)
        await this.#store?.delete('lists', each.key).catch(() => {});
    }
  }

  #ask<T>(request: FeedRequest): Promise<T> {
    return this.#socket.timeout(ANSWER_LIMIT_MS).emitWithAck('message', request) as Promise<T>;
  }

  async #say(request: FeedRequest): Promise<void> {
    await this.#ask<Answer>(request).catch(() => {});
  }

  end(): void {
    clearTimeout(this.#back);
    this.#flush();
    if (typeof window !== 'undefined') window.removeEventListener('pagehide', this.#onHide);
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }
}

/** The row of an id in any of the followed lists of its type. */
export function rowIn(lists: readonly LiveList[], id: string): Row | undefined {
  for (const list of lists) {
    const row = list.rows.get(id);
    if (row) return row;
  }
  return undefined;
}
