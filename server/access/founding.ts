/**
 * Founding an organization: account, organization, membership, first space. There are no transactions to lean on, so
 * the order does it: the organization is invisible until the last step, every step can be repeated, and a founding that
 * was cut short is taken up again by the same founder's next try.
 */
import type { z } from 'zod';
import { newId, newRecordId } from '#shared/kernel/ids.ts';
import type { Organization } from '#shared/kernel/organization.ts';
import type { foundOrganization } from '#shared/protocol/api.ts';
import { forbidden, invalid, notSignedIn, UmeError } from '#shared/protocol/errors.ts';
import type { StoredOrganization } from '../store/models/organization.ts';
import { emailTaken, type Account, type Accounts } from './accounts.ts';
import type { Actor, Person } from './actor.ts';
import { organizationOf, type Members } from './members.ts';
import type { AccessModels } from './models.ts';
import { checkPlaces } from './places.ts';
import type { Setup } from './setup.ts';

export type FoundOrganization = z.output<typeof foundOrganization>;

/** Creates a record, as `POST records/{type}` does; provided by the records part. */
export type CreateRecord = (
  actor: Actor,
  type: string,
  input: { id?: string; fields: Record<string, unknown> }
) => Promise<unknown>;

export interface FoundingParts {
  models: AccessModels;
  accounts: Accounts;
  members: Members;
  setup: Setup;
  createRecord: CreateRecord;
  now: () => number;
}

export interface Founded {
  organization: Organization;
  user: Account;
  space: string;
}

/** Who asks: somebody signed in, somebody with (or without) the set-up link, or whoever runs the server. */
export type Founder = { person: Person | null } | 'operator';

export class Founding {
  readonly #parts: FoundingParts;
  constructor(parts: FoundingParts) {
    this.#parts = parts;
  }

  /** @throws {UmeError} saying what is missing; nothing that was made until then can be seen or used. */
  async found(input: FoundOrganization, by: Founder): Promise<Founded> {
    checkPlaces(input.organization, 'organization.');
    const { setup } = this.#parts;
    if (!(await setup.needed())) {
      const user = by === 'operator' ? await this.#trusted(input) : await this.#signedIn(by.person);
      return this.#build(input, user);
    }
    const token = by === 'operator' ? null : (input.setup ?? '');
    const claim = await setup.claim(token);
    try {
      const person = by === 'operator' ? null : by.person;
      const founded = await this.#build(input, await this.#first(input, person));
      await setup.retire();
      return founded;
    } catch (error) {
      await setup.release(claim);
      throw error;
    }
  }

  /** The account of a server's first founder. What a cut-short try left of it is made good: nobody is anybody yet. */
  async #first(input: FoundOrganization, person: Person | null): Promise<Account> {
    const { accounts } = this.#parts;
    if (!input.founder) {
      if (!person) throw founderMissing();
      return { id: person.user, name: person.name, email: person.email };
    }
    const left = await accounts.byEmail(input.founder.email);
    if (!left) return accounts.create(input.founder);
    await accounts.setPassword(left.id, input.founder.password);
    return left;
  }

  async #signedIn(person: Person | null): Promise<Account> {
    if (!person)
      throw notSignedIn({
        title: 'This server is set up already.',
        detail: 'Sign in to found another organization, or open an invitation.'
      });
    if (person.kind !== 'user')
      throw forbidden({
        title: 'An API key cannot found an organization.',
        detail: 'Sign in with e-mail address and password.'
      });
    return { id: person.user, name: person.name, email: person.email };
  }

  /** For whoever runs the server: a new account, or an existing one that its password opens. */
  async #trusted(input: FoundOrganization): Promise<Account> {
    const { accounts } = this.#parts;
    if (!input.founder) throw founderMissing();
    const known = await accounts.byEmail(input.founder.email);
    if (!known) return accounts.create(input.founder);
    if (await accounts.verify(known.id, input.founder.password)) return known;
    throw emailTaken();
  }

  async #build(input: FoundOrganization, user: Account): Promise<Founded> {
    const { models, members, now } = this.#parts;
    const at = new Date(now());
    const stored = await this.#begin(input, user, at);
    await members.add(stored._id, user.id, 'founder', at);
    await this.#firstSpace(stored, input.space.name, user);
    // Only now does it exist for anybody.
    await models.organizations.updateOne({ _id: stored._id }, { $set: { state: 'active' } });
    await members.entered(stored._id, user.id, at);
    return { organization: organizationOf(stored), user, space: stored.firstSpace };
  }

  /** The organization, not yet visible: a new one, or the one an earlier try left. */
  async #begin(input: FoundOrganization, user: Account, at: Date): Promise<StoredOrganization> {
    const { name, type, country, timeZone, currency, contact } = input.organization;
    const fields = { name, type, country, timeZone, currency, contact };
    const left = await this.#parts.models.organizations
      .findOneAndUpdate(
        { founder: user.id, state: 'founding', name },
        { $set: fields },
        { returnDocument: 'after' }
      )
      .lean();
    if (left) return left;
    const made = await this.#parts.models.organizations.create({
      _id: newId(),
      ...fields,
      state: 'founding',
      founder: user.id,
      firstSpace: newRecordId('core.space'),
      createdAt: at
    });
    return made.toObject();
  }

  async #firstSpace(stored: StoredOrganization, name: string, user: Account): Promise<void> {
    const actor: Actor = {
      kind: 'user',
      user: user.id,
      name: user.name,
      organization: stored._id,
      role: 'founder',
      credential: 'founding'
    };
    try {
      await this.#parts.createRecord(actor, 'core.space', {
        id: stored.firstSpace,
        fields: { name, tone: 'blue' }
      });
    } catch (error) {
      // An earlier try got as far as this.
      if (error instanceof UmeError && error.problem.code === 'conflict') return;
      throw error;
    }
  }
}

const founderMissing = () =>
  invalid({ field: 'founder', detail: 'Say who founds it: a name, an e-mail address and a password.' });
