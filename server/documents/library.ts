/**
 * The documents in memory: opens each once, keeps it while anybody needs it, and lets it go afterwards. A document that
 * can't be read is put in quarantine: refused with a reason, never handed out empty, never written over.
 */
import type { Connection, Model } from 'mongoose';
import type { Logger } from 'pino';
import { encodeStateAsUpdate } from 'yjs';
import type { Doc } from 'yjs';
import { documentName, parseDocumentName } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import { conflict, documentQuarantined, notFound } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import type { Cause, Entry } from '../journal/entry.ts';
import type { MongoJournal } from '../journal/journal.ts';
import { UnreadableDocument } from '../journal/replay.ts';
import type { Replay } from '../journal/replay.ts';
import type { Snapshots } from '../journal/snapshots.ts';
import { quarantineModel } from '../store/models/quarantine.ts';
import type { StoredQuarantine } from '../store/models/quarantine.ts';
import { Content } from './content.ts';
import { LiveDocument } from './live-document.ts';
import type { DocumentHost, DocumentIdentity, DocumentLimits } from './live-document.ts';

/** How long a document stays after the last one left, milliseconds: people come back. */
const LINGER = 5_000;
/** How long an open document keeps its Y.Doc without being changed: milliseconds, and per byte, as making it again costs. */
const WARM = 8_000;
const WARM_PER_BYTE = 0.1;
const SWEEP = 1_000;
/** How long a stop may take for snapshots, milliseconds. */
const CLOSING = 5_000;

export interface LibrarySettings {
  limits: DocumentLimits;
  /** A snapshot is written after this many entries, or this many bytes of them. */
  snapshot: { entries: number; bytes: number };
}

export class Library {
  readonly #open = new Map<string, LiveDocument>();
  readonly #opening = new Map<string, Promise<LiveDocument>>();
  /** Thrown out for being broken, but with edits that are not durable yet: by name, and who waits for them. */
  readonly #leaving = new Map<string, { document: LiveDocument; saved: PromiseWithResolvers<void> }>();
  readonly #snapshotting = new Set<string>();
  readonly #quarantine: Model<StoredQuarantine>;
  /** Names in quarantine. */
  readonly #sealed = new Set<string>();
  readonly #host: DocumentHost;
  readonly #sweeper: NodeJS.Timeout;
  readonly #replay: Replay;
  readonly #snapshots: Snapshots;
  readonly #settings: LibrarySettings;
  readonly #log: Logger;

  constructor(
    connection: Connection,
    journal: MongoJournal,
    replay: Replay,
    snapshots: Snapshots,
    settings: LibrarySettings,
    log: Logger
  ) {
    this.#replay = replay;
    this.#snapshots = snapshots;
    this.#settings = settings;
    this.#log = log.child({ part: 'documents' });
    this.#quarantine = quarantineModel(connection);
    this.#host = {
      limits: settings.limits,
      waiting: { bytes: 0 },
      announce: (source) => journal.announce(source),
      committed: (document) => {
        this.#maybeSnapshot(document);
        if (this.#leaving.size > 0) this.#letGo(document);
      },
      broken: (document, error) => this.#throwOut(document, error)
    };
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP);
    this.#sweeper.unref();
    journal.onForeign(({ changes, position }) => {
      for (const { record, section, update } of changes) {
        if (update) this.#open.get(documentName(record, section))?.absorb(update, position);
      }
    });
    journal.onHealth((ok) => {
      for (const document of this.#open.values()) document.notify({ v: 1, kind: 'storage', ok });
    });
  }

