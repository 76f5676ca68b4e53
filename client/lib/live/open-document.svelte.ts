/* eslint-disable svelte/prefer-svelte-reactivity -- the plain maps and sets here are bookkeeping no screen reads */
/** One record's document, open in this tab: its Y.Doc, what this device keeps of it, and its line to the server. */
import { HocuspocusProvider, type HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { fieldsIn } from '#shared/kernel/fields/index.ts';
import { plainText } from '#shared/kernel/fields/rich.ts';
import { parseDocumentName } from '#shared/kernel/ids.ts';
import { recordType } from '#shared/modules/registry.ts';
import { collabNotice } from '#shared/protocol/collab.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import { Keep } from './keep.ts';
import type { LiveStore } from './store.ts';
import type { Who } from './who.ts';

/** Origin of the person's own edits outside the rich text editor. Undo takes back these and nobody else's. */
export const MINE = { mine: true };

export interface DocumentDeps {
  who: Who;
  store: LiveStore | null;
  websocket: HocuspocusProviderWebsocket;
  token: () => Promise<string>;
  /** Waited for before the server is asked: a card that has not been made there yet. */
  ready: () => Promise<void>;
  /** `words` is what the dropped copy said, so that nothing typed is out of reach. */
  onRefused: (name: string, problem: Problem, words: string) => void;
  onCorrected: (name: string, field: string, problem: Problem) => void;
  onStorage: (ok: boolean) => void;
  onUnkept: () => void;
}

/** One life of a document: replaced as a whole when the server refuses an edit in it. */
export interface Life {
  doc: Y.Doc;
  provider: HocuspocusProvider;
  awareness: Awareness;
  undo: Y.UndoManager;
  endUndo: () => void;
  keep: Keep | null;
  fields: Y.Map<unknown>;
}

/** How long what this device keeps may take to be read before the server is asked without it. */
const READ_LIMIT_MS = 2000;

export class OpenDocument {
  readonly name: string;
  /** Changes whenever the document was dropped and opened anew: bind to it again. */
  life: Life = $state.raw()!;
  /** There is something to show: kept on this device, or told by the server. */
  shown = $state(false);
  /** The server has told all it had at least once since this was opened. */
  synced = $state(false);
  /** Edits the server has not confirmed, in this tab. */
  unsynced = $state(false);
  /** As `unsynced`, and from earlier sessions kept on this device. */
  dirty = $state(false);
  readOnly = $state(false);
  /** Why the server doesn't open it: a reason, as it says. */
  closed = $state<string | null>(null);

  readonly #deps: DocumentDeps;
  #ended = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;

  constructor(name: string, deps: DocumentDeps) {
    this.name = name;
    this.#deps = deps;
    this.#begin();
  }

  #begin(): void {
    const { who, store, websocket, token } = this.#deps;
    const doc = new Y.Doc();
    const provider = new HocuspocusProvider({
      name: this.name,
      document: doc,
      websocketProvider: websocket,
      token
    });
    const fields = doc.getMap('fields');
    const keep =
      store &&
      new Keep({
        store,
        name: this.name,
        doc,
        isRemote: (origin) => origin === provider,
        onChange: () => this.#count(),
        onFailure: () => this.#deps.onUnkept()
      });
    // One manager for everything in the document, so that undo goes back in the order the person worked.
    const undo = new Y.UndoManager([fields, ...this.#richTexts(doc)], {
      trackedOrigins: new Set<unknown>([MINE]),
      captureTransaction: (transaction) => transaction.meta.get('addToHistory') !== false,
      captureTimeout: 600
    });
    // An editor that closes takes the manager it was lent down with it; ours lives as long as the document.
    const endUndo = undo.destroy.bind(undo);
    undo.destroy = () => {};
    const awareness = provider.awareness!;
    awareness.setLocalStateField('user', { id: who.user, name: who.name, color: who.color });
    this.life = { doc, provider, awareness, undo, endUndo, keep, fields };

    provider.on('synced', () => {
      this.synced = true;
      this.shown = true;
      this.closed = null;
      this.#attempts = 0;
      this.#count();
    });
    provider.on('unsyncedChanges', () => this.#count());
    provider.on('authenticated', ({ scope }: { scope: string }) => (this.readOnly = scope === 'readonly'));
    provider.on('authenticationFailed', ({ reason }: { reason: string }) => this.#shut(reason));
    provider.on('close', ({ event }: { event: { code: number; reason: string } }) => {
      // A closed socket opens again by itself; a document closed on an open socket doesn't.
      if (websocket.status === 'connected') this.#shut(event.reason);
    });
    provider.on('stateless', ({ payload }: { payload: string }) => this.#hear(payload));
    void this.#attach(this.life);
  }

  async #attach(life: Life): Promise<void> {
    if (life.keep) {
      await Promise.race([life.keep.loaded, new Promise((done) => setTimeout(done, READ_LIMIT_MS))]);
      if (life.keep.found && life === this.life) this.shown = true;
    }
    await this.#deps.ready();
    if (!this.#ended && life === this.life) life.provider.attach();
  }

  #shut(reason: string): void {
    this.closed = reason || 'closed';
    clearTimeout(this.#retry);
    // Rights may come back, a card may just be on its way to the server: ask again, ever more patiently.
    this.#retry = setTimeout(
      () => {
        if (this.#ended) return;
        this.life.provider.detach();
        this.life.provider.attach();
      },
      Math.min(30_000, 1000 * 2 ** this.#attempts++)
    );
  }

  #count(): void {
    const { provider, keep } = this.life;
    // Right after connecting the count is 1 until the first exchange is over: that is not an edit of the person's.
    const confirmed = provider.isSynced && provider.unsyncedChanges === 0;
    if (confirmed) void keep?.settle();
    this.dirty = keep ? keep.dirty : !confirmed && this.life.undo.undoStack.length > 0;
    this.unsynced = this.dirty;
  }

  #hear(payload: string): void {
    let raw: unknown;
    try {
      raw = JSON.parse(payload);
    } catch {
      return;
    }
    const notice = collabNotice.safeParse(raw);
    if (!notice.success) return;
    switch (notice.data.kind) {
      case 'refused':
        this.#deps.onRefused(this.name, notice.data.problem, this.#words());
        return void this.#renew();
      case 'corrected':
        return this.#deps.onCorrected(this.name, notice.data.field, notice.data.problem);
      case 'storage':
        return this.#deps.onStorage(notice.data.ok);
      case 'scope':
        this.readOnly = notice.data.readOnly;
    }
  }

  /** Throws the local copy away and asks the server anew: it holds an edit that is no part of the document. */
  async #renew(): Promise<void> {
    const old = this.life;
    old.provider.destroy();
    old.endUndo();
    await old.keep?.forget();
    old.doc.destroy();
    if (this.#ended) return;
    this.synced = false;
    this.shown = false;
    this.dirty = false;
    this.unsynced = false;
    this.#begin();
  }

  #richTexts(doc: Y.Doc): Y.XmlFragment[] {
    const name = parseDocumentName(this.name);
    const type = name && recordType(name.type);
    if (!type) return [];
    return fieldsIn(type, name.section)
      .filter((each) => each.kind === 'richText')
      .map((each) => doc.getXmlFragment(each.key));
  }

  /** Everything written in the document, as plain words. */
  #words(): string {
    const { doc, fields } = this.life;
    const lines = [...fields.values()]
      .filter((each) => each instanceof Y.Text)
      .map((each) => each.toString());
    const paragraphs = this.#richTexts(doc).map((each) => plainText(each, 200_000));
    return [...lines, ...paragraphs].filter((each) => each !== '').join('\n\n');
  }

  /** An edit of the person's own: one transaction, one step of undo unless they go on at once. */
  edit(change: (fields: Y.Map<unknown>) => void): void {
    this.life.doc.transact(() => change(this.life.fields), MINE);
  }

  /** Says which field the person is in; null when in none. */
  focus(field: string | null): void {
    this.life.awareness.setLocalStateField('field', field);
  }

  async end(): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#retry);
    const { provider, keep, endUndo, doc } = this.life;
    await keep?.flush();
    provider.destroy();
    endUndo();
    await keep?.close();
    doc.destroy();
  }
}
