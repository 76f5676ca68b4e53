/** The models of access on one connection. */
import type { Connection } from 'mongoose';
import { apiKeyModel } from '../store/models/api-key.ts';
import { invitationModel } from '../store/models/invitation.ts';
import { membershipModel } from '../store/models/membership.ts';
import { organizationModel } from '../store/models/organization.ts';
import { setupModel } from '../store/models/setup.ts';

/** Registers them; `ensureIndexes` of the store then makes their indexes. */
export const accessModels = (connection: Connection) => ({
  organizations: organizationModel(connection),
  memberships: membershipModel(connection),
  invitations: invitationModel(connection),
  keys: apiKeyModel(connection),
  setup: setupModel(connection)
});

export type AccessModels = ReturnType<typeof accessModels>;