  /** Reads which documents are in quarantine. Call once, before any is opened. */
  async start(): Promise<void> {
    for (const { _id } of await this.#quarantine.find().lean<StoredQuarantine[]>()) this.#sealed.add(_id);
    if (this.#sealed.size > 0)
      this.#log.warn({ documents: [...this.#sealed] }, 'these documents are in quarantine');
  }

  /** A record was removed: whoever has a document of it open is told, and nobody finds it open any more. */
  shut(record: string): void {
    // One that is being opened was there when it was asked for.
    for (const [name, opening] of this.#opening)
      if (parseDocumentName(name)?.record === record)
        opening.then(() => this.shut(record)).catch(() => undefined);
    for (const document of this.#open.values()) {
      if (document.identity.record !== record) continue;
      for (const port of [...document.ports]) port.close(notFound().problem);
      if (!document.unsaved) this.#open.delete(document.identity.name);
    }
  }

  /** How many documents are in memory. */
  get size(): number {
    return this.#open.size;
  }

  /** An open document, without opening it. */
  peek(name: string): LiveDocument | undefined {
    return this.#open.get(name);
  }

  documents(): Iterable<LiveDocument> {
    return this.#open.values();
  }

  /**
   * Opens a document of an organization.
   * @throws notFound where there is none, documentQuarantined where it can't be read.
   */
  async open(name: string, organization: string): Promise<LiveDocument> {
    const known = this.#open.get(name) ?? (await this.#load(name));
    if (known.identity.organization !== organization) throw notFound();
    known.touched = Date.now();
    return known;
  }

  /** Changes a document as the server; see `Documents.edit`. */
  async edit(
    actor: Pick<Actor, 'user' | 'kind' | 'name' | 'organization'>,
    name: string,
    cause: Cause,
    change: (doc: Doc) => void
  ): Promise<Entry | null> {
    const document = await this.open(name, actor.organization);
    if (document.broken) throw conflict();
    return document.edit({ user: actor.user, kind: actor.kind, name: actor.name }, cause, change);
  }

  /** Leaves a snapshot of what is open, so that the next start opens it fast; stops after some seconds in any case. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const deadline = Date.now() + CLOSING;
    for (const document of this.#open.values()) {
      if (Date.now() > deadline) break;
      if (worthASnapshot(document) && !document.unsaved) await this.#snapshot(document);
    }
  }

  /** Reads a document once for everybody who asks meanwhile, whoever they are: whose it is, it says itself. */
  #load(name: string): Promise<LiveDocument> {
    const already = this.#opening.get(name);
    if (already) return already;
    const loading = this.#read(name).finally(() => this.#opening.delete(name));
    this.#opening.set(name, loading);
    return loading;
  }

  async #read(name: string): Promise<LiveDocument> {
    const parsed = parseDocumentName(name);
    const type = parsed && recordType(parsed.type);
    if (!parsed || !type) throw notFound();
    if (parsed.section !== 'main' && !type.sections.some((section) => section.key === parsed.section))
      throw notFound();
    await this.#leaving.get(name)?.saved.promise;
    if (this.#sealed.has(name)) throw documentQuarantined();
    let parts;
    try {
      parts = await this.#replay.parts(parsed.record, parsed.section);
    } catch (error) {
      if (error instanceof UnreadableDocument) await this.#seal(name, error);
      throw error instanceof UnreadableDocument ? documentQuarantined() : error;
    }
    if (!parts) throw notFound();
    const { organization } = parts;
    const identity = { name, record: parsed.record, section: parsed.section, organization, type };
    const document = new LiveDocument(
      identity,
      new Content(parts.updates),
      parts.position,
      parts.tail,
      this.#host
    );
    this.#open.set(name, document);
    return document;
  }

  async #seal(name: string, { organization, message: reason }: UnreadableDocument): Promise<void> {
    this.#sealed.add(name);
    this.#log.error(
      { document: name, reason },
      'this document cannot be read; it is closed until someone has looked at it'
    );
    await this.#quarantine.collection.updateOne(
      { _id: name as never },
      { $setOnInsert: { organization, reason, at: new Date() } },
      { upsert: true }
    );
  }

  /**
   * An update did not fit although it could be read. It may have been applied in part, so this copy is thrown away and
   * the next to come gets the journal's. The update itself never reached the journal.
   */
  #throwOut(document: LiveDocument, error: unknown): void {
    const { name } = document.identity;
    this.#log.warn({ err: error, document: name }, 'an edit does not fit the document; loading it anew');
    if (this.#open.get(name) === document) this.#open.delete(name);
    if (document.unsaved) this.#leaving.set(name, { document, saved: Promise.withResolvers() });
    for (const port of [...document.ports]) port.close(conflict().problem);
  }

  /** The last edits of a document that was thrown out are durable: it may be opened again. */
  #letGo(document: LiveDocument): void {
    const { name } = document.identity;
    const leaving = this.#leaving.get(name);
    if (leaving?.document !== document || document.unsaved) return;
    this.#leaving.delete(name);
    leaving.saved.resolve();
  }

  #maybeSnapshot(document: LiveDocument): void {
    const { tail } = document;
    const { entries, bytes } = this.#settings.snapshot;
    if (tail.entries < entries && tail.bytes < bytes) return;
    // Without unsaved edits the state is at hand; under steady typing it may never be free of them.
    if (document.unsaved && tail.entries < entries * 2 && tail.bytes < bytes * 2) return;
    void this.#snapshot(document);
  }

  /**
   * Writes a snapshot of what is durable of a document; never throws. An edit that is only in memory must not get into it:
   * after a crash it would be there without being in the journal, and be acknowledged to an author who sends it again.
   */
  async #snapshot(document: LiveDocument): Promise<void> {
    const { tail, identity, position } = document;
    if (document.broken || this.#snapshotting.has(identity.name)) return;
    this.#snapshotting.add(identity.name);
    const before = { ...tail };
    tail.entries = tail.bytes = 0;
    try {
      const state = document.unsaved ? await this.#stateAt(identity, position) : document.content.encode();
      await this.#snapshots.write(identity.name, identity.organization, position, state);
    } catch (error) {
      this.#log.warn(
        { err: error, document: identity.name },
        'a snapshot could not be written; trying again later'
      );
      tail.entries += before.entries / 2;
      tail.bytes += before.bytes / 2;
    } finally {
      this.#snapshotting.delete(identity.name);
    }
  }

  async #stateAt({ record, section, name }: DocumentIdentity, position: number): Promise<Uint8Array> {
    const doc = await this.#replay.document(record, section, position);
    if (!doc) throw new Error(`${name} is not in the journal`);
    const state = encodeStateAsUpdate(doc);
    doc.destroy();
    return state;
  }

  #sweep(now = Date.now()): void {
    for (const [name, document] of this.#open) {
      if (
        document.ports.size === 0 &&
        !document.unsaved &&
        now - document.touched > LINGER &&
        !this.#snapshotting.has(name)
      ) {
        if (worthASnapshot(document)) void this.#snapshot(document);
        else {
          this.#open.delete(name);
          document.destroy();
        }
      } else document.content.cool(WARM + document.content.size * WARM_PER_BYTE, now);
    }
  }
}

/**
 * Whether another snapshot should be left when a document is let go: after some entries, or after any where the document
 * is large, since merging it with them is what the next one to open it would wait for.
 */
const worthASnapshot = ({ tail, content }: LiveDocument): boolean =>
  tail.entries >= 12 || (tail.entries > 0 && content.size > 50_000);
