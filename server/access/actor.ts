/**
 * Who is asking. Every door (HTTP, sockets, documents, command line) turns what it was given into an actor once, and
 * everything behind it speaks of actors only.
 */
export type Role = 'founder' | 'member' | 'viewer';

export interface Actor {
  kind: 'user' | 'key' | 'system';
  /** The person's user id; for a key, the person it acts for; `system` for ume itself. */
  user: string;
  /** Shown to others beside what the actor does. */
  name: string;
  /** The organization it acts in. Nothing of another one exists for it. */
  organization: string;
  role: Role;
  /** The session or API key it came by: what is cut when that is pulled back. */
  credential: string;
}

/** ume itself acting in an organization: corrections, projections, clocks. */
export const systemActor = (organization: string): Actor => ({
  kind: 'system',
  user: 'system',
  name: 'ume',
  organization,
  role: 'founder',
  credential: 'system'
});
