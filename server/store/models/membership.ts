import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Role } from '../../access/actor.ts';

/** A person's place in an organization. */
export interface StoredMembership {
  /** `organization/user`: there can be only one, whatever happens at once. */
  _id: string;
  organization: string;
  user: string;
  role: Role;
  createdAt: Date;
  /** When the person last went there; the latest is where a new session begins. */
  enteredAt: Date;
}

const schema = new Schema<StoredMembership>(
  {
    _id: { type: String, required: true },
    organization: { type: String, required: true },
    user: { type: String, required: true },
    role: { type: String, required: true },
    createdAt: { type: Date, required: true },
    enteredAt: { type: Date, required: true }
  },
  { collection: 'memberships', versionKey: false }
);
schema.index({ organization: 1 });
schema.index({ user: 1, enteredAt: -1 });

export const membershipId = (organization: string, user: string): string => `${organization}/${user}`;

export const membershipModel = (connection: Connection): Model<StoredMembership> =>
  (connection.models['Membership'] as Model<StoredMembership> | undefined) ??
  connection.model<StoredMembership>('Membership', schema);
