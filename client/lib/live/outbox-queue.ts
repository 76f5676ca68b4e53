/**
 * Commands that wait for the server: in order for each record, each carried out once, kept until answered.
 *
 * Knows no browser: where it keeps things, how it sends and how it waits are given to it.
 */
import type { Row } from '#shared/kernel/row.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import { neighbours, type Command, type Pending } from './commands.ts';

export type SendResult =
  | { kind: 'done'; position: number; row?: Row }
  /** The server said no; asking again as it is would be no use. */
  | { kind: 'refused'; problem: Problem }
  /** Not reached, overloaded or broken: try again, not before `afterMs` where it said so. */
  | { kind: 'later'; afterMs?: number }
  /** The session is over: nothing is sent until someone signed in again. */
  | { kind: 'signedOut' };

export interface Shelf {
  all(): Promise<Pending[]>;
  put(pending: Pending): Promise<void>;
  delete(id: string): Promise<void>;
}

export interface QueueDeps {
  shelf: Shelf;
  send: (pending: Pending) => Promise<SendResult>;
  now: () => number;
  /** Calls back after a while; answers how to call that off. */
  after: (ms: number, then: () => void) => () => void;
  newId: () => string;
  random?: () => number;
  onChange?: (items: readonly Pending[]) => void;
  onRefused?: (pending: Pending) => void;
  onDone?: (pending: Pending, row: Row | undefined) => void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** How long an answered command is kept, so that lists that lag behind it don't flicker. */
const KEEP_ANSWERED_MS = 60_000;

/**
 * The next command to send, or null. One waits for an earlier unanswered one about the same record or about a card it is
 * to lie beside; one whose record was refused to be made waits for what becomes of that.
 */
export function nextToSend(items: readonly Pending[], now: number): Pending | null {
  const busy = new Set<string>();
  for (const each of items) {
    if (each.status === 'answered') continue;
    const { command } = each;
    if (each.status === 'refused') {
      if (command.kind === 'create') busy.add(command.record);
      continue;
    }
    const free = !busy.has(command.record) && !neighbours(command).some((one) => busy.has(one));
    if (free && (each.notBefore ?? 0) <= now) return each;
    busy.add(command.record);
  }
  return null;
}

export class OutboxQueue {
  #items: Pending[] = [];
  /** Only one tab sends; the others show. */
  #leading = false;
  #sending: string | null = null;
  #failures = 0;
  /** A pause after a failure. */
  #pause: (() => void) | null = null;
  /** The moment the first held command may be sent. */
  #alarm: (() => void) | null = null;
  #stopped = false;
  #writes: Promise<void> = Promise.resolve();
  #version = 0;
  readonly #leaving = new Set<string>();
  readonly #deps: QueueDeps;

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  get items(): readonly Pending[] {
    return this.#items;
  }

