/** Everything live for the person signed in: begun with a session, ended with it. */
import { isRecordId, parseDocumentName } from '#shared/kernel/ids.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { Problem } from '#shared/protocol/errors.ts';
import { Connection } from './connection.svelte.ts';
import { Documents } from './documents.svelte.ts';
import { Feed } from './feed.svelte.ts';
import { Outbox } from './outbox.svelte.ts';
import { saveState, type SaveState } from './save-state.ts';
import { forgetSaved, forgetStore, openStore, type LiveStore } from './store.ts';
import { SignedOutError, tokens } from './token.ts';
import { scopeOf, type Who } from './who.ts';

/** Something the server said no to, and what can be done about it. */
export interface Refusal {
  id: string;
  problem: Problem;
  /** The record it is about. */
  record: string | null;
  /** What was written, where it is no longer on the screen. */
  words?: string;
  retry?: () => void;
  discard: () => void;
}

export interface Heard {
  refused: (problem: Problem, record: string | null) => void;
  corrected: (problem: Problem, field: string) => void;
  /** The session is over: nothing is lost, but nothing is saved either until someone signs in again. */
  signedOut: () => void;
}

export class Live {
  readonly who: Who;
  readonly store: LiveStore | null;
  readonly connection: Connection;
  readonly feed: Feed;
  readonly documents: Documents;
  readonly outbox: Outbox;
  /** The server can make changes durable. */
  storage = $state(true);
  /** This device keeps what is changed here. */
  kept = $state(true);
  /** The session is over; someone must sign in again before anything is sent. */
  signedOut = $state(false);
  /** Edits in documents that were refused; they are gone from the document, the reason stays until it was read. */
  #refusedEdits = $state.raw<readonly Refusal[]>([]);
  readonly refusals: readonly Refusal[] = $derived.by(() => [
    ...this.#refusedEdits,
    ...this.#refusedCommands()
  ]);
  readonly save: SaveState = $derived.by(() =>
    saveState({
      connected: this.connection.connected,
      connecting: this.connection.starting,
      storage: this.storage,
      edits: this.documents.edits,
      marked: this.documents.edits + this.documents.unopened,
      commands: this.outbox.waiting.length,
      refused: this.refusals.map((each) => each.problem),
      kept: this.kept
    })
  );

  constructor(who: Who, store: LiveStore | null, heard: Heard) {
    this.who = who;
    this.store = store;
    this.kept = store !== null;
    const onUnkept = () => (this.kept = false);
    const onStorage = (ok: boolean) => (this.storage = ok);
    const signedOut = (error: unknown) => {
      if (!(error instanceof SignedOutError) || this.signedOut) return;
      this.signedOut = true;
      heard.signedOut();
    };
    const token = tokens({ fetch: (...args) => fetch(...args) });

    this.feed = new Feed({
      store,
      onConnected: (connected) => {
        this.connection.feed = connected;
        if (!connected) return;
        this.connection.starting = false;
        this.outbox.kick();
        this.documents.connect();
        void this.documents.settle();
      },
      onStorage,
      onRefused: () => {
        token.drop();
        void token.get().catch(signedOut);
      },
      onTold: () => {}
    });
    this.outbox = new Outbox({
      scope: scopeOf(who),
      store,
      fetch: (...args) => fetch(...args),
      onRefused: ({ problem, command }) => heard.refused(problem!, command.record),
      onDone: () => {},
      onSignedOut: () => signedOut(new SignedOutError('The session is over.')),
      onUnkept,
      toldUpTo: (type) => Math.max(0, ...this.feed.listsOf(type).map((each) => each.position ?? 0))
    });
    this.documents = new Documents(
      {
        who,
        store,
        token: () =>
          token.get().catch((error: unknown) => {
            signedOut(error);
            return '';
          }),
        onRefused: (name, problem, words) => {
          const record = parseDocumentName(name)?.record ?? null;
          this.#refusedEdits = [...this.#refusedEdits, this.#refusedEdit(problem, record, words)];
          heard.refused(problem, record);
        },
        onCorrected: (_name, field, problem) => heard.corrected(problem, field),
        onStorage,
        onUnkept
      },
      {
        url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/collab`,
        ready: (name) => this.outbox.born(parseDocumentName(name)?.record ?? name),
        onStatus: (open) => this.connection.reachedDocuments(open),
        onWanted: (wanted) => this.connection.want(wanted)
      }
    );
    this.connection = new Connection({
      drop: () => {
        this.feed.disconnect();
        this.documents.disconnect();
      },
      retry: () => {
        token.drop();
        this.feed.connect();
        this.documents.connect();
        this.outbox.kick();
      }
    });
    window.addEventListener('beforeunload', this.#onLeave);
    this.feed.connect();
    void this.documents.count();
  }

  /** Only where something would really be lost: what this device keeps survives being closed. */
  readonly #onLeave = (event: BeforeUnloadEvent) => {
    if (this.save.atRisk) event.preventDefault();
  };

  /** The same person is signed in again. */
  resume(): void {
    this.signedOut = false;
    this.connection.retry();
  }

  #refusedCommands(): Refusal[] {
    return this.outbox.refused.map((each) => ({
      id: each.id,
      problem: each.problem!,
      record: each.command.record,
      retry: () => void this.outbox.retry(each.id),
      discard: () => void this.outbox.discard(each.id)
    }));
  }

  #refusedEdit(problem: Problem, record: string | null, words: string): Refusal {
    const id = crypto.randomUUID();
    return {
      id,
      problem,
      record,
      words,
      discard: () => (this.#refusedEdits = this.#refusedEdits.filter((each) => each.id !== id))
    };
  }

  /** The row of a record in any followed list. */
  row(record: string): Row | undefined {
    if (!isRecordId(record)) return undefined;
    const type = record.slice(0, record.indexOf('/'));
    for (const list of this.feed.listsOf(type)) {
      const row = list.rows.get(record);
      if (row) return row;
    }
    return undefined;
  }

  /** Closes everything, keeping what this device holds for the next visit. */
  async end({ keepOpen = false } = {}): Promise<void> {
    window.removeEventListener('beforeunload', this.#onLeave);
    this.connection.stop();
    this.outbox.end();
    this.feed.end();
    await this.documents.end();
    if (!keepOpen) this.store?.close();
  }
}

let current = $state.raw<Live | null>(null);

/** The live part of the session, or null before it has begun. */
export const live = (): Live | null => current;

let beginning: Promise<Live> | null = null;

/** Begins for a person; called again for the same one, it answers the same. */
export async function startLive(who: Who, heard: Heard): Promise<Live> {
  while (beginning) await beginning;
  if (current && scopeOf(current.who) === scopeOf(who)) {
    if (current.signedOut) current.resume();
    return current;
  }
  beginning = (async () => {
    await current?.end();
    const store = await openStore(scopeOf(who));
    current = new Live(who, store, heard);
    return current;
  })();
  return beginning.finally(() => (beginning = null));
}

/**
 * Ends it. `forget` deletes what this device holds, as signing out does; only what the server has not got yet stays, for
 * the same person's next visit.
 * @returns how many changes stay
 */
export async function stopLive({ forget }: { forget: boolean }): Promise<number> {
  const ending = current;
  current = null;
  if (!ending) return 0;
  const { unsaved } = ending.save;
  await ending.end({ keepOpen: forget && unsaved > 0 });
  if (!forget) return unsaved;
  if (unsaved === 0) await forgetStore(scopeOf(ending.who));
  else if (ending.store) {
    await forgetSaved(ending.store);
    ending.store.close();
  }
  return unsaved;
}
