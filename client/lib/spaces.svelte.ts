/** The organization's spaces, for the sidebar. Whoever follows them live hands them over with `show`. */
import { z } from 'zod';
import { recordTypes } from '#shared/modules/registry.ts';
import type { Tone } from '#shared/kernel/declare.ts';
import type { Row } from '#shared/kernel/row.ts';
import * as api from './api/calls.ts';
import { keep, readKept } from './kept.ts';
import { TONES } from './tones.ts';

export interface Space {
  /** `core.space/01J…` */
  id: string;
  name: string;
  tone: Tone;
  /** What it is for; empty where nobody said. */
  purpose: string;
  /** What the person signed in may do with it. */
  may: { update: boolean; delete: boolean };
}

/** How many records of one kind lie in a space; `more` where they are too many to be counted. */
export interface Held {
  count: number;
  more: boolean;
  /** `task`, `tasks` */
  word: string;
}

/** What people change of a space. */
export type SpaceChange = Partial<Pick<Space, 'name' | 'tone' | 'purpose'>>;

/** Records of one kind that are counted at most. */
const COUNTED = 500;

const kept = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    tone: z.enum(TONES as [Tone, ...Tone[]]),
    purpose: z.string().default(''),
    may: z.object({ update: z.boolean(), delete: z.boolean() }).default({ update: false, delete: false })
  })
);

const spaceOf = (row: Row): Space => ({
  id: row.id,
  name: String(row.fields.name ?? 'Untitled'),
  tone: TONES.includes(row.fields.tone as Tone) ? (row.fields.tone as Tone) : 'grey',
  purpose: typeof row.fields.purpose === 'string' ? row.fields.purpose : '',
  may: { update: row.may?.update === true, delete: row.may?.delete === true }
});

/** The last part of a record's id, as it stands in addresses. */
export const ulidOf = (id: string): string => id.slice(id.indexOf('/') + 1);

/** For `resolve`, which takes paths without their first slash. */
export const boardPath = (space: string): `board/${string}` => `board/${ulidOf(space)}`;

class Spaces {
  #list = $state.raw<Space[] | null>(null);
  #organization = '';
  /** How often the list was told: an answer that was asked for before says nothing new. */
  #told = 0;
  /** What this tab itself just removed. */
  #removed = new Set<string>();

  /** Null until anything is known. */
  get list(): Space[] | null {
    return this.#list;
  }

  /** After signing out. What the device kept is forgotten by the session. */
  close(): void {
    this.#organization = '';
    this.#list = null;
  }

  /** Shows what this device remembers of an organization's spaces, then asks. */
  async open(organization: string): Promise<void> {
    if (organization !== this.#organization) {
      this.#organization = organization;
      this.#list = readKept(this.#key('spaces'), kept);
    }
    await this.refresh();
  }

  async refresh(): Promise<void> {
    const told = this.#told;
    const { rows } = await api.records.query('core.space', { sort: [{ by: 'createdAt' }], limit: 200 });
    if (told === this.#told) this.show(rows);
  }

  /** Takes the rows as they are now, oldest first. */
  show(rows: Iterable<Row>): void {
    this.#told += 1;
    this.#keep([...rows].map(spaceOf));
  }

  #keep(list: Space[]): void {
    this.#list = list;
    keep(this.#key('spaces'), list);
  }

  byUlid(ulid: string): Space | undefined {
    return this.#list?.find((each) => ulidOf(each.id) === ulid);
  }

  async create(name: string, tone: Tone): Promise<Space> {
    const space = spaceOf(await api.records.create('core.space', { fields: { name, tone } }));
    if (!this.#list?.some((each) => each.id === space.id)) this.#keep([...(this.#list ?? []), space]);
    return space;
  }

  /** @throws {UmeError} */
  async change(id: string, change: SpaceChange): Promise<void> {
    const space = spaceOf(await api.records.patch('core.space', id, change));
    this.#keep((this.#list ?? []).map((each) => (each.id === id ? space : each)));
  }

  /** What lies in a space, kind by kind; nothing of kinds it has none of. @throws {UmeError} */
  async held(id: string): Promise<Held[]> {
    const found = await Promise.all(
      recordTypes()
        .filter((type) => type.spaced)
        .map(async ({ type, label, plural }) => {
          const { rows, cursor } = await api.records.query(type, {
            filter: { field: 'space', op: 'is', value: id },
            limit: COUNTED
          });
          const word = (rows.length === 1 ? label : plural).toLowerCase();
          return { count: rows.length, more: Boolean(cursor), word };
        })
    );
    return found.filter(({ count }) => count > 0);
  }

  /** @throws {UmeError} for the last one, too. */
  async remove(id: string): Promise<void> {
    this.#removed.add(id);
    try {
      await api.records.remove('core.space', id);
    } catch (error) {
      this.#removed.delete(id);
      throw error;
    }
    this.#keep((this.#list ?? []).filter((each) => each.id !== id));
  }

  /** Brings a removed one back, with all that lies in it. @throws {UmeError} */
  async restore(id: string): Promise<void> {
    await api.records.restore('core.space', id);
    this.#removed.delete(id);
    await this.refresh();
  }

  /** Whether it was removed here, rather than by somebody else. */
  removedHere(id: string): boolean {
    return this.#removed.has(id);
  }

  /** Where `/` leads: the space used last, or the first. */
  get home(): Space | null {
    const last = readKept(this.#key('last-space'), z.string());
    return this.#list?.find((each) => each.id === last) ?? this.#list?.[0] ?? null;
  }

  visited(id: string): void {
    keep(this.#key('last-space'), id);
  }

  #key(what: string): string {
    return `ume:${this.#organization}:${what}`;
  }
}

export const spaces = new Spaces();