  /** Reads what is kept: at the start, and when another tab changed it. */
  async load(): Promise<void> {
    let kept: Pending[];
    let seen: number;
    // What this tab changed while it was reading is not overwritten with what it read.
    do {
      seen = this.#version;
      await this.#writes;
      kept = await this.#deps.shelf.all();
    } while (seen !== this.#version);
    const now = this.#deps.now();
    const fresh: Pending[] = [];
    for (const each of kept) {
      if (each.status === 'answered' && each.at < now - KEEP_ANSWERED_MS)
        await this.#deps.shelf.delete(each.id);
      else fresh.push(each);
    }
    for (const each of fresh) if (each.status === 'answered') this.#forgetLater(each.id);
    this.#items = fresh.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#deps.onChange?.(this.#items);
    this.#pump();
  }

  /** From now on this tab sends. */
  lead(): void {
    this.#leading = true;
    this.#pump();
  }

  async add(command: Command, notBefore?: number): Promise<Pending> {
    const pending: Pending = {
      id: this.#deps.newId(),
      command,
      status: 'waiting',
      at: this.#deps.now(),
      ...(notBefore !== undefined && { notBefore })
    };
    this.#items = [...this.#items, pending];
    this.#changed();
    await this.#write((shelf) => shelf.put(pending));
    this.#pump();
    return pending;
  }

  /** Takes back what has not been sent yet. Answers whether that was in time. */
  async cancel(id: string): Promise<boolean> {
    const found = this.#items.find((each) => each.id === id);
    if (!found || found.status !== 'waiting' || this.#sending === id) return false;
    await this.#remove([id]);
    return true;
  }

  /** Changes the words of a card that is still to be made; false when it is too late for that. */
  async amend(record: string, fields: Record<string, unknown>): Promise<boolean> {
    const found = this.#items.find(
      (each) => each.command.kind === 'create' && each.command.record === record && each.status !== 'answered'
    );
    if (!found || found.command.kind !== 'create' || this.#sending === found.id) return false;
    const command = { ...found.command, fields: { ...found.command.fields, ...fields } };
    await this.#replace({ ...found, command });
    return true;
  }

  /** Forgets a refused command; with a card that was never made, everything about it. */
  async discard(id: string): Promise<void> {
    const found = this.#items.find((each) => each.id === id);
    if (!found) return;
    const { command } = found;
    const ids =
      command.kind === 'create'
        ? this.#items.filter((each) => each.command.record === command.record).map((each) => each.id)
        : [id];
    await this.#remove(ids);
    this.#pump();
  }

  /** Sends a refused command again, under a new key: the server remembers what it answered to the old one. */
  async retry(id: string): Promise<void> {
    const found = this.#items.find((each) => each.id === id);
    if (!found || found.status !== 'refused') return;
    const { problem: _problem, ...rest } = found;
    await this.#replace({ ...rest, status: 'waiting', key: this.#deps.newId() });
    this.#pump();
  }

  /** The server is reached again: no need to wait out the pause. */
  kick(): void {
    this.#failures = 0;
    this.#pause?.();
    this.#pause = null;
    this.#pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#pause?.();
    this.#alarm?.();
  }

  #pump(): void {
    if (!this.#leading || this.#stopped || this.#sending !== null || this.#pause) return;
    const next = nextToSend(this.#items, this.#deps.now());
    if (!next) {
      const held = this.#items
        .filter((each) => each.status === 'waiting' && each.notBefore !== undefined)
        .map((each) => each.notBefore! - this.#deps.now())
        .filter((ms) => ms > 0);
      this.#alarm?.();
      this.#alarm = held.length > 0 ? this.#deps.after(Math.min(...held), () => this.#pump()) : null;
      return;
    }
    this.#sending = next.id;
    void this.#deps
      .send(next)
      .catch((): SendResult => ({ kind: 'later' }))
      .then((result) => this.#heard(next, result));
  }

  async #heard(sent: Pending, result: SendResult): Promise<void> {
    if (this.#stopped) return;
    const current = this.#items.find((each) => each.id === sent.id) ?? sent;
    if (result.kind === 'done') {
      this.#failures = 0;
      await this.#replace({ ...current, status: 'answered', position: result.position });
      this.#deps.onDone?.(current, result.row);
      this.#forgetLater(current.id);
    } else if (result.kind === 'refused') {
      this.#failures = 0;
      const refused: Pending = { ...current, status: 'refused', problem: result.problem };
      await this.#replace(refused);
      this.#deps.onRefused?.(refused);
    } else if (result.kind === 'later') {
      const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
      const jitter = 0.75 + (this.#deps.random ?? Math.random)() * 0.5;
      this.#sending = null;
      this.#pause = this.#deps.after(Math.max(result.afterMs ?? 0, pause * jitter), () => {
        this.#pause = null;
        this.#pump();
      });
      return;
    }
    this.#sending = null;
    if (result.kind !== 'signedOut') this.#pump();
  }

  #forgetLater(id: string): void {
    if (this.#leaving.has(id)) return;
    this.#leaving.add(id);
    this.#deps.after(KEEP_ANSWERED_MS, () => {
      this.#leaving.delete(id);
      if (!this.#stopped) void this.#remove([id]);
    });
  }

  async #replace(pending: Pending): Promise<void> {
    this.#items = this.#items.map((each) => (each.id === pending.id ? pending : each));
    this.#changed();
    await this.#write((shelf) => shelf.put(pending));
  }

  async #remove(ids: string[]): Promise<void> {
    this.#items = this.#items.filter((each) => !ids.includes(each.id));
    this.#changed();
    await Promise.all(ids.map((id) => this.#write((shelf) => shelf.delete(id))));
  }

  #write(work: (shelf: Shelf) => Promise<void>): Promise<void> {
    const next = this.#writes.then(() => work(this.#deps.shelf)).catch(() => {});
    this.#writes = next;
    return next;
  }

  #changed(): void {
    this.#version++;
    this.#deps.onChange?.(this.#items);
  }
}
