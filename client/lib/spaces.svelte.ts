/** The organization's spaces, for the sidebar. Whoever follows them live hands them over with `show`. */
import { z } from 'zod';
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
}

const kept = z.array(
  z.object({ id: z.string(), name: z.string(), tone: z.enum(TONES as [Tone, ...Tone[]]) })
);

const spaceOf = (row: Row): Space => ({
  id: row.id,
  name: String(row.fields.name ?? 'Untitled'),
  tone: TONES.includes(row.fields.tone as Tone) ? (row.fields.tone as Tone) : 'grey'
});

/** The last part of a record's id, as it stands in addresses. */
export const ulidOf = (id: string): string => id.slice(id.indexOf('/') + 1);

/** For `resolve`, which takes paths without their first slash. */
export const boardPath = (space: string): `board/${string}` => `board/${ulidOf(space)}`;

class Spaces {
  #list = $state.raw<Space[] | null>(null);
  #organization = '';

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
    const { rows } = await api.records.query('core.space', { sort: [{ by: 'createdAt' }], limit: 200 });
    this.show(rows);
  }

  /** Takes the rows as they are now, in the order given. */
  show(rows: Iterable<Row>): void {
    this.#list = [...rows].map(spaceOf);
    keep(this.#key('spaces'), this.#list);
  }

  byUlid(ulid: string): Space | undefined {
    return this.#list?.find((each) => ulidOf(each.id) === ulid);
  }

  async create(name: string, tone: Tone): Promise<Space> {
    const space = spaceOf(await api.records.create('core.space', { fields: { name, tone } }));
    if (!this.#list?.some((each) => each.id === space.id)) this.#list = [...(this.#list ?? []), space];
    keep(this.#key('spaces'), this.#list);
    return space;
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
