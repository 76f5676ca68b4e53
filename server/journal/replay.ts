/**
 * Bringing a document back from the journal: as it is now, or as it was at any entry.
 *
 * What can't be read is never passed over in silence: a document that opened without some of its updates would look
 * whole, and the next edit would make the loss final.
 */
import { Doc, applyUpdate } from 'yjs';
import { documentName, MAIN_SECTION } from '#shared/kernel/ids.ts';
import { isReadable } from '../documents/content.ts';
import type { Entry } from './entry.ts';
import type { MongoJournal } from './journal.ts';
import type { Snapshot, Snapshots } from './snapshots.ts';

/** A document whose stored parts can't be read, or are not all there. */
export class UnreadableDocument extends Error {
  override name = 'UnreadableDocument';
  /** Whose document it is. */
  readonly organization: string;
  constructor(organization: string, message: string) {
    super(message);
    this.organization = organization;
  }
}

export interface Replayed {
  organization: string;
  /** Snapshot first, then the updates after it, each known to be readable. */
  updates: Uint8Array[];
  /** Position of the last entry included. */
  position: number;
  /** Entries and bytes after the snapshot. */
  tail: { entries: number; bytes: number };
}

export class Replay {
  readonly #journal: MongoJournal;
  readonly #snapshots: Snapshots;

  constructor(journal: MongoJournal, snapshots: Snapshots) {
    this.#journal = journal;
    this.#snapshots = snapshots;
  }

  /**
   * The parts of a section's document, up to a position where one is given; null where the record does not exist.
   * @throws {UnreadableDocument} when a part can't be read.
   */
  async parts(record: string, section: string, upTo?: number): Promise<Replayed | null> {
    const snapshot = await this.#snapshots.latest(documentName(record, section), upTo);
    const entries = await this.#journal.entriesOf(record, { after: snapshot?.position ?? 0, upTo });
    return assemble(record, section, snapshot, entries);
  }

  /** The document as it was after a position, as a Y.Doc of its own. */
  async document(record: string, section: string, upTo: number): Promise<Doc | null> {
    const parts = await this.parts(record, section, upTo);
    if (!parts) return null;
    const doc = new Doc();
    for (const update of parts.updates) applyUpdate(doc, update);
    return doc;
  }
}

/** @throws {UnreadableDocument} */
function assemble(
  record: string,
  section: string,
  snapshot: Snapshot | null,
  entries: Entry[]
): Replayed | null {
  const organization = snapshot?.organization ?? entries[0]?.organization;
  if (organization === undefined) return null;
  if (!snapshot && !entries[0]!.changes.some((change) => change.record === record && change.created)) {
    throw new UnreadableDocument(organization, `${record}: its first journal entry is missing`);
  }
  const tail = updatesOf(entries, record, section);
  for (const { update, position } of tail) {
    if (!isReadable(update))
      throw new UnreadableDocument(
        organization,
        `${record}: the update of journal entry ${position} can't be read`
      );
  }
  if (!snapshot && section === MAIN_SECTION && tail.length === 0) {
    throw new UnreadableDocument(
      organization,
      `${record}: the record exists, but the journal holds no content of it`
    );
  }
  const updates = tail.map(({ update }) => update);
  return {
    organization,
    // A snapshot's digest was checked: it is what was written, and that was readable.
    updates: snapshot ? [snapshot.state, ...updates] : updates,
    position: tail.at(-1)?.position ?? snapshot?.position ?? 0,
    tail: { entries: tail.length, bytes: updates.reduce((sum, each) => sum + each.byteLength, 0) }
  };
}

function updatesOf(
  entries: Entry[],
  record: string,
  section: string
): Array<{ update: Uint8Array; position: number }> {
  return entries.flatMap(({ changes, position }) =>
    changes.flatMap((change) =>
      change.record === record && change.section === section && change.update
        ? [{ update: change.update, position }]
        : []
    )
  );
}
