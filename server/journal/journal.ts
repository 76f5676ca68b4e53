/**
 * The journal: everything that ever happened, in one order, durable before it is acknowledged.
 *
 * Group commit: what arrives while a write is under way, and for a few milliseconds before one, goes out together as
 * one insert of many entries. Entries are numbered without gaps and inserted in order, so whatever stops a write in the
 * middle leaves a valid, shorter journal.
 *
 * A position is claimed by inserting it: the next entry's `_id` is the last one's plus one, and MongoDB refuses a second
 * of the same. That makes the order total even when several processes write; whoever is refused reads what the other
 * wrote, tells its own listeners, and goes on behind it.
 */
import type { Connection, Model } from 'mongoose';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import type { Journal } from '../parts.ts';
import { insertInOrder } from '../store/bulk.ts';
import { journalModel } from '../store/models/journal.ts';
import { metaModel } from '../store/models/meta.ts';
import type { StoredMeta } from '../store/models/meta.ts';
import type { StoredEntry } from '../store/models/journal.ts';
import type { Entry, NewEntry } from './entry.ts';
import { fromStored, idempotencyKey, toStored, withoutKey } from './stored.ts';

/** An entry on its way, and whom to tell once it is durable. */
export interface Draft {
  entry: NewEntry;
  done(entry: Entry): void;
}

/** A draft with a number of its own, which stays the same over all tries: how it is recognized after an unclear one. */
interface Numbered extends Draft {
  write: string;
}

/** Something with entries to write. It is asked for them when a write begins, so that late edits still come along. */
export interface Source {
  /** Hands over what is pending, at most about `bytes`; what it keeps back it announces again. */
  take(bytes: number): Draft[];
}

/**
 * How long a write waits for company, milliseconds: edits are on everyone's screen already, and nobody notices that the
 * author hears a little later that they are saved, while every write is a round trip and a wait for the disk. Whoever
 * gave a command waits for its answer.
 */
const GATHER = { edits: 24, commands: 4 };
/** How much one write carries at most. */
const BATCH_BYTES = 6 * 1024 * 1024;
const BATCH_ENTRIES = 4000;
/** Pauses between tries while the database fails, milliseconds. */
const RETRY = [50, 100, 200, 400, 800, 1500];
/** A write that takes longer than this, milliseconds, counts as "can't save at the moment", whether it fails or hangs. */
const PATIENCE = 1500;

const DUPLICATE = 11000;

export class MongoJournal implements Journal {
  head = 0;
  healthy = true;

