/**
 * The feed: live lists without gaps or doubles.
 *
 * A subscription first registers, then asks the database, then takes in what was told meanwhile, until it has reached
 * the position of the newest row it was given. Its answer is then the list exactly at a position, and everything after
 * that position follows. A subscription that comes back gets what changed after the position it had.
 */
import type { RecordType } from '#shared/kernel/declare.ts';
import { matches, type Filter } from '#shared/kernel/filter.ts';
import type { Row, RowRights } from '#shared/kernel/row.ts';
import type { FeedChange } from '#shared/protocol/feed.ts';
import type { Actor } from '../access/actor.ts';
import { rightsOn } from '../access/policies.ts';
import type { Projector, RowChange } from '../parts.ts';
import { toRow, type RowModels } from '../store/models/row.ts';
import { conditionOf } from './conditions.ts';
import { rowsWhere, typeFor } from './find.ts';
import { Following, REMEMBERED, type ListChange, type Round } from './following.ts';

export interface Subscribe {
  type: string;
  filter?: Filter | undefined;
  limit: number;
  since?: number | undefined;
}

export type Answered =
  | { position: number; rows: Row[]; more: boolean }
  | { position: number; changes: FeedChange[] }
  | { reset: true };

export interface Subscription {
  answer: Answered;
  /** Begins to tell; call it once the answer is on its way, so that nothing overtakes it. */
  start(tell: (changes: FeedChange[], position: number) => void): void;
  stop(): void;
}

export interface FeedParts {
  rows: RowModels;
  projector: Pick<Projector, 'head' | 'onProjected'>;
  /** Most changes somebody who comes back may be told; more is asked anew. */
  backlog: number;
}

/** The condition for the rows of a list. */
const listed = (organization: string, filter: Filter | undefined) => ({
  $and: [{ organization, deleted: false }, filter ? conditionOf(filter) : {}]
});

const byPosition = (a: Row, b: Row): number => a.position - b.position || (a.id < b.id ? -1 : 1);
const byRank = (a: Row, b: Row): number =>
  a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : 1;

/** Changes as one reader gets them. */
const tellable = (changes: readonly ListChange[], may: RowRights): FeedChange[] =>
  changes.map(({ id, row }) => (row ? { id, row: { ...row, may } } : { id, gone: true }));

export class Feed {
  readonly #rows: RowModels;
  readonly #backlog: number;
  readonly #stop: () => void;
  /** Lists somebody follows, by organization and type, then by filter. */
  readonly #lists = new Map<string, Map<string, Following>>();
  /** What was told up to, which may be behind the projector's own head for a moment. */
  #head: number;
  #waiting: Array<{ position: number; resolve: () => void }> = [];

  constructor({ rows, projector, backlog }: FeedParts) {
    this.#rows = rows;
    this.#backlog = backlog;
    this.#head = projector.head;
    this.#stop = projector.onProjected((changes, head) => this.#take(changes, head));
  }

