/** Memberships: who is in which organization, as what. */
import type { z } from 'zod';
import type { Member, Organization } from '#shared/kernel/organization.ts';
import type { updateOrganization } from '#shared/protocol/api.ts';
import { conflict, notFound } from '#shared/protocol/errors.ts';
import { membershipId } from '../store/models/membership.ts';
import type { StoredOrganization } from '../store/models/organization.ts';
import type { Accounts } from './accounts.ts';
import type { Role } from './actor.ts';
import type { AccessModels } from './models.ts';
import { checkPlaces } from './places.ts';

/** An organization as its members see it. */
export const organizationOf = (stored: StoredOrganization): Organization => ({
  id: stored._id,
  name: stored.name,
  type: stored.type,
  country: stored.country,
  timeZone: stored.timeZone,
  currency: stored.currency,
  contact: stored.contact
});

export class Members {
  readonly #models: AccessModels;
  readonly #accounts: Accounts;
  constructor(models: AccessModels, accounts: Accounts) {
    this.#models = models;
    this.#accounts = accounts;
  }

  /** A person's role in an organization; null where they are not in it. */
  async roleOf(organization: string, user: string): Promise<Role | null> {
    const found = await this.#models.memberships.findById(membershipId(organization, user)).lean();
    if (!found) return null;
    const there = await this.#models.organizations.exists({ _id: organization, state: 'active' });
    return there ? found.role : null;
  }

  async organization(id: string): Promise<Organization | null> {
    const found = await this.#models.organizations.findOne({ _id: id, state: 'active' }).lean();
    return found ? organizationOf(found) : null;
  }

  /**
   * Changes what an organization says of itself; what is left out stays.
   * @throws {UmeError} `invalid`, naming the field; `not_found`.
   */
  async change(id: string, details: z.output<typeof updateOrganization>): Promise<Organization> {
    checkPlaces(details);
    const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
    const changed = await this.#models.organizations
      .findOneAndUpdate({ _id: id, state: 'active' }, { $set: given }, { returnDocument: 'after' })
      .lean();
    if (!changed) throw notFound();
    return organizationOf(changed);
  }

  /** The organizations a person is in, the one entered last first. */
  async organizationsOf(user: string): Promise<Array<{ id: string; name: string; role: Role }>> {
    const memberships = await this.#models.memberships.find({ user }).sort({ enteredAt: -1 }).lean();
    const ids = memberships.map((each) => each.organization);
    const found = await this.#models.organizations.find({ _id: { $in: ids }, state: 'active' }).lean();
    const names = new Map(found.map((each) => [each._id, each.name]));
    return memberships
      .filter((each) => names.has(each.organization))
      .map((each) => ({ id: each.organization, name: names.get(each.organization)!, role: each.role }));
  }

  /** Everybody in an organization, by name. */
  async list(organization: string): Promise<Member[]> {
    const memberships = await this.#models.memberships.find({ organization }).lean();
    const people = await this.#accounts.byIds(memberships.map((each) => each.user));
    return memberships
      .flatMap((each) => {
        const person = people.get(each.user);
        return person ? [{ ...person, role: each.role }] : [];
      })
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Adds a person; somebody who is in already keeps their role. Safe to repeat. */
  async add(organization: string, user: string, role: Role, now: Date): Promise<void> {
    await this.#models.memberships.updateOne(
      { _id: membershipId(organization, user) },
      { $setOnInsert: { organization, user, role, createdAt: now, enteredAt: now } },
      { upsert: true }
    );
  }

  /** Remembers that a person went to an organization. */
  async entered(organization: string, user: string, now: Date): Promise<void> {
    await this.#models.memberships.updateOne(
      { _id: membershipId(organization, user) },
      { $set: { enteredAt: now } }
    );
  }

  /**
   * Ends a membership.
   * @throws {UmeError} `not_found`; `conflict` for the last founder, since nobody could then manage the organization.
   */
  async remove(organization: string, user: string): Promise<void> {
    const found = await this.#models.memberships.findById(membershipId(organization, user)).lean();
    if (!found) throw notFound();
    if (found.role === 'founder') {
      const others = await this.#models.memberships.exists({
        organization,
        role: 'founder',
        user: { $ne: user }
      });
      if (!others)
        throw conflict({
          title: 'The last founder stays.',
          detail: 'Make somebody else a founder first.'
        });
    }
    await this.#models.memberships.deleteOne({ _id: found._id });
  }
}
