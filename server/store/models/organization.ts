import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import type { Organization } from '#shared/kernel/organization.ts';

/** An organization as it is stored. */
export interface StoredOrganization extends Omit<Organization, 'id'> {
  _id: string;
  /** `founding` until everything it needs is there; nobody sees it before. */
  state: 'founding' | 'active';
  /** User id of who founds it: by this a founding that was cut short is found again. */
  founder: string;
  /** Id of its first space, chosen before the space is made so that making it can be repeated. */
  firstSpace: string;
  createdAt: Date;
}

const schema = new Schema<StoredOrganization>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    type: { type: String, required: true },
    country: { type: String, required: true },
    timeZone: { type: String, required: true },
    currency: { type: String, required: true },
    contact: { type: Object, required: true },
    state: { type: String, required: true },
    founder: { type: String, required: true },
    firstSpace: { type: String, required: true },
    createdAt: { type: Date, required: true }
  },
  { collection: 'organizations', versionKey: false, minimize: false }
);
schema.index({ state: 1 });
schema.index({ founder: 1, state: 1 });

export const organizationModel = (connection: Connection): Model<StoredOrganization> =>
  (connection.models['Organization'] as Model<StoredOrganization> | undefined) ??
  connection.model<StoredOrganization>('Organization', schema);