  readonly #connection: Connection;
  readonly #model: Model<StoredEntry>;
  readonly #meta: Model<StoredMeta>;
  readonly #log: Logger;
  readonly #writer = ulid();
  readonly #sources = new Set<Source>();
  readonly #listeners = new Set<(entries: Entry[]) => void>();
  readonly #foreignListeners = new Set<(entry: Entry) => void>();
  readonly #healthListeners = new Set<(healthy: boolean) => void>();
  #writes = 0;
  #timer: NodeJS.Timeout | null = null;
  /** When the timer fires, on the clock of `performance.now`. */
  #due = 0;
  /** How long the write after the one under way may wait. */
  #hurried: number = GATHER.edits;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(connection: Connection, log: Logger) {
    this.#connection = connection;
    this.#model = journalModel(connection);
    this.#meta = metaModel(connection);
    this.#log = log.child({ part: 'journal' });
  }

  /** Reads where the journal ends. Call once, before anything is appended. */
  async open(): Promise<void> {
    const last = await this.#model.collection
      .find({}, { projection: { _id: 1 } })
      .sort({ _id: -1 })
      .limit(1)
      .next();
    this.head = (last?._id as unknown as number | undefined) ?? 0;
  }

  append(entry: NewEntry): Promise<Entry> {
    return new Promise((resolve) => {
      const source: Source = { take: () => [{ entry, done: resolve }] };
      this.announce(source, GATHER.commands);
    });
  }

  /** A source has something to write: it will be asked for it within a few milliseconds. */
  announce(source: Source, wait?: number): void {
    this.#sources.add(source);
    if (this.#running && wait !== undefined) this.#hurried = Math.min(this.#hurried, wait);
    this.#schedule(wait);
  }

  onCommitted(listener: (entries: Entry[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told of entries that another process wrote, before everyone is told of them. */
  onForeign(listener: (entry: Entry) => void): () => void {
    this.#foreignListeners.add(listener);
    return () => this.#foreignListeners.delete(listener);
  }

  onHealth(listener: (healthy: boolean) => void): () => void {
    this.#healthListeners.add(listener);
    return () => this.#healthListeners.delete(listener);
  }

  async entriesOf(
    record: string,
    range: { after?: number; upTo?: number; limit?: number } = {}
  ): Promise<Entry[]> {
    const cursor = this.#model.collection
      .find({ 'changes.record': record, _id: bounds(range) as never })
      .sort({ _id: 1 });
    if (range.limit) cursor.limit(range.limit);
    const stored = (await cursor.toArray()) as unknown as StoredEntry[];
    return stored.map(fromStored);
  }

  /** Entries of every record after a position, in order, at most `limit`. */
  async entriesAfter(position: number, limit: number): Promise<Entry[]> {
    const stored = await this.#model.collection
      .find({ _id: { $gt: position } as never })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
    return (stored as unknown as StoredEntry[]).map(fromStored);
  }

  async findByKey(organization: string, user: string, key: string): Promise<Entry | null> {
    const stored = await this.#model.collection.findOne({ key: idempotencyKey(organization, user, key) });
    return stored ? fromStored(stored as unknown as StoredEntry) : null;
  }

  /** Writes what is pending and stops. Gives up after `patience` ms if the database stays away. */
  async close(patience = 10_000): Promise<void> {
    const deadline = Date.now() + patience;
    while ((this.#sources.size > 0 || this.#running) && Date.now() < deadline) {
      this.#schedule();
      await Promise.race([this.#running ?? pause(GATHER.edits), pause(100)]);
    }
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#sources.size > 0)
      this.#log.error('stopped with edits that could not be saved; none of them was acknowledged');
  }

  #schedule(wait: number = GATHER.edits): void {
    if (this.#running || this.#closed) return;
    const due = performance.now() + wait;
    if (this.#timer) {
      if (this.#due <= due) return;
      clearTimeout(this.#timer);
    }
    this.#due = due;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#drain().finally(() => {
        this.#running = null;
        const wait = this.#hurried;
        this.#hurried = GATHER.edits;
        if (this.#sources.size > 0) this.#schedule(wait);
      });
    }, wait);
  }

  async #drain(): Promise<void> {
    const drafts: Numbered[] = [];
    let bytes = 0;
    for (const source of this.#sources) {
      if (bytes >= BATCH_BYTES || drafts.length >= BATCH_ENTRIES) break;
      this.#sources.delete(source);
      for (const draft of this.#taken(source, BATCH_BYTES - bytes)) {
        drafts.push({ ...draft, write: `${this.#writer}:${++this.#writes}` });
        for (const change of draft.entry.changes) bytes += 200 + (change.update?.byteLength ?? 0);
      }
    }
    if (drafts.length > 0) await this.#write(drafts);
  }

  /** What a source has; nothing where it fails, since others' entries are in hand already. */
  #taken(source: Source, bytes: number): Draft[] {
    try {
      return source.take(bytes);
    } catch (error) {
      this.#log.error({ err: error }, 'entries could not be handed over');
      return [];
    }
  }

  /** Writes drafts until every one is durable, however long that takes. */
  async #write(drafts: Numbered[]): Promise<void> {
    let left = drafts;
    for (let failures = 0; left.length > 0 && !this.#closed;) {
      const at = new Date();
      const entries = this.#numbered(left, at);
      const slow = setTimeout(() => this.#setHealth(false), PATIENCE);
      try {
        const stored = entries.map((entry, index) => toStored(entry, left[index]!.write, at));
        await this.insert(stored);
        this.#commit(left, entries);
        left = [];
      } catch (error) {
        // Keeps `left` up to date by itself: it may fail after it found the first of them durable.
        const found = (count: number) => (left = left.slice(count));
        await this.#afterFailure(left, at, found).catch((worse: unknown) => {
          this.#log.warn({ err: worse }, 'the database does not answer');
        });
        if (left.length > 0 && isDuplicate(error, 'key'))
          left = await this.#withoutKnownKeys(left).catch(() => left);
        // Another writer took a position first: nothing is wrong with the database.
        if (left.length === 0 || isDuplicate(error)) continue;
        failures += 1;
        if (failures > 1) this.#setHealth(false);
        this.#log.warn(
          { err: error, waiting: left.length, failures },
          'entries could not be written; trying again'
        );
        await pause(RETRY[Math.min(failures - 1, RETRY.length - 1)]!);
      } finally {
        clearTimeout(slow);
      }
    }
    this.#setHealth(true);
  }

  /** The one write of the journal; tests make it fail. */
  insert(stored: StoredEntry[]): Promise<void> {
    return insertInOrder(this.#connection, this.#model.collection.collectionName, stored);
  }

  #numbered(drafts: Numbered[], at: Date): Entry[] {
    return drafts.map(({ entry }, index) => ({
      ...entry,
      position: this.head + 1 + index,
      at: at.getTime()
    }));
  }

  /**
   * After a failure nobody knows how much was written. What lies behind the head tells: our own entries are durable,
   * another writer's come before what we have left.
   * @param durable told how many of the first are durable after all.
   */
  async #afterFailure(drafts: Numbered[], at: Date, durable: (count: number) => void): Promise<void> {
    let left = drafts;
    for (;;) {
      const found = (await this.#model.collection
        .find({ _id: { $gt: this.head } as never })
        .sort({ _id: 1 })
        .limit(1000)
        .toArray()) as unknown as StoredEntry[];
      if (found.length === 0) break;
      await this.#flush();
      for (const stored of found) {
        if (stored.write === left[0]?.write) {
          const [first, ...rest] = left as [Numbered, ...Numbered[]];
          left = rest;
          durable(1);
          this.#commit([first], this.#numbered([first], at));
        } else {
          this.head = stored._id;
          const foreign = fromStored(stored);
          for (const listener of this.#foreignListeners) listener(foreign);
          this.#tell([foreign]);
        }
      }
    }
  }

  /** What can be read may not be on disk yet. A durable write behind it makes sure: the engine's log is in one order. */
  async #flush(): Promise<void> {
    await this.#meta.collection.updateOne(
      { _id: 'flush' as never },
      { $inc: { version: 1 } },
      { upsert: true }
    );
  }

  /**
   * Drops drafts whose idempotency key was already used elsewhere, and answers them with what that made. What changes a
   * document is in that document already, and others build on it: it is written, but without the key.
   */
  async #withoutKnownKeys(drafts: Numbered[]): Promise<Numbered[]> {
    const left: Numbered[] = [];
    for (const draft of drafts) {
      const { organization, by, cause } = draft.entry;
      const known =
        cause.kind === 'command' && cause.key ? await this.findByKey(organization, by.user, cause.key) : null;
      if (!known) left.push(draft);
      else if (draft.entry.changes.some(({ update, created }) => update && !created))
        left.push({ ...draft, entry: { ...draft.entry, cause: withoutKey(cause) } });
      else this.#answer(draft, known);
    }
    return left;
  }

  #commit(drafts: Draft[], entries: Entry[]): void {
    const last = entries.at(-1);
    if (!last) return;
    this.head = last.position;
    drafts.forEach((draft, index) => this.#answer(draft, entries[index]!));
    this.#tell(entries);
  }

  #answer(draft: Draft, entry: Entry): void {
    try {
      draft.done(entry);
    } catch (error) {
      this.#log.error({ err: error }, 'somebody could not be told that an entry is durable');
    }
  }

  #tell(entries: Entry[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(entries);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of the journal failed');
      }
    }
  }

  #setHealth(healthy: boolean): void {
    if (this.healthy === healthy) return;
    this.healthy = healthy;
    for (const listener of this.#healthListeners) listener(healthy);
  }
}

function bounds(range: { after?: number; upTo?: number }): Record<string, number> {
  const limits: Record<string, number> = { $gt: range.after ?? 0 };
  if (range.upTo !== undefined) limits['$lte'] = range.upTo;
  return limits;
}

function isDuplicate(error: unknown, index?: string): boolean {
  const { code, message } = error as { code?: number; message?: string };
  if (code !== DUPLICATE) return false;
  return index === undefined || (message ?? '').includes(`${index}_1`);
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
