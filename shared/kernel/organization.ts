/** What an organization is, beyond its records. The type is data that modules read; nothing branches on it here. */
export const ORGANIZATION_TYPES = [
  { key: 'for-profit', label: 'For-profit', hint: 'A company that sells something' },
  { key: 'non-profit', label: 'Non-profit', hint: 'An association, charity or club' },
  { key: 'foundation', label: 'Foundation', hint: 'Holds and gives funds for a purpose' },
  { key: 'general', label: 'General purpose', hint: 'Anything else: a team, a school, a family' }
] as const;

export type OrganizationType = (typeof ORGANIZATION_TYPES)[number]['key'];

export interface Organization {
  id: string;
  name: string;
  type: OrganizationType;
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** IANA zone, `Europe/Berlin`. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
  contact: { email?: string; phone?: string; website?: string; address?: string };
}

export interface Member {
  /** The person's user id. */
  id: string;
  name: string;
  email: string;
  role: 'founder' | 'member' | 'viewer';
}