  /** Lists that are followed at the moment. */
  get size(): number {
    let lists = 0;
    for (const each of this.#lists.values()) lists += each.size;
    return lists;
  }

  close(): void {
    this.#stop();
  }

  /**
   * Follows the rows of a type that pass a filter.
   * @throws {UmeError} notFound where there is no such type for the actor.
   */
  async subscribe(actor: Actor, { type: name, filter, limit, since }: Subscribe): Promise<Subscription> {
    const type = typeFor(actor, name, 'read');
    if (since !== undefined && since > this.#head) return RESET;
    const may = rightsOn(actor, type);
    const rounds: Round[] = [];
    let follow = (round: Round): void => void rounds.push(round);
    const follower = (round: Round): void => follow(round);
    const { list, leave } = this.#follow(actor.organization, type, filter, follower);
    try {
      const answer =
        since === undefined
          ? await this.#whole(list, limit, rounds, may)
          : await this.#changes(list, since, rounds, may);
      if ('reset' in answer) {
        leave();
        return RESET;
      }
      if (!list.asked) void this.#load(list);
      return {
        answer,
        start: (tell) => {
          const send = ({ head, changes }: Round): void => tell(tellable(changes, may), head);
          follow = send;
          for (const round of rounds.splice(0)) if (round.head > answer.position) send(round);
        },
        stop: leave
      };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** The list as it is, at one position. */
  async #whole(following: Following, limit: number, rounds: Round[], may: RowRights): Promise<Answered> {
    const { organization, type, filter } = following;
    const found = await rowsWhere(this.#rows, type.type, listed(organization, filter))
      .sort({ rank: 1, _id: 1 })
      .limit(limit + 1)
      .toArray();
    const list = new Map(found.slice(0, limit).map((each) => [each._id, toRow(each)]));
    await this.#reached(Math.max(0, ...[...list.values()].map((row) => row.position)));
    const position = this.#head;
    for (const { changes } of rounds.splice(0)) {
      for (const { id, row } of changes) {
        if (row) list.set(id, row);
        else list.delete(id);
      }
    }
    const rows = [...list.values()].sort(byRank).map((row) => ({ ...row, may }));
    const more = found.length > limit;
    if (!more) following.adopt(list.keys());
    return { position, rows, more };
  }

  /**
   * What changed after a position. Removed rows stay in the database and carry the position of their removal, so one
   * question finds everything.
   */
  async #changes(list: Following, since: number, rounds: Round[], may: RowRights): Promise<Answered> {
    const { organization, type, filter } = list;
    const found = await rowsWhere(this.#rows, type.type, { organization, position: { $gt: since } })
      .sort({ position: 1 })
      .limit(this.#backlog + 1)
      .toArray();
    if (found.length > this.#backlog) return { reset: true };
    await this.#reached(Math.max(0, ...found.map((row) => row.position)));
    const position = this.#head;
    const rows = new Map<string, Row>();
    const gone = new Set<string>();
    const put = (id: string, row: Row | null): void => {
      rows.delete(id);
      gone.delete(id);
      if (row) rows.set(id, row);
      else gone.add(id);
    };
    for (const each of found) {
      const row = each.deleted ? null : toRow(each);
      put(each._id, row && matches(row, filter) ? row : null);
    }
    for (const { changes } of rounds.splice(0)) for (const { id, row } of changes) put(id, row);
    const changes: ListChange[] = [
      ...[...gone].map((id) => ({ id, row: null })),
      ...[...rows.values()].sort(byPosition).map((row) => ({ id: row.id, row }))
    ];
    return { position, changes: tellable(changes, may) };
  }

  #follow(
    organization: string,
    type: RecordType,
    filter: Filter | undefined,
    follower: (round: Round) => void
  ): { list: Following; leave: () => void } {
    const place = `${organization} ${type.type}`;
    const name = JSON.stringify(filter ?? null);
    let lists = this.#lists.get(place);
    if (!lists) this.#lists.set(place, (lists = new Map()));
    let list = lists.get(name);
    if (!list) {
      list = new Following(organization, type, filter);
      lists.set(name, list);
    }
    const followed = list;
    followed.followers.add(follower);
    const leave = () => {
      if (!followed.followers.delete(follower) || followed.followers.size > 0) return;
      lists.delete(name);
      if (lists.size === 0 && this.#lists.get(place) === lists) this.#lists.delete(place);
    };
    return { list: followed, leave };
  }

  /** Which rows a list has, so that rows that were never in it needn't be told to be gone. */
  async #load(list: Following): Promise<void> {
    list.ask();
    const { organization, type, filter } = list;
    try {
      const found = await rowsWhere(this.#rows, type.type, listed(organization, filter), {
        projection: { _id: 1 }
      })
        .limit(REMEMBERED + 1)
        .toArray();
      list.load(found.map((each) => each._id));
    } catch {
      // Without them the list only tells more than it must.
      list.load(null);
    }
  }

  #take(changes: readonly RowChange[], head: number): void {
    const places = new Map<string, RowChange[]>();
    for (const change of changes) {
      const place = `${change.organization} ${change.type}`;
      const some = places.get(place);
      if (some) some.push(change);
      else places.set(place, [change]);
    }
    this.#head = head;
    for (const [place, some] of places)
      for (const list of this.#lists.get(place)?.values() ?? []) list.take(some, head);
    const waiting = this.#waiting;
    this.#waiting = waiting.filter((each) => each.position > head);
    for (const each of waiting) if (each.position <= head) each.resolve();
  }

  /** Resolves once everything up to a position was told. */
  #reached(position: number): Promise<void> {
    if (this.#head >= position) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ position, resolve }));
  }
}

const RESET: Subscription = { answer: { reset: true }, start: () => {}, stop: () => {} };
