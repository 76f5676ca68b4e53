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

/** Somebody with an account, who may not be in any organization yet. */
export interface Person {
  kind: 'user' | 'key';
  user: string;
  name: string;
  email: string;
  credential: string;
  /** The organization the session is in at the moment, and the person's role there. */
  organization: string | null;
  role: Role | null;
}

/** What every door needs to know of identity. */
export interface Identify {
  /** From a session's cookie or a Bearer key. Null where neither is good, or where it is in no organization. */
  fromRequest(headers: Credentials, address: string): Promise<Actor | null>;
  /** From an API key or a short-lived token (`POST auth/token`): how documents and sockets are opened. */
  fromToken(token: string): Promise<Actor | null>;
  /** As `fromRequest`, for those who are in no organization yet, too. */
  personFrom(headers: Credentials, address: string): Promise<Person | null>;
  /**
   * Told of every credential that is pulled back, at once: close what it has open.
   * @param open whose connections are open; those whose credential merely expires are then told of as well
   * @returns how to stop
   */
  onRevoked(listener: (credential: string) => void, open?: () => Iterable<Holder>): () => void;
  /** Told of every person who has another name now: what is open shows it from then on. Returns how to stop. */
  onRenamed(listener: (user: string, name: string) => void): () => void;
}

/** Whoever holds a connection open: what it came by, and what that was worth then. */
export type Holder = Pick<Actor, 'credential' | 'organization' | 'role'>;

/** The headers that can say who is asking. */
export interface Credentials {
  cookie?: string | undefined;
  authorization?: string | undefined;
}

/** The actor a person is, in the organization it is in. */
export function actorOf(person: Person | null): Actor | null {
  if (!person || person.organization === null || person.role === null) return null;
  const { kind, user, name, organization, role, credential } = person;
  return { kind, user, name, organization, role, credential };
}
