/** Sessions: signing in and out, and the organization a session is in, all kept on the server. */
import { APIError } from 'better-auth/api';
import { UmeError } from '#shared/protocol/errors.ts';
import { ADDRESS_HEADER, type Auth } from './auth.ts';
import type { Account } from './accounts.ts';
import type { AccessModels } from './models.ts';
import type { Revocations } from './revocations.ts';

export interface Session {
  id: string;
  user: Account;
  organization: string | null;
}

/** Where a request comes from, as far as a session remembers it. */
export interface Visit {
  address: string;
  agent?: string | undefined;
}

export const wrongPassword = () =>
  new UmeError({
    code: 'wrong_credentials',
    status: 401,
    title: 'E-mail address and password do not match.',
    detail: 'Check both and try again.'
  });

interface Found {
  session: { id: string; organization?: string | null | undefined; expiresAt: Date; userId: string };
  user: Account;
}

const sessionOf = ({ session, user }: Found): Session => ({
  id: session.id,
  user: { id: user.id, name: user.name, email: user.email },
  organization: session.organization ?? null
});

export class Sessions {
  readonly #auth: Auth;
  readonly #models: AccessModels;
  readonly #revocations: Revocations;
  constructor(auth: Auth, models: AccessModels, revocations: Revocations) {
    this.#auth = auth;
    this.#models = models;
    this.#revocations = revocations;
  }

  /** The session a Cookie header names, or null. */
  async fromCookie(cookie: string): Promise<Session | null> {
    const found = await this.#auth.api.getSession({
      headers: new Headers({ cookie }),
      query: { disableRefresh: true }
    });
    return found ? sessionOf(found as Found) : null;
  }

  /** As `fromCookie`, by the session's id: how short-lived tokens find theirs. */
  async fromId(id: string, now: number): Promise<Session | null> {
    const { adapter, internalAdapter } = await this.#auth.$context;
    const session = await adapter.findOne<Found['session']>({
      model: 'session',
      where: [{ field: 'id', value: id }]
    });
    if (!session || session.expiresAt.getTime() <= now) return null;
    const user = await internalAdapter.findUserById(session.userId);
    return user ? sessionOf({ session, user }) : null;
  }

  /** Lets a session live on while it is used. Returns the Set-Cookie values to send, if any. */
  async renew(cookie: string): Promise<string[]> {
    const { headers } = await this.#auth.api.getSession({
      headers: new Headers({ cookie }),
      returnHeaders: true
    });
    return headers?.getSetCookie() ?? [];
  }

  /**
   * Begins a session, in the organization the person was in last.
   * @throws {UmeError} `wrong_credentials`.
   */
  async begin(
    email: string,
    password: string,
    visit: Visit
  ): Promise<{ cookies: string[]; session: Session }> {
    try {
      const { headers, response } = await this.#auth.api.signInEmail({
        body: { email, password },
        headers: new Headers({
          [ADDRESS_HEADER]: visit.address,
          'user-agent': (visit.agent ?? '').slice(0, 400)
        }),
        returnHeaders: true
      });
      const { internalAdapter } = await this.#auth.$context;
      const found = await internalAdapter.findSession(response.token);
      if (!found) throw wrongPassword(); // removed in the same moment
      const session = sessionOf(found as unknown as Found);
      const last = await this.#models.memberships
        .findOne({ user: session.user.id })
        .sort({ enteredAt: -1 })
        .lean();
      if (last) await this.enter(session.id, last.organization);
      return {
        cookies: headers.getSetCookie(),
        session: { ...session, organization: last?.organization ?? null }
      };
    } catch (error) {
      if (error instanceof APIError && error.statusCode < 500) throw wrongPassword();
      throw error;
    }
  }

  /** Puts a session into an organization. The caller has made sure that its person is a member. */
  async enter(id: string, organization: string): Promise<void> {
    const { adapter } = await this.#auth.$context;
    await adapter.update({
      model: 'session',
      where: [{ field: 'id', value: id }],
      update: { organization }
    });
    this.#revocations.changed();
  }

  /** Ends a session. Returns the Set-Cookie values that make the browser forget it. */
  async end(id: string, cookie: string): Promise<string[]> {
    const { headers } = await this.#auth.api.signOut({
      headers: new Headers({ cookie }),
      returnHeaders: true
    });
    this.#revocations.revoke(`session:${id}`);
    return headers.getSetCookie();
  }

  /** Ids of all sessions of a person. */
  async idsOf(user: string): Promise<string[]> {
    const { internalAdapter } = await this.#auth.$context;
    return (await internalAdapter.listSessions(user)).map((each) => each.id);
  }
}
