/** Signing in and out, and who one is. */
import type { Request, Response } from 'express';
import { signIn as signInBody, updateMe } from '#shared/protocol/api.ts';
import { forbidden } from '#shared/protocol/errors.ts';
import { me, session as sessionAnswer, token as tokenAnswer, type Me } from '#shared/protocol/identity.ts';
import type { Access } from '../../access/access.ts';
import type { Person } from '../../access/actor.ts';
import { cookieValue } from '../../access/identify.ts';
import { signIn } from '../../access/sign-in.ts';
import { TOKEN_LIFE } from '../../access/tokens.ts';
import { setCookies } from '../cookies.ts';
import { route, type Route } from '../route.ts';

/** What `GET me` says of a person. */
export async function meOf(
  access: Access,
  person: Pick<Person, 'user' | 'name' | 'email' | 'organization' | 'role'>
): Promise<Me> {
  const [organization, organizations] = await Promise.all([
    person.organization === null ? null : access.members.organization(person.organization),
    access.members.organizationsOf(person.user)
  ]);
  return {
    user: { id: person.user, name: person.name, email: person.email },
    organization,
    role: organization ? person.role : null,
    organizations
  };
}

/** Lets a person's session live on: done where every visit to the app begins, and only there. */
async function prolong(access: Access, person: Person, request: Request, response: Response): Promise<void> {
  if (person.kind === 'user') setCookies(response, await access.sessions.renew(request.headers.cookie ?? ''));
}

export const sessionRoutes = (access: Access): Route[] => [
  route({
    method: 'post',
    path: '/auth/sign-in',
    tag: 'auth',
    summary: 'Sign in with e-mail address and password; sets a cookie',
    policy: 'public',
    body: signInBody,
    answer: me,
    handle: async ({ body, address, request, response }) => {
      const { cookies, session } = await signIn(access, {
        ...body,
        device: cookieValue(request.headers.cookie ?? '', access.devices.cookieName),
        visit: { address, agent: request.headers['user-agent'] }
      });
      setCookies(response, cookies);
      const { user, organization } = session;
      const role = organization === null ? null : await access.members.roleOf(organization, user.id);
      return meOf(access, { user: user.id, name: user.name, email: user.email, organization, role });
    }
  }),
  route({
    method: 'post',
    path: '/auth/sign-out',
    tag: 'auth',
    summary: 'Sign out: ends the session and everything opened with it',
    policy: 'person',
    handle: async ({ person, request, response }) => {
      const [kind, id] = person.credential.split(':') as [string, string];
      if (kind === 'session')
        setCookies(response, await access.sessions.end(id, request.headers.cookie ?? ''));
    }
  }),
  route({
    method: 'post',
    path: '/auth/token',
    tag: 'auth',
    summary: 'A short-lived token for /collab, /y and the sockets',
    policy: () => true,
    answer: tokenAnswer,
    handle: ({ actor }) => {
      const expiresAt = access.now() + TOKEN_LIFE;
      const { credential, organization } = actor;
      return {
        token: access.tokens.issue({ credential, organization, expiresAt }),
        expiresAt: new Date(expiresAt).toISOString()
      };
    }
  }),
  route({
    method: 'get',
    path: '/me',
    summary: 'Who is signed in, and where',
    policy: 'person',
    answer: me,
    handle: async ({ person, request, response }) => {
      await prolong(access, person, request, response);
      return meOf(access, person);
    }
  }),
  route({
    method: 'patch',
    path: '/me',
    summary: "Change one's name, in every organization",
    policy: 'person',
    body: updateMe,
    answer: me,
    handle: async ({ person, body: { name } }) => {
      if (person.kind !== 'user')
        throw forbidden({
          title: 'An API key cannot rename whom it acts for.',
          detail: 'A person goes by one name in every organization; the key belongs to one.'
        });
      await access.rename(person.user, name);
      return meOf(access, { ...person, name });
    }
  }),
  route({
    method: 'get',
    path: '/session',
    tag: 'auth',
    summary: 'Who is signed in, if anybody: for pages, which may be opened by strangers',
    policy: 'public',
    answer: sessionAnswer,
    handle: async ({ person, request, response }) => {
      if (!person) return { me: null };
      await prolong(access, person, request, response);
      return { me: await meOf(access, person) };
    }
  })
];
