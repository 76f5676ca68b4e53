/**
 * One open document: takes edits from its ports, passes them on, hands them to the journal, and tells each author once
 * an edit is durable. Broadcasting does not wait for durability; acknowledging does.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import type { Doc } from 'yjs';
import type { RecordType } from '#shared/kernel/declare.ts';
import type { CollabNotice } from '#shared/protocol/collab.ts';
import { documentTooLarge, readOnly, rubbish, storageDown, updateTooLarge } from '#shared/protocol/errors.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import type { Cause, Entry } from '../journal/entry.ts';
import type { Draft, Source } from '../journal/journal.ts';
import { Awareness } from './awareness.ts';
import { broadcast } from './broadcast.ts';
import { isBlank, isEmpty, isReadable } from './content.ts';
import type { Content } from './content.ts';
import * as frames from './frames.ts';
import type { Port } from './port.ts';
import { speakAtEndOfTurn } from './turn.ts';
import { EDIT, Unsaved } from './unsaved.ts';
import type { Batch, Edit } from './unsaved.ts';

export interface DocumentLimits {
  /** Largest single edit, bytes. */
  updateBytes: number;
  /** Largest document, bytes. */
  documentBytes: number;
  /** How much may wait for a database that is away, bytes over all documents. */
  waitingBytes: number;
}

/** What a document needs of the house around it. */
export interface DocumentHost {
  limits: DocumentLimits;
  /** Bytes of edits over all documents that are not durable yet. */
  waiting: { bytes: number };
  announce(source: Source): void;
  /** Edits of the document are durable up to the entry. */
  committed(document: LiveDocument, entry: Entry): void;
  /** Its content can't be trusted any more and must be loaded anew. */
  broken(document: LiveDocument, error: unknown): void;
}

export interface DocumentIdentity {
  /** `work.task/<ulid>` or `work.task/<ulid>#<section>` */
  name: string;
  record: string;
  section: string;
  organization: string;
  type: RecordType;
}

/** From this many receivers on, a turn's updates are merged into one message. */
const MERGE_FROM = 4;

export class LiveDocument implements Source {
  readonly identity: DocumentIdentity;
  readonly content: Content;
  readonly ports = new Set<Port>();
  /** Ports that edited since the last projection: whom a correction concerns. */
  readonly editors = new Set<Port>();
  /** Journal position of the last durable edit. */
  position: number;
  /** Entries and bytes since the last snapshot. */
  tail: { entries: number; bytes: number };
  /** When somebody last had it open or edited it, milliseconds since 1970. */
  touched = Date.now();
  #broken = false;

  readonly #host: DocumentHost;
  readonly #awareness = new Awareness<Port>((port) => port.actor);
  readonly #edits = new Unsaved();
  #outgoing: Array<{ update: Uint8Array; from: Port | null }> = [];
  #moved = new Set<number>();
  readonly #flush = () => this.#broadcast();

  constructor(
    identity: DocumentIdentity,
    content: Content,
    position: number,
    tail: LiveDocument['tail'],
    host: DocumentHost
  ) {
    this.identity = identity;
    this.content = content;
    this.position = position;
    this.tail = tail;
    this.#host = host;
  }

  /** Whether edits are waiting to become durable. */
  get unsaved(): boolean {
    return this.#edits.any;
  }

  get broken(): boolean {
    return this.#broken;
  }

  join(port: Port): void {
    this.touched = Date.now();
    this.ports.add(port);
  }

