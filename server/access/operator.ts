/** What whoever runs the server may do from its command line. */
import type { z } from 'zod';
import type { Member, Organization } from '#shared/kernel/organization.ts';
import type { invite } from '#shared/protocol/api.ts';
import { invalid, notFound } from '#shared/protocol/errors.ts';
import type { Access } from './access.ts';
import type { Founded, FoundOrganization } from './founding.ts';
import { organizationOf } from './members.ts';

/** Founds an organization and makes its founder an API key. */
export async function initialize(
  access: Pick<Access, 'founding' | 'keys'>,
  input: FoundOrganization
): Promise<Founded & { apiKey: string }> {
  const founded = await access.founding.found(input, 'operator');
  const by = { user: founded.user.id, organization: founded.organization.id, credential: 'operator' };
  const { key } = await access.keys.create(by, { name: 'admin init' });
  return { ...founded, apiKey: key };
}

/**
 * Invites in the name of an organization's founder.
 * @param which the organization's id or name.
 * @throws {UmeError} `not_found`; `invalid` where several have that name.
 */
export async function inviteAs(
  { models, members, invitations }: Pick<Access, 'models' | 'members' | 'invitations'>,
  which: string,
  wish: z.output<typeof invite>
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const found = await models.organizations
    .find({ state: 'active', $or: [{ _id: which }, { name: which }] })
    .limit(2)
    .lean();
  const [organization, another] = found;
  if (!organization)
    throw notFound({
      title: `There is no organization "${which}".`,
      detail: './ume admin list shows them all.'
    });
  if (another)
    throw invalid({ title: `Several organizations are called "${which}".`, detail: 'Give the id instead.' });
  const founder = (await members.list(organization._id)).find((each) => each.role === 'founder');
  if (!founder) throw notFound({ title: 'That organization has no founder.' });
  return invitations.create({ organization: organization._id, user: founder.id }, wish);
}

/** Every organization with its people. */
export async function listAll({ models, members }: Pick<Access, 'models' | 'members'>): Promise<{
  organizations: Array<Organization & { members: Member[] }>;
}> {
  const found = await models.organizations.find({ state: 'active' }).sort({ _id: 1 }).lean();
  const organizations = await Promise.all(
    found.map(async (each) => ({ ...organizationOf(each), members: await members.list(each._id) }))
  );
  return { organizations };
}
