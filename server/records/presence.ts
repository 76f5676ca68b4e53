/**
 * Who is where: the people at each place of an organization, told to those who are there. Kept in memory only; who
 * leaves or loses the connection is gone at once.
 */
import type { PresentPerson } from '#shared/protocol/feed.ts';

export interface Presence {
  organization: string;
  person: Omit<PresentPerson, 'focus'>;
  tell(place: string, people: PresentPerson[]): void;
}

/** Shortest time between two messages about one place, milliseconds, and how much longer per person there. */
const PAUSE = 50;
const PAUSE_EACH = 2;

interface Place {
  name: string;
  people: Map<string, { who: Presence; focus: string | null }>;
  timer: NodeJS.Timeout | null;
  toldAt: number;
}

export class Places {
  readonly #places = new Map<string, Place>();
  /** Where each tab is. */
  readonly #where = new Map<string, string>();

  /** Puts a tab at a place, and what it looks at there; `place` null takes it away. */
  put(who: Presence, place: string | null, focus: string | null): void {
    const tab = who.person.tab;
    const key = place === null ? null : JSON.stringify([who.organization, place]);
    const before = this.#where.get(tab);
    if (before !== undefined && before !== key) this.leave(tab);
    if (key === null || place === null) return;
    let here = this.#places.get(key);
    if (!here) this.#places.set(key, (here = { name: place, people: new Map(), timer: null, toldAt: 0 }));
    this.#where.set(tab, key);
    here.people.set(tab, { who, focus });
    this.#announce(here);
  }

  /** Tells those around a tab anew: who it belongs to is called something else now. */
  renamed(tab: string): void {
    const here = this.#places.get(this.#where.get(tab) ?? '');
    if (here) this.#announce(here);
  }

  leave(tab: string): void {
    const key = this.#where.get(tab);
    if (key === undefined) return;
    this.#where.delete(tab);
    const here = this.#places.get(key);
    if (!here) return;
    here.people.delete(tab);
    if (here.people.size > 0) return this.#announce(here);
    if (here.timer) clearTimeout(here.timer);
    this.#places.delete(key);
  }

  /** Places somebody is at. */
  get size(): number {
    return this.#places.size;
  }

  close(): void {
    for (const { timer } of this.#places.values()) if (timer) clearTimeout(timer);
    this.#places.clear();
    this.#where.clear();
  }

  #announce(place: Place): void {
    if (place.timer) return;
    const pause = PAUSE + PAUSE_EACH * place.people.size;
    const wait = Math.max(0, place.toldAt + pause - performance.now());
    place.timer = setTimeout(() => {
      place.timer = null;
      place.toldAt = performance.now();
      const people = [...place.people.values()].map(({ who, focus }) => ({ ...who.person, focus }));
      for (const { who } of place.people.values()) who.tell(place.name, people);
    }, wait);
  }
}
