/**
 * The order of records in a space: gives ranks, one at a time for each order, so that no two are ever the same.
 *
 * Ranks are unique over a whole space rather than a lane, so that a record may change lanes and keep its rank, and a
 * place is found by two lookups in an index. An entry is handed to the journal while the order is held, but waited for
 * outside: what is not in the rows yet is remembered here, so that a hundred moves share one flush.
 */
import { between, LONG_RANK, relieve, spotFor, type Neighbour, type Place } from '#shared/kernel/rank.ts';
import { systemActor } from '../access/actor.ts';
import type { Entry } from '../journal/entry.ts';
import type { Journal, Projector } from '../parts.ts';
import type { RowModels, StoredRow } from '../store/models/row.ts';
import { Locks } from './lock.ts';

/** What is ordered together. */
export interface Scope {
  organization: string;
  type: string;
  space: string | null;
}

/** The record to be placed, where it is in the order already. */
export interface Placed {
  id: string;
  rank: string;
  state: string | null;
}

interface Pending {
  rank: string;
  state: string | null;
  /** The entry, once the rows include it. */
  settled: Promise<Entry>;
}

/** A scope in which something is under way. */
interface Busy {
  /** What was written to the journal and isn't in the rows yet, by record. */
  pending: Map<string, Pending>;
  /** A rank nothing is above, once it was asked for: a hundred cards at the end cost one look at the rows. */
  top?: string | null;
}

/** Most ranks one journal entry sets. */
const ENTRY_CHANGES = 1000;

export class Order {
  readonly #rows: RowModels;
  readonly #journal: Pick<Journal, 'append'>;
  readonly #projector: Pick<Projector, 'settled'>;
  readonly #locks = new Locks();
  readonly #busy = new Map<string, Busy>();

  constructor(rows: RowModels, journal: Pick<Journal, 'append'>, projector: Pick<Projector, 'settled'>) {
    this.#rows = rows;
    this.#journal = journal;
    this.#projector = projector;
  }

