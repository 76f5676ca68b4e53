/**
 * The projection: turns what the journal says into rows, in rounds. A round takes every record that changed since the
 * last, reads its fields from its live document, puts back values that aren't allowed, writes the rows, and tells the
 * feed. How often it runs depends on how long the last round took, so that a flood of edits can't crowd out the edits.
 */
import type { Connection, Model } from 'mongoose';
import type { Logger } from 'pino';
import { documentName, MAIN_SECTION } from '#shared/kernel/ids.ts';
import { readFields, repair } from '#shared/kernel/fields/index.ts';
import type { RecordType } from '#shared/kernel/declare.ts';
import { recordType, recordTypes } from '#shared/modules/registry.ts';
import { UmeError } from '#shared/protocol/errors.ts';
import { systemActor } from '../access/actor.ts';
import type { Library } from '../documents/library.ts';
import type { LiveDocument } from '../documents/live-document.ts';
import type { Projector, RowChange } from '../parts.ts';
import { replaceAll } from '../store/bulk.ts';
import { metaModel } from '../store/models/meta.ts';
import type { StoredMeta } from '../store/models/meta.ts';
import { rowModels, toRow } from '../store/models/row.ts';
import type { RowModels, StoredRow } from '../store/models/row.ts';
import { mark, nextRow, restore } from './dirty.ts';
import type { Dirty } from './dirty.ts';
import type { Entry, RecordChange } from './entry.ts';
import type { MongoJournal } from './journal.ts';

/** A row, and the sections it shows edits of that were not durable when it was written: looked at again after a crash. */
type Projected = StoredRow & { ahead?: string[] };

/** Shortest pause between rounds nobody waits for, milliseconds. */
const PAUSE = 80;
/** Pause as a multiple of the last round's length: at most a twentieth of the time goes into rows. */
const PAUSE_FACTOR = 19;
/** After this long, milliseconds, a round lets edits through before it goes on. */
const SLICE = 4;
const LONGEST_PAUSE = 2_000;
const CACHE = 20_000;
/** How often the store is told how far the rows are, milliseconds. */
const CHECKPOINT = 2_000;
const RECOVERY_BATCH = 1_000;
/** Rows with a longer text or list than this aren't kept in memory: there may be many of them. */
const KEPT_TEXT = 4_000;
const KEPT_ITEMS = 30;

export class RowProjector implements Projector {
  head = 0;

  readonly #connection: Connection;
  readonly #journal: MongoJournal;
  readonly #library: Library;
  readonly #models: RowModels;
  readonly #meta: Model<StoredMeta>;
  readonly #log: Logger;
  readonly #listeners = new Set<(changes: RowChange[], head: number) => void>();
  readonly #cache = new Map<string, Projected>();
  #dirty = new Map<string, Dirty>();
  #told = 0;
  /** The position that the store knows the rows to include, and when it was told. */
  #checkpoint = 0;
  #checkpointAt = 0;
  #waiters: Array<{ position: number; resolve: () => void }> = [];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  #lastRound = 0;
  #stop: (() => void) | null = null;
  #closed = false;

  constructor(connection: Connection, journal: MongoJournal, library: Library, log: Logger) {
    this.#connection = connection;
    this.#journal = journal;
    this.#library = library;
    this.#models = rowModels(connection);
    this.#meta = metaModel(connection);
    this.#log = log.child({ part: 'projection' });
    // Registered now, so that their indexes are made with everybody else's.
    for (const type of recordTypes()) this.#models(type.type);
  }

  /** Projects what a crash left behind, then follows the journal. Call once, after the journal is open. */
  async open(): Promise<void> {
    const stored = (await this.#meta.collection.findOne({ _id: 'rows' as never })) as StoredMeta | null;
    this.head = this.#told = this.#checkpoint = stored?.position ?? 0;
    await this.#markAhead();
    // What is committed meanwhile, corrections say, comes after what is read here: in order and none of it twice.
    const { head } = this.#journal;
    let meanwhile: Entry[] | null = [];
    this.#stop = this.#journal.onCommitted((entries) => {
      if (meanwhile) meanwhile.push(...entries);
      else this.#take(entries);
    });
    let behind = 0;
    for (;;) {
      const entries = await this.#journal.entriesAfter(this.#told, RECOVERY_BATCH);
      const old = entries.filter(({ position }) => position <= head);
      for (const entry of old) mark(this.#dirty, entry);
      this.#told = old.at(-1)?.position ?? this.#told;
      behind += old.length;
      if (this.#dirty.size > 0) await this.#round();
      if (this.#told >= head || old.length === 0) break;
    }
    if (behind > 0) this.#log.info({ entries: behind }, 'projected what the last stop left behind');
    const since = meanwhile;
    meanwhile = null;
    if (since.length > 0) this.#take(since);
  }

  #take(entries: Entry[]): void {
    for (const entry of entries) mark(this.#dirty, entry);
    this.#told = entries.at(-1)?.position ?? this.#told;
    this.#schedule();
  }

  settled(position: number): Promise<void> {
    if (this.head >= position) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.push({ position, resolve });
      this.#schedule();
    });
  }

