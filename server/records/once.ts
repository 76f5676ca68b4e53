/**
 * Commands carried out once, however often they are sent: a client that never got the answer sends the same command with
 * the same key again, and gets the first one's result.
 */
import { conflict, invalid } from '#shared/protocol/errors.ts';
import type { Actor } from '../access/actor.ts';
import type { Entry } from '../journal/entry.ts';
import type { Journal } from '../parts.ts';

/** What a command is, so that a key used for something else is noticed. */
export interface Intent {
  name: string;
  type: string;
  /** Absent where the record's id is not known beforehand. */
  record?: string;
}

const KEY = /^[\x21-\x7e]{1,200}$/;

const misused = () =>
  conflict({
    title: 'This idempotency key was used for something else.',
    detail: 'Choose a new key for every command.'
  });

const sameIntent = (a: Intent, b: Intent): boolean =>
  a.name === b.name &&
  a.type === b.type &&
  (a.record === undefined || b.record === undefined || a.record === b.record);

/** What an entry was, as far as it tells. */
function intentOf(entry: Entry): Intent | null {
  const record = entry.changes[0]?.record;
  return entry.cause.kind === 'command' && record !== undefined
    ? { name: entry.cause.name, type: record.slice(0, record.indexOf('/')), record }
    : null;
}

export class Once {
  readonly #journal: Pick<Journal, 'findByKey'>;
  readonly #underWay = new Map<string, { intent: Intent; result: Promise<unknown> }>();

  constructor(journal: Pick<Journal, 'findByKey'>) {
    this.#journal = journal;
  }

  /**
   * Carries out a command, or finds what it did before.
   * @param key the caller's idempotency key; without one the command is simply carried out.
   * @param again makes the result from the entry that is already there.
   * @throws {UmeError} invalid for a malformed key; conflict where it was used for another command.
   */
  async run<Result>(
    actor: Actor,
    key: string | undefined,
    intent: Intent,
    act: () => Promise<Result>,
    again: (entry: Entry) => Promise<Result>
  ): Promise<Result> {
    if (key === undefined) return act();
    if (!KEY.test(key))
      throw invalid({
        title: "This idempotency key can't be used.",
        detail: 'It is 1 to 200 visible characters without spaces.'
      });
    const scoped = JSON.stringify([actor.organization, actor.user, key]);
    const other = this.#underWay.get(scoped);
    if (other) {
      if (!sameIntent(other.intent, intent)) throw misused();
      return other.result as Promise<Result>;
    }
    const result = (async () => {
      const entry = await this.#journal.findByKey(actor.organization, actor.user, key);
      if (!entry) return act();
      const before = intentOf(entry);
      if (!before || !sameIntent(before, intent)) throw misused();
      return again(entry);
    })();
    this.#underWay.set(scoped, { intent, result });
    try {
      return await result;
    } finally {
      this.#underWay.delete(scoped);
    }
  }
}
