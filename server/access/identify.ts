/** Turns what a door was given (cookie, API key, short-lived token) into who is asking. */
import { actorOf, type Actor, type Credentials, type Holder, type Identify, type Person } from './actor.ts';
import type { ApiKeys } from './keys.ts';
import type { Members } from './members.ts';
import type { Revocations } from './revocations.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';

/** How long an answer is believed, milliseconds: what another process' revocation takes to be noticed here. */
const BELIEVED = 2_000;
/** Answers kept at once; a flood of made-up credentials must not fill the memory. */
const KEPT = 5_000;
/** Longer than anything of ours. */
const LONGEST = 8_192;

interface Answer {
  at: number;
  person: Promise<Person | null>;
}

export interface IdentifyParts {
  sessions: Sessions;
  keys: ApiKeys;
  members: Members;
  tokens: Tokens;
  revocations: Revocations;
  /** Name of the session cookie. */
  cookie: string;
  now?: () => number;
}

/** The value of one cookie in a Cookie header. */
export function cookieValue(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

export function createIdentify(parts: IdentifyParts): Identify & {
  /** Whether what somebody came by is still worth what it was then; asked of the database. */
  stillGood(holder: Holder): Promise<boolean>;
} {
  const { sessions, keys, members, tokens, revocations, now = Date.now } = parts;
  const answers = new Map<string, Answer>();
  let changes = 0;
  // Everything is forgotten at once: it is rare, cheap, and leaves no way to believe something outdated.
  revocations.onChanged(() => {
    changes += 1;
    answers.clear();
  });

  /** Asks again where something changed meanwhile: the answer may be of before. */
  async function current(ask: () => Promise<Person | null>): Promise<Person | null> {
    for (;;) {
      const before = changes;
      const person = await ask();
      if (before === changes) return person;
    }
  }

  function believed(credential: string, ask: () => Promise<Person | null>): Promise<Person | null> {
    const known = answers.get(credential);
    if (known && now() - known.at < BELIEVED) return known.person;
    if (answers.size >= KEPT) answers.clear();
    const person = current(ask);
    const answer = { at: now(), person };
    answers.set(credential, answer);
    person.catch(() => answers.get(credential) === answer && answers.delete(credential));
    return person;
  }

  /** A session as a person: in the organization asked for, if they are (still) in it. */
  async function ofSession(
    session: Awaited<ReturnType<Sessions['fromCookie']>>,
    organization?: string
  ): Promise<Person | null> {
    if (!session) return null;
    const place = organization ?? session.organization;
    const role = place === null ? null : await members.roleOf(place, session.user.id);
    return {
      kind: 'user',
      user: session.user.id,
      name: session.user.name,
      email: session.user.email,
      credential: `session:${session.id}`,
      organization: role ? place : null,
      role
    };
  }

  async function ofToken(token: string): Promise<Person | null> {
    const claims = tokens.read(token, now());
    return claims ? ofCredential(claims) : null;
  }

  async function ofCredential({
    credential,
    organization
  }: Pick<Holder, 'credential' | 'organization'>): Promise<Person | null> {
    const [kind, id] = credential.split(':') as [string, string];
    if (kind === 'session') return ofSession(await sessions.fromId(id, now()), organization);
    const person = await keys.personById(id);
    return person?.organization === organization ? person : null;
  }

  function personFrom({ cookie, authorization }: Credentials): Promise<Person | null> {
    if (authorization !== undefined) {
      // Who shows a key is whom the key says, or nobody: never whom a cookie besides it says.
      const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      if (!key || key.length > LONGEST) return Promise.resolve(null);
      return believed(`key ${key}`, () => keys.personByKey(key));
    }
    const value = cookie === undefined ? null : cookieValue(cookie, parts.cookie);
    if (!value || value.length > LONGEST) return Promise.resolve(null);
    return believed(`cookie ${value}`, async () =>
      ofSession(await sessions.fromCookie(`${parts.cookie}=${value}`))
    );
  }

  return {
    personFrom,
    fromRequest: async (headers): Promise<Actor | null> => actorOf(await personFrom(headers)),
    fromToken: async (token): Promise<Actor | null> => {
      if (token.length > LONGEST) return null;
      // A short-lived token's time is checked anew each time; only what it leads to is believed for a moment.
      if (token.startsWith('umt_') && !tokens.read(token, now())) return null;
      return actorOf(
        await believed(`token ${token}`, () =>
          token.startsWith('umt_') ? ofToken(token) : keys.personByKey(token)
        )
      );
    },
    stillGood: async (holder) => (await ofCredential(holder))?.role === holder.role,
    onRevoked: (listener, open) => revocations.onRevoked(listener, open),
    onRenamed: (listener) => revocations.onRenamed(listener)
  };
}
