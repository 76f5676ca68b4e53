import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';

/** An invitation as it is stored. Its token is not: only the token's hash. */
export interface StoredInvitation {
  _id: string;
  organization: string;
  role: 'member' | 'viewer';
  /** The only address that may accept it, in lower case. */
  email?: string;
  /** SHA-256 of the token, hex. */
  hash: string;
  /** User id of who invited. */
  by: string;
  createdAt: Date;
  expiresAt: Date;
  /** Set in the same write that takes it: whoever sets it has it, everybody else is too late. */
  usedAt: Date | null;
  usedBy: string | null;
}

const schema = new Schema<StoredInvitation>(
  {
    _id: { type: String, required: true },
    organization: { type: String, required: true },
    role: { type: String, required: true },
    email: String,
    hash: { type: String, required: true },
    by: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expiresAt: { type: Date, required: true },
    usedAt: { type: Date, default: null },
    usedBy: { type: String, default: null }
  },
  { collection: 'invitations', versionKey: false }
);
schema.index({ hash: 1 }, { unique: true });
schema.index({ organization: 1, _id: -1 });

export const invitationModel = (connection: Connection): Model<StoredInvitation> =>
  (connection.models['Invitation'] as Model<StoredInvitation> | undefined) ??
  connection.model<StoredInvitation>('Invitation', schema);