  leave(port: Port): void {
    this.touched = Date.now();
    if (!this.ports.delete(port)) return;
    this.editors.delete(port);
    this.#edits.forget(port);
    for (const client of this.#awareness.leave(port)) this.#moved.add(client);
    if (this.#moved.size > 0) speakAtEndOfTurn(this.#flush);
  }

  /**
   * Handles one message of a port, positioned after its kind.
   * @throws when it can't be read; the caller closes the connection.
   */
  receive(port: Port, kind: number, decoder: decoding.Decoder): void {
    if (this.#broken) return;
    switch (kind) {
      case frames.Kind.sync:
      case frames.Kind.syncReply:
        return this.#sync(port, decoder);
      case frames.Kind.awareness: {
        const changed = this.#awareness.receive(port, decoding.readVarUint8Array(decoder));
        for (const client of changed) this.#moved.add(client);
        if (changed.length > 0) speakAtEndOfTurn(this.#flush);
        return;
      }
      case frames.Kind.queryAwareness:
        if (this.#awareness.size > 0) port.send(frames.awareness(this.#awareness.encode()));
        return;
      case frames.Kind.stateless:
        return;
      default:
        throw rubbish();
    }
  }

  /**
   * Changes the document as the server. Resolves once durable; null where nothing changed.
   * @throws what `change` throws; the document is then loaded anew, since part of the change may have been made.
   */
  edit(by: Edit['by'], cause: Cause, change: (doc: Doc) => void): Promise<Entry | null> {
    let update;
    try {
      update = this.content.change(change);
    } catch (error) {
      this.#break(error);
      throw error;
    }
    if (!update) return Promise.resolve(null);
    return new Promise((resolve) => this.#accept({ by, cause, update, port: null, done: resolve }));
  }

  /** Takes in an edit that is durable already: another process wrote it. */
  absorb(update: Uint8Array, position: number): void {
    try {
      if (this.content.apply(update) === 'known') return;
    } catch (error) {
      return this.#break(error);
    }
    this.position = Math.max(this.position, position);
    this.#outgoing.push({ update, from: null });
    speakAtEndOfTurn(this.#flush);
  }

  /** Tells everyone who speaks Hocuspocus. */
  notify(notice: CollabNotice, to: Iterable<Port> = this.ports): void {
    const body = frames.stateless(JSON.stringify(notice));
    for (const port of to) if (port.protocol === 'hocuspocus') port.send(body);
  }

  /** The journal asks for what is pending; see `Source`. */
  take(bytes: number): Draft[] {
    const { record, section, organization } = this.identity;
    const drafts = this.#edits.take(bytes).map((batch): Draft => {
      const { by, cause, update } = batch;
      return {
        entry: { organization, by, cause, changes: [{ record, section, update }] },
        done: (entry) => this.#durable(batch, entry)
      };
    });
    if (this.#edits.waiting) this.#host.announce(this);
    return drafts;
  }

  destroy(): void {
    this.content.destroy();
  }

  #break(error: unknown): void {
    this.#broken = true;
    this.#host.broken(this, error);
  }

  #durable(batch: Batch, entry: Entry): void {
    this.position = Math.max(this.position, entry.position);
    this.tail.entries += 1;
    this.tail.bytes += batch.bytes;
    this.#host.waiting.bytes -= this.#edits.settle(batch, entry);
    this.#host.committed(this, entry);
  }

  #sync(port: Port, decoder: decoding.Decoder): void {
    const step = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    switch (step) {
      case frames.Sync.step1:
        return this.#greet(port, bytes);
      case frames.Sync.step2:
      case frames.Sync.update:
        return this.#receiveUpdate(port, bytes);
      default:
        throw rubbish();
    }
  }

  /** A client says what it has: it gets what it lacks, and is asked for what we lack. */
  #greet(port: Port, vector: Uint8Array): void {
    port.send(frames.step2(this.content.encode(vector)));
    // Someone who has nothing has nothing to tell. Everyone else may hold edits made offline, deletions included, which
    // a state vector does not show: so they are always asked.
    if (!isBlank(vector)) port.send(frames.step1(this.content.vector()));
    else port.acknowledge();
    if (this.#awareness.size > 0) port.send(frames.awareness(this.#awareness.encode()));
  }

  #receiveUpdate(port: Port, update: Uint8Array): void {
    // Nothing that we lack, which is what somebody says who comes back before their edits are durable.
    if (isEmpty(update)) return this.#edits.acknowledge(port);
    const { limits, waiting } = this.#host;
    if (!isReadable(update)) throw rubbish();
    if (port.readOnly) return this.#refuseReader(port, update);
    if (update.byteLength > limits.updateBytes) return this.#refuse(port, updateTooLarge().problem);
    if (waiting.bytes > limits.waitingBytes) return this.#refuse(port, storageDown().problem);
    if (this.#tooLarge(update.byteLength)) return this.#refuse(port, documentTooLarge().problem);
    let applied;
    try {
      applied = this.content.apply(update);
    } catch (error) {
      return this.#break(error);
    }
    if (applied === 'known') return this.#edits.acknowledge(port);
    this.editors.add(port);
    const { user, kind, name } = port.actor;
    this.#accept({ by: { user, kind, name }, cause: EDIT, update, port });
  }

  #accept(edit: Edit): void {
    this.touched = Date.now();
    this.#host.waiting.bytes += this.#edits.add(edit);
    this.#host.announce(this);
    this.#outgoing.push({ update: edit.update, from: edit.port });
    speakAtEndOfTurn(this.#flush);
  }

  /** A reader's client also answers when asked what it has; only what would change something is refused. */
  #refuseReader(port: Port, update: Uint8Array): void {
    const known = Y.snapshotContainsUpdate(Y.snapshot(this.content.doc), update);
    if (known) this.#edits.acknowledge(port);
    else this.#refuse(port, readOnly().problem);
  }

  #refuse(port: Port, problem: Problem): void {
    if (port.protocol === 'hocuspocus') {
      port.send(REFUSED);
      this.notify({ v: 1, kind: 'refused', problem }, [port]);
    } else {
      // y-websocket has no word for one refused edit: its copy has gone astray, so it is told and cut off.
      port.send(frames.denied(problem.code));
      port.close(problem);
    }
  }

  /** The running size only grows, so it is measured anew before anyone is turned away, once a second at most. */
  #measured = 0;
  #tooLarge(more: number): boolean {
    const limit = this.#host.limits.documentBytes;
    if (this.content.size + more <= limit) return false;
    const now = Date.now();
    if (now - this.#measured > 1000) {
      this.#measured = now;
      this.content.encode();
    }
    return this.content.size + more > limit;
  }

  #broadcast(): void {
    const outgoing = this.#outgoing;
    if (outgoing.length > 0) {
      this.#outgoing = [];
      this.#broadcastUpdates(outgoing);
    }
    if (this.#moved.size > 0) {
      const moved = this.#moved;
      this.#moved = new Set();
      // Authors get their own back: clients take silence for a dead connection.
      broadcast(this.ports, frames.awareness(this.#awareness.encode(moved)));
      this.#awareness.settle();
    }
  }

  #broadcastUpdates(outgoing: Array<{ update: Uint8Array; from: Port | null }>): void {
    const author = outgoing[0]!.from;
    if (
      this.ports.size === 1 &&
      author &&
      this.ports.has(author) &&
      outgoing.every(({ from }) => from === author)
    )
      return;
    if (outgoing.length > 1 && this.ports.size >= MERGE_FROM) {
      const alone = outgoing.every(({ from }) => from === author);
      const merged = Y.mergeUpdates(outgoing.map(({ update }) => update));
      broadcast(this.ports, frames.update(merged), alone && author ? author : undefined);
      return;
    }
    for (const { update, from } of outgoing) broadcast(this.ports, frames.update(update), from ?? undefined);
  }
}

const REFUSED = frames.syncStatus(false);
