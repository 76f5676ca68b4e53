/**
 * One live list: everybody who follows the same type with the same filter shares it. It decides once a round what changed
 * in the list: rows that are now so, and rows that are no longer part of it.
 */
import type { RecordType } from '#shared/kernel/declare.ts';
import { matches, type Filter } from '#shared/kernel/filter.ts';
import type { Row } from '#shared/kernel/row.ts';
import type { RowChange } from '../parts.ts';

/** A change of a list, without anybody's rights. */
export interface ListChange {
  id: string;
  /** Null where it is no longer part of the list. */
  row: Row | null;
}

/** What a round of the projection meant for a list. */
export interface Round {
  head: number;
  changes: ListChange[];
}

/** Longest list whose members are remembered; of longer ones every row that is elsewhere is told to be gone. */
export const REMEMBERED = 20_000;

export class Following {
  readonly organization: string;
  readonly type: RecordType;
  readonly filter: Filter | undefined;
  readonly followers = new Set<(round: Round) => void>();
  /** Ids in the list; null while they are not known: then every row that isn't in it is told to be gone. */
  #members: Set<string> | null = null;
  #loaded: Set<string> | null = null;
  readonly #meanwhile = new Map<string, boolean>();
  #asked = false;
  #gaveUp = false;

  constructor(organization: string, type: RecordType, filter: Filter | undefined) {
    this.organization = organization;
    this.type = type;
    this.filter = filter;
  }

  /** Whether its members are known, or being found out. */
  get asked(): boolean {
    return this.#members !== null || this.#gaveUp || this.#asked;
  }

  /** The members as its only follower was just given them: exactly those it has to be told of. */
  adopt(ids: Iterable<string>): void {
    if (this.#members || this.followers.size > 1) return;
    this.#members = new Set(ids);
    this.#loaded = null;
    this.#meanwhile.clear();
  }

  /** From now on, what is told is kept until `load` brings the members. */
  ask(): void {
    this.#asked = true;
  }

  /**
   * The ids that were in the list when it was asked for; null where they could not be had. Believed only after one more
   * round: what a round under way has written but not told may be missing in them.
   */
  load(ids: readonly string[] | null): void {
    if (this.#members) return;
    if (!ids || ids.length > REMEMBERED) this.#forget();
    else this.#loaded = new Set(ids);
  }

  /** Takes in a round's changes of this organization and type, and tells the followers. */
  take(changes: readonly RowChange[], head: number): void {
    const told: ListChange[] = [];
    for (const { id, row } of changes) {
      const inside = row !== null && matches(row, this.filter);
      if (inside) told.push({ id, row });
      else if (!this.#members || this.#members.has(id)) told.push({ id, row: null });
      this.#note(id, inside);
    }
    this.#settle();
    if (told.length === 0) return;
    for (const follow of [...this.followers]) follow({ head, changes: told });
  }

  #note(id: string, inside: boolean): void {
    if (this.#members) {
      if (inside) this.#members.add(id);
      else this.#members.delete(id);
      if (this.#members.size > REMEMBERED) this.#forget();
    } else if (this.#asked && !this.#gaveUp) this.#meanwhile.set(id, inside);
  }

  #settle(): void {
    if (this.#members || !this.#loaded) return;
    for (const [id, inside] of this.#meanwhile) {
      if (inside) this.#loaded.add(id);
      else this.#loaded.delete(id);
    }
    this.#members = this.#loaded;
    this.#loaded = null;
    this.#meanwhile.clear();
  }

  #forget(): void {
    this.#members = null;
    this.#gaveUp = true;
    this.#meanwhile.clear();
  }
}
