/** API keys: shown once, kept as a hash, acting as the person who made them, in one organization. */
import { newId } from '#shared/kernel/ids.ts';
import { notFound } from '#shared/protocol/errors.ts';
import type { StoredApiKey } from '../store/models/api-key.ts';
import type { Accounts } from './accounts.ts';
import type { Actor, Person } from './actor.ts';
import type { Members } from './members.ts';
import type { AccessModels } from './models.ts';
import type { Revocations } from './revocations.ts';
import { hashOf, newSecret } from './secrets.ts';

const DAY = 24 * 60 * 60 * 1000;
/** How exact "last used" is, milliseconds: a busy key must not cost a write for every read. */
const USED_EXACTLY = 60_000;
const FORM = /^ume_[0-9A-Za-z]{43}$/;

export interface ApiKeyInfo {
  id: string;
  name: string;
  /** Whom it acts for. */
  user: string;
  createdAt: string;
  usedAt: string | null;
  expiresAt: string | null;
}

/** The earlier of two ends; null is never. */
const earlier = (a: Date | null, b: Date | null): Date | null => (a && b ? (a < b ? a : b) : (a ?? b));

const infoOf = (stored: StoredApiKey): ApiKeyInfo => ({
  id: stored._id,
  name: stored.name,
  user: stored.user,
  createdAt: stored.createdAt.toISOString(),
  usedAt: stored.usedAt?.toISOString() ?? null,
  expiresAt: stored.expiresAt?.toISOString() ?? null
});

interface KeyParts {
  models: AccessModels;
  accounts: Accounts;
  members: Members;
  revocations: Revocations;
  log: { warn(message: string): void };
  now: () => number;
}

export class ApiKeys {
  readonly #parts: KeyParts;
  constructor(parts: KeyParts) {
    this.#parts = parts;
  }

  /** Makes a key. It is in the answer and nowhere else. */
  async create(
    by: Pick<Actor, 'user' | 'organization' | 'credential'>,
    { name, days }: { name: string; days?: number | undefined }
  ): Promise<{ id: string; key: string }> {
    const id = newId();
    const key = `ume_${newSecret()}`;
    const now = this.#parts.now();
    const parent = by.credential.startsWith('key:') ? by.credential.slice(4) : null;
    const wished = days === undefined ? null : new Date(now + days * DAY);
    await this.#parts.models.keys.create({
      _id: id,
      organization: by.organization,
      user: by.user,
      name,
      hash: hashOf(key),
      parent,
      createdAt: new Date(now),
      expiresAt: earlier(wished, parent === null ? null : await this.#expiryOf(parent))
    });
    return { id, key };
  }

  /** The keys an actor may see: its own; a founder's are everybody's. */
  async list(actor: Actor): Promise<ApiKeyInfo[]> {
    const found = await this.#parts.models.keys.find(this.#reach(actor)).sort({ _id: -1 }).lean();
    return found.map(infoOf);
  }

  /**
   * Deletes a key, and with it those that were made with it.
   * @throws {UmeError} `not_found`, also for what the actor may not see.
   */
  async remove(actor: Actor, id: string): Promise<void> {
    const found = await this.#parts.models.keys.findOne({ _id: id, ...this.#reach(actor) }).lean();
    if (!found) throw notFound();
    await this.#end([found._id]);
  }

  /** Ends every key a person has in an organization. */
  async removeOf(organization: string, user: string): Promise<void> {
    const found = await this.#parts.models.keys.find({ organization, user }).lean();
    await this.#end(found.map((each) => each._id));
  }

  personByKey(key: string): Promise<Person | null> {
    return FORM.test(key) ? this.#person({ hash: hashOf(key) }) : Promise.resolve(null);
  }

  personById(id: string): Promise<Person | null> {
    return this.#person({ _id: id });
  }

  #reach(actor: Actor) {
    const { organization, user } = actor;
    return actor.role === 'founder' ? { organization } : { organization, user };
  }

  async #end(ids: string[]): Promise<void> {
    for (let round = ids; round.length > 0;) {
      await this.#parts.models.keys.deleteMany({ _id: { $in: round } });
      for (const id of round) this.#parts.revocations.revoke(`key:${id}`);
      const made = await this.#parts.models.keys.find({ parent: { $in: round } }, { _id: 1 }).lean();
      round = made.map((each) => each._id);
    }
  }

  async #expiryOf(id: string): Promise<Date | null> {
    const found = await this.#parts.models.keys.findById(id).lean();
    if (!found) throw notFound(); // deleted in the same moment
    return found.expiresAt;
  }

  /** Whether every key this one descends from still exists: a removal that was cut short must not leave heirs. */
  async #rooted(parent: string | null): Promise<boolean> {
    for (let at = parent; at !== null;) {
      const found = await this.#parts.models.keys.findById(at).lean();
      if (!found) return false;
      at = found.parent;
    }
    return true;
  }

  async #person(which: { hash: string } | { _id: string }): Promise<Person | null> {
    const { models, accounts, members } = this.#parts;
    const now = this.#parts.now();
    const key = await models.keys.findOne(which).lean();
    if (!key || (key.expiresAt && key.expiresAt.getTime() <= now)) return null;
    if (!(await this.#rooted(key.parent))) return null;
    const [account, role] = await Promise.all([
      accounts.byId(key.user),
      members.roleOf(key.organization, key.user)
    ]);
    if (!account || !role) return null;
    if (!key.usedAt || now - key.usedAt.getTime() > USED_EXACTLY) this.#touch(key._id, now);
    return {
      kind: 'key',
      user: account.id,
      name: account.name,
      email: account.email,
      credential: `key:${key._id}`,
      organization: key.organization,
      role
    };
  }

  /** Not waited for: nobody's request should be slower or fail for it. */
  #touch(id: string, now: number): void {
    this.#parts.models.keys
      .updateOne({ _id: id }, { $set: { usedAt: new Date(now) } })
      .catch((error: unknown) => {
        this.#parts.log.warn(`The last use of API key ${id} could not be noted: ${String(error)}`);
      });
  }
}
