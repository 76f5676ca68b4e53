/** The fields of an open document as values a screen can read: they change as anybody changes them. */
import { createSubscriber } from 'svelte/reactivity';
import * as Y from 'yjs';
import type { ChecklistItem } from '#shared/kernel/row.ts';
import type { Life } from '#lib/live/open-document.svelte.ts';

export class Values {
  readonly #life: Life;
  readonly #follow: () => void;

  constructor(life: Life) {
    this.#life = life;
    this.#follow = createSubscriber((update) => {
      life.fields.observeDeep(update);
      return () => life.fields.unobserveDeep(update);
    });
  }

  /** Whether a field's container is there: the server makes it. */
  has(key: string): boolean {
    this.#follow();
    return this.#life.fields.get(key) instanceof Y.AbstractType;
  }

  plain(key: string): unknown {
    this.#follow();
    const value = this.#life.fields.get(key);
    return value instanceof Y.AbstractType ? undefined : value;
  }

  text(key: string): string {
    this.#follow();
    const value = this.#life.fields.get(key);
    return value instanceof Y.Text ? value.toString() : '';
  }

  checklist(key: string): ChecklistItem[] {
    this.#follow();
    const map = this.#life.fields.get(key);
    if (!(map instanceof Y.Map)) return [];
    return [...(map as Y.Map<Omit<ChecklistItem, 'id'>>).entries()]
      .map(([id, item]) => ({ ...item, id }))
      .sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.id < b.id ? -1 : 1));
  }
}

export interface Inside {
  client: number;
  id: string;
  name: string;
  color: string;
  /** The field they are in. */
  field: string | null;
}

/** Who else has the document open, one entry a person, and where in it. */
export class Company {
  readonly #life: Life;
  readonly #follow: () => void;

  constructor(life: Life) {
    this.#life = life;
    this.#follow = createSubscriber((update) => {
      life.awareness.on('change', update);
      return () => life.awareness.off('change', update);
    });
  }

  get others(): Inside[] {
    this.#follow();
    const people: Inside[] = [];
    for (const [client, state] of this.#life.awareness.getStates()) {
      if (client === this.#life.awareness.clientID) continue;
      const { user, field } = state as { user?: Omit<Inside, 'client' | 'field'>; field?: string | null };
      if (user?.id && typeof user.name === 'string') people.push({ ...user, client, field: field ?? null });
    }
    return people;
  }

  /** The others in one field, each person once. */
  inField(field: string): Inside[] {
    return each(this.others.filter((one) => one.field === field));
  }
}

const each = (people: Inside[]): Inside[] =>
  people.filter((one, index) => people.findIndex((other) => other.id === one.id) === index);