  onProjected(listener: (changes: RowChange[], head: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Finishes what is to be done and stops. */
  async close(): Promise<void> {
    this.#stop?.();
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
    if (this.#told > this.#checkpoint)
      await this.#round(true).catch((error: unknown) =>
        this.#log.warn({ err: error }, 'rows will be finished at the next start')
      );
  }

  /**
   * Rows that showed more than the journal had when the process ended are built anew. People saw them as they were, and
   * resume at a position that includes them: so it is a change, with an entry of its own that they are told of.
   */
  async #markAhead(): Promise<void> {
    const changes = new Map<string, RecordChange[]>();
    for (const type of recordTypes()) {
      const rows = (await this.#models(type.type)
        .collection.find({ ahead: { $exists: true } })
        .toArray()) as unknown as Projected[];
      for (const row of rows) {
        this.#dirty.set(row._id, {
          record: row._id,
          type: row.type,
          organization: row.organization,
          position: row.position,
          set: {},
          sections: new Set([MAIN_SECTION, ...type.sections.map((section) => section.key)]),
          created: null,
          touched: null
        });
        const some = changes.get(row.organization) ?? [];
        changes.set(row.organization, [...some, { record: row._id, section: MAIN_SECTION }]);
      }
    }
    for (const [organization, some] of changes) {
      const { user, kind, name } = systemActor(organization);
      await this.#journal.append({
        organization,
        by: { user, kind, name },
        cause: { kind: 'correction', fields: [] },
        changes: some
      });
    }
  }

  #schedule(): void {
    if (this.#running || this.#closed) return;
    const urgent = this.#waiters.length > 0;
    if (this.#timer) {
      if (!urgent) return;
      clearTimeout(this.#timer);
    }
    const wait = urgent
      ? Math.min(this.#lastRound, 50)
      : Math.min(Math.max(PAUSE, this.#lastRound * PAUSE_FACTOR), LONGEST_PAUSE);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#rounds().finally(() => {
        this.#running = null;
        if (this.#told > this.head) this.#schedule();
      });
    }, wait);
  }

  async #rounds(): Promise<void> {
    const started = performance.now();
    try {
      await this.#round();
    } catch (error) {
      this.#log.warn({ err: error }, 'rows could not be written; trying again');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    this.#lastRound = performance.now() - started;
  }

  async #round(last = false): Promise<void> {
    const upTo = this.#told;
    const dirty = [...this.#dirty.values()];
    this.#dirty = new Map();
    try {
      const rows = await this.#build(dirty);
      await this.#write(rows, upTo, last);
      for (const row of rows) this.#remember(row);
      this.head = upTo;
      this.#tell(rows, upTo);
    } catch (error) {
      restore(this.#dirty, dirty);
      throw error;
    }
    const [settled, waiting] = partition(this.#waiters, ({ position }) => position <= this.head);
    this.#waiters = waiting;
    for (const { resolve } of settled) resolve();
  }

  async #build(dirty: Dirty[]): Promise<Projected[]> {
    const before = await this.#before(dirty);
    const rows: Projected[] = [];
    let sliced = performance.now();
    for (const change of dirty) {
      const type = recordType(change.type);
      if (!type) continue;
      if (performance.now() - sliced > SLICE) {
        await new Promise((resolve) => setImmediate(resolve));
        sliced = performance.now();
      }
      const old = before.get(change.record) ?? null;
      const read = await this.#fields(type, change, old);
      const row: Projected | null = nextRow(old, change, read.fields);
      if (!row) {
        this.#log.error(
          { record: change.record },
          'a record without a beginning in the journal; it is not listed'
        );
        continue;
      }
      const ahead = [...(old?.ahead ?? []).filter((each) => !read.sections.has(each)), ...read.ahead];
      if (ahead.length > 0) row.ahead = ahead;
      rows.push(row);
    }
    return rows;
  }

  /** The rows as they are, from memory where they are there. */
  async #before(dirty: Dirty[]): Promise<Map<string, Projected>> {
    const found = new Map<string, Projected>();
    const missing = new Map<string, string[]>();
    for (const { record, type } of dirty) {
      const cached = this.#cache.get(record);
      if (cached) found.set(record, cached);
      else missing.set(type, [...(missing.get(type) ?? []), record]);
    }
    for (const [type, records] of missing) {
      const rows = this.#models(type).collection.find({ _id: { $in: records as never[] } });
      for await (const row of rows) found.set(row._id as unknown as string, row as unknown as Projected);
    }
    return found;
  }

  /** The fields of the sections that changed, put right where they had to be. */
  async #fields(
    type: RecordType,
    change: Dirty,
    old: Projected | null
  ): Promise<{ fields: Record<string, unknown>; sections: Set<string>; ahead: string[] }> {
    const fields: Record<string, unknown> = {};
    const sections = new Set<string>();
    const ahead: string[] = [];
    for (const section of change.sections) {
      let document: LiveDocument;
      try {
        document = await this.#library.open(documentName(change.record, section), change.organization);
      } catch (error) {
        // In quarantine: its last row stands.
        if (!(error instanceof UmeError)) throw error;
        this.#log.warn({ record: change.record, code: error.problem.code }, 'fields could not be read');
        continue;
      }
      try {
        Object.assign(fields, this.#sound(type, document, section, old));
      } catch (error) {
        // Whatever somebody got into one document must not keep everybody's rows back.
        this.#log.error({ err: error, document: document.identity.name }, 'fields could not be read');
        continue;
      }
      sections.add(section);
      if (document.unsaved) ahead.push(section);
    }
    return { fields, sections, ahead };
  }

  /** A document's fields, after what isn't allowed was put back. */
  #sound(
    type: RecordType,
    document: LiveDocument,
    section: string,
    old: Projected | null
  ): Record<string, unknown> {
    let read = readFields(type, document.content.doc, section);
    if (read.problems.length > 0 && !document.broken) {
      this.#correct(type, document, read.problems, old?.fields ?? {});
      read = readFields(type, document.content.doc, section);
    }
    document.editors.clear();
    return read.values;
  }

  #correct(
    type: RecordType,
    document: LiveDocument,
    problems: ReturnType<typeof readFields>['problems'],
    valid: Record<string, unknown>
  ): void {
    const { section, organization, name } = document.identity;
    const editors = [...document.editors];
    void document.edit(
      systemActor(organization),
      { kind: 'correction', fields: problems.map(({ field }) => field.slice(0, 100)) },
      (doc) => repair(type, doc, problems, valid, section)
    );
    this.#log.debug(
      { document: name, fields: problems.map(({ field }) => field) },
      'values put back that are not allowed'
    );
    for (const { field, problem } of problems)
      document.notify({ v: 1, kind: 'corrected', field, problem }, editors);
  }

  async #write(rows: Projected[], upTo: number, last: boolean): Promise<void> {
    const byType = new Map<string, Projected[]>();
    for (const row of rows) byType.set(row.type, [...(byType.get(row.type) ?? []), row]);
    for (const [type, some] of byType) {
      await replaceAll(this.#connection, this.#models(type).collection.collectionName, some);
    }
    // A position that is a little old only means that some rows are built again at the next start.
    if (upTo > this.#checkpoint && (last || Date.now() - this.#checkpointAt > CHECKPOINT)) {
      this.#checkpoint = upTo;
      this.#checkpointAt = Date.now();
      await this.#meta.collection.updateOne(
        { _id: 'rows' as never },
        { $set: { position: upTo } },
        { upsert: true }
      );
    }
  }

  #remember(row: Projected): void {
    this.#cache.delete(row._id);
    if (Object.values(row.fields).some(isLong)) return;
    this.#cache.set(row._id, row);
    if (this.#cache.size > CACHE) this.#cache.delete(this.#cache.keys().next().value!);
  }

  #tell(rows: Projected[], head: number): void {
    const changes = rows.map((row): RowChange => {
      const { organization, type, _id: id } = row;
      return { organization, type, id, row: row.deleted ? null : toRow(row) };
    });
    for (const listener of this.#listeners) {
      try {
        listener(changes, head);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of the projection failed');
      }
    }
  }
}

const isLong = (value: unknown): boolean =>
  typeof value === 'string' ? value.length > KEPT_TEXT : Array.isArray(value) && value.length > KEPT_ITEMS;

function partition<T>(items: T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}