  /**
   * Finds the rank for a place in a lane and writes it, in the order people asked.
   * @param write appends the entry at once (it may not wait before it does).
   * @returns the entry, once the rows include it.
   */
  async place(
    scope: Scope,
    lane: string | null,
    place: Place | undefined,
    record: { id: string; now: Placed | null },
    write: (rank: string) => Promise<Entry>
  ): Promise<Entry> {
    const key = JSON.stringify([scope.organization, scope.type, scope.space]);
    const pending = await this.#locks.run(key, async () => {
      const rank = await this.#rankFor(scope, key, lane, place, record);
      const mine: Pending = { rank, state: lane, settled: this.#settled(write(rank)) };
      // Waited for below; without this a failure while the lock is released would count as unhandled.
      mine.settled.catch(() => {});
      let busy = this.#busy.get(key);
      if (!busy) this.#busy.set(key, (busy = { pending: new Map() }));
      busy.pending.set(record.id, mine);
      if (busy.top !== undefined && (busy.top === null || rank > busy.top)) busy.top = rank;
      return mine;
    });
    try {
      return await pending.settled;
    } finally {
      const busy = this.#busy.get(key);
      if (busy?.pending.get(record.id) === pending) busy.pending.delete(record.id);
      if (busy?.pending.size === 0) this.#busy.delete(key);
      if (pending.rank.length > LONG_RANK) await this.#relieve(scope, key, record.id);
    }
  }

  async #settled(written: Promise<Entry>): Promise<Entry> {
    const entry = await written;
    await this.#projector.settled(entry.position);
    return entry;
  }

  async #rankFor(
    scope: Scope,
    key: string,
    lane: string | null,
    place: Place | undefined,
    { id, now }: { id: string; now: Placed | null }
  ): Promise<string> {
    const neighbours = await this.#neighbours(scope, key, lane, place);
    const spot = spotFor(place, neighbours, now && { id, inLane: now.state === lane });
    if (spot === 'keep') return now!.rank;
    if (spot === 'end') return between(await this.#top(scope, key, id), null);
    if ('after' in spot) return between(spot.after, await this.#edge(scope, key, id, spot.after, 1));
    return between(await this.#edge(scope, key, id, spot.before, -1), spot.before);
  }

  /** A rank that nothing but perhaps the record itself is above. */
  async #top(scope: Scope, key: string, self: string): Promise<string | null> {
    const busy = this.#busy.get(key);
    if (busy?.top !== undefined) return busy.top;
    const top = await this.#edge(scope, key, self, null, -1);
    if (busy) busy.top = top;
    return top;
  }

  /**
   * What is under way, as it is now. Taken before the rows are asked: what arrives in them meanwhile leaves the original,
   * and would else be seen in neither.
   */
  #underWay(key: string): ReadonlyMap<string, Pending> {
    return new Map(this.#busy.get(key)?.pending);
  }

  /** The records a place names, as they are now. */
  async #neighbours(
    scope: Scope,
    key: string,
    lane: string | null,
    place: Place | undefined
  ): Promise<Neighbour[]> {
    const named = [place?.after, place?.before].filter((each) => each !== undefined);
    if (named.length === 0) return [];
    const pending = this.#underWay(key);
    const found = await this.#rows(scope.type)
      .find({ _id: { $in: named }, organization: scope.organization, space: scope.space })
      .lean<StoredRow[]>();
    const known = new Map(
      found.map((row) => [row._id, { rank: row.rank, state: row.state, removed: row.deleted }])
    );
    for (const id of named) {
      const newer = pending.get(id);
      if (newer) known.set(id, { ...newer, removed: false });
    }
    return [...known].map(([id, { rank, state, removed }]) => ({
      id,
      rank,
      inLane: state === lane,
      removed
    }));
  }

  /** The next rank above (1) or below (-1) another, or the last of all (`from` null); null where there is none. */
  async #edge(
    scope: Scope,
    key: string,
    self: string,
    from: string | null,
    way: 1 | -1
  ): Promise<string | null> {
    const pending = this.#underWay(key);
    const bound = from === null ? {} : { rank: way === 1 ? { $gt: from } : { $lt: from } };
    const row = await this.#rows(scope.type)
      .findOne(
        { organization: scope.organization, space: scope.space, ...bound, _id: { $ne: self } },
        { rank: 1 }
      )
      .sort({ rank: way })
      .lean<Pick<StoredRow, 'rank'>>();
    let edge = row?.rank ?? null;
    for (const [id, { rank }] of pending) {
      if (id === self || (from !== null && (way === 1 ? rank <= from : rank >= from))) continue;
      if (edge === null || (way === 1 ? rank < edge : rank > edge)) edge = rank;
    }
    return edge;
  }

  /** Gives a crowded neighbourhood short ranks again, as a change of ume's own. */
  async #relieve(scope: Scope, key: string, id: string): Promise<void> {
    await this.#locks.run(key, async () => {
      const { organization, type, space } = scope;
      // What isn't in the rows yet would be overtaken. Nothing new is added while the order is held.
      await Promise.allSettled(
        [...(this.#busy.get(key)?.pending.values() ?? [])].map((each) => each.settled)
      );
      const order = await this.#rows(type)
        .find({ organization, space }, { rank: 1 })
        .sort({ rank: 1 })
        .lean<Array<Pick<StoredRow, '_id' | 'rank'>>>();
      const at = order.findIndex((each) => each._id === id);
      if (at === -1 || order[at]!.rank.length <= LONG_RANK) return;
      const { from, ranks } = relieve(
        order.map((each) => each.rank),
        at
      );
      const changes = ranks.map((rank, index) => ({
        record: order[from + index]!._id,
        section: 'main',
        set: { rank }
      }));
      const { user, kind, name } = systemActor(organization);
      let last: Entry | null = null;
      for (let start = 0; start < changes.length; start += ENTRY_CHANGES)
        last = await this.#journal.append({
          organization,
          by: { user, kind, name },
          cause: { kind: 'command', name: 'relieve' },
          changes: changes.slice(start, start + ENTRY_CHANGES)
        });
      if (last) await this.#projector.settled(last.position);
    });
  }
}
