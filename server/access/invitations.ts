/** Invitations: a link that lets one person in, once, until it expires. */
import type { z } from 'zod';
import { newId } from '#shared/kernel/ids.ts';
import type { Organization } from '#shared/kernel/organization.ts';
import type { invite } from '#shared/protocol/api.ts';
import { conflict, forbidden, notFound, UmeError } from '#shared/protocol/errors.ts';
import type { StoredInvitation } from '../store/models/invitation.ts';
import { emailTaken, type Account, type Accounts, type NewAccount } from './accounts.ts';
import type { Actor, Person } from './actor.ts';
import type { Members } from './members.ts';
import type { AccessModels } from './models.ts';
import { hashOf, newSecret } from './secrets.ts';

const DAY = 24 * 60 * 60 * 1000;

export interface InvitationInfo {
  id: string;
  role: 'member' | 'viewer';
  email: string | null;
  by: string;
  createdAt: string;
  expiresAt: string;
  state: 'open' | 'used' | 'expired';
}

export interface InvitationParts {
  models: AccessModels;
  accounts: Accounts;
  members: Members;
  now: () => number;
}

export interface Accepted {
  organization: Organization;
  user: Account;
  role: 'member' | 'viewer';
}

const gone = () =>
  new UmeError({
    code: 'invitation_gone',
    status: 410,
    title: 'This invitation can not be used any more.',
    detail: 'It was used or has expired. Ask whoever invited you for a new one.'
  });

export class Invitations {
  readonly #parts: InvitationParts;
  constructor(parts: InvitationParts) {
    this.#parts = parts;
  }

  /** Makes an invitation. Its token is in the answer and nowhere else. */
  async create(
    by: Pick<Actor, 'organization' | 'user'>,
    { email, role, days }: z.output<typeof invite>
  ): Promise<{ id: string; token: string; expiresAt: Date }> {
    const token = newSecret();
    const now = this.#parts.now();
    const made = await this.#parts.models.invitations.create({
      _id: newId(),
      organization: by.organization,
      role,
      ...(email === undefined ? {} : { email: email.toLowerCase() }),
      hash: hashOf(token),
      by: by.user,
      createdAt: new Date(now),
      expiresAt: new Date(now + days * DAY)
    });
    return { id: made._id, token, expiresAt: made.expiresAt };
  }

  async list(organization: string): Promise<InvitationInfo[]> {
    const found = await this.#parts.models.invitations
      .find({ organization })
      .sort({ _id: -1 })
      .limit(500)
      .lean();
    return found.map((each) => this.#info(each));
  }

  /** Takes an invitation back. @throws {UmeError} `not_found`. */
  async remove(organization: string, id: string): Promise<void> {
    const { deletedCount } = await this.#parts.models.invitations.deleteOne({ _id: id, organization });
    if (deletedCount === 0) throw notFound();
  }

  /** What a link says to whoever opens it. @throws {UmeError} `not_found`, or `invitation_gone`. */
  async look(token: string): Promise<{
    organization: { name: string };
    by: { name: string };
    role: 'member' | 'viewer';
    email: string | null;
    expiresAt: string;
  }> {
    const found = await this.#find(token);
    if (this.#info(found).state !== 'open') throw gone();
    const [organization, by] = await Promise.all([
      this.#parts.members.organization(found.organization),
      this.#parts.accounts.byId(found.by)
    ]);
    if (!organization) throw notFound();
    return {
      organization: { name: organization.name },
      by: { name: by?.name ?? 'Somebody' },
      role: found.role,
      email: found.email ?? null,
      expiresAt: found.expiresAt.toISOString()
    };
  }

  /**
   * Lets a person in: the one signed in, or a new account. The invitation is taken first, in one write that names its
   * user, so no race uses it twice; if the rest is cut short, the same person may repeat it and nobody else.
   * @throws {UmeError} `invitation_gone`, `not_found`, `forbidden` for another address than the invited one,
   * `conflict` where the address has an account or the person is in already.
   */
  async accept(token: string, who: Person | NewAccount): Promise<Accepted> {
    const { accounts, members, models, now } = this.#parts;
    const found = await this.#find(token);
    const organization = await members.organization(found.organization);
    if (!organization) throw notFound();
    if (found.email && found.email !== who.email.toLowerCase()) throw elsewhere();
    const known = 'user' in who ? null : await this.#resumed(found, who);
    const id = 'user' in who ? who.user : (known?.id ?? newId());
    if ('user' in who && found.usedBy !== id && (await members.roleOf(organization.id, id)))
      throw alreadyIn();
    await this.#take(found, id);
    try {
      const user =
        'user' in who
          ? { id, name: who.name, email: who.email }
          : (known ?? (await accounts.create(who, id)));
      await members.add(organization.id, user.id, found.role, new Date(now()));
      return { organization, user, role: found.role };
    } catch (error) {
      // Refused: it stays open for somebody else. Cut short by anything else, it is unclear how far it got, so it stays
      // theirs, who may repeat it.
      if (error instanceof UmeError)
        await models.invitations.updateOne(
          { _id: found._id, usedBy: id },
          { $set: { usedAt: null, usedBy: null } }
        );
      throw error;
    }
  }

  /** The account of an earlier try that was cut short, if this is the same person. */
  async #resumed(found: StoredInvitation, who: NewAccount): Promise<Account | null> {
    const { accounts } = this.#parts;
    const known = await accounts.byEmail(who.email);
    if (!known) return null;
    if (found.usedBy === known.id && (await accounts.verify(known.id, who.password))) return known;
    if (this.#info(found).state !== 'open') throw gone();
    throw emailTaken();
  }

  async #take(found: StoredInvitation, user: string): Promise<void> {
    const at = new Date(this.#parts.now());
    const taken = await this.#parts.models.invitations.findOneAndUpdate(
      { _id: found._id, $or: [{ usedAt: null, expiresAt: { $gt: at } }, { usedBy: user }] },
      { $set: { usedAt: at, usedBy: user } }
    );
    if (!taken) throw gone();
  }

  async #find(token: string): Promise<StoredInvitation> {
    const found = await this.#parts.models.invitations.findOne({ hash: hashOf(token) }).lean();
    if (!found)
      throw notFound({
        title: 'There is no such invitation.',
        detail: 'Check the link, or ask for a new one.'
      });
    return found;
  }

  #info(stored: StoredInvitation): InvitationInfo {
    const expired = stored.expiresAt.getTime() <= this.#parts.now();
    return {
      id: stored._id,
      role: stored.role,
      email: stored.email ?? null,
      by: stored.by,
      createdAt: stored.createdAt.toISOString(),
      expiresAt: stored.expiresAt.toISOString(),
      state: stored.usedAt ? 'used' : expired ? 'expired' : 'open'
    };
  }
}

const elsewhere = () =>
  forbidden({
    title: 'This invitation is for another e-mail address.',
    detail: 'Use the address it was sent to, or ask for a new invitation.',
    field: 'email'
  });

const alreadyIn = () =>
  conflict({
    title: 'You are in this organization already.',
    detail: 'The invitation stays open for somebody else.'
  });
