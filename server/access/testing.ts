/** Access over real HTTP for tests: a server on a free port, and people who open it in browsers of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { pino } from 'pino';
import { createApp } from '../http/app.ts';
import type { Route } from '../http/route.ts';
import { ensureIndexes } from '../store/indexes.ts';
import { createAccess, type Access } from './access.ts';
import type { CreateRecord } from './founding.ts';
import type { Limit, LimitName } from './limits.ts';

export const WIDE: Partial<Record<LimitName, Limit>> = {
  invitation: { points: 10_000, duration: 60 },
  founding: { points: 10_000, duration: 60 },
  signInAddress: { points: 10_000, duration: 60 }
};

export interface World {
  access: Access;
  /** `http://127.0.0.1:port` */
  url: string;
  folder: string;
  /** Moves the server's clock, milliseconds. */
  pass(ms: number): void;
  records: Array<{ organization: string; type: string; id?: string }>;
  close(): Promise<void>;
}

export interface WorldSettings {
  limits?: Partial<Record<LimitName, Limit>>;
  createRecord?: CreateRecord;
  routes?: Route[];
  config?: { UME_URL?: string; UME_TRUST_PROXY?: boolean; UME_LIMIT_REQUESTS_PER_SECOND?: number };
  folder?: string;
}

/** Starts access and its HTTP side on a store. */
export async function world(connection: Connection, settings: WorldSettings = {}): Promise<World> {
  const folder = settings.folder ?? mkdtempSync(join(tmpdir(), 'ume-access-'));
  const config = {
    UME_DATA: folder,
    UME_TRUST_PROXY: false,
    UME_LIMIT_REQUESTS_PER_SECOND: 100_000,
    ...settings.config
  };
  const log = pino({ level: 'silent' });
  let ahead = 0;
  const records: World['records'] = [];
  const access = await createAccess({
    connection,
    config,
    log,
    limits: settings.limits ?? WIDE,
    now: () => Date.now() + ahead,
    createRecord:
      settings.createRecord ??
      (async (actor, type, { id }) => void records.push({ organization: actor.organization, type, id }))
  });
  await ensureIndexes(connection);
  const app = createApp({
    config,
    log,
    access,
    routes: settings.routes,
    health: { version: 'test', engine: () => 'embedded', storage: () => true, media: () => 'ready' }
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    access,
    url,
    folder,
    records,
    pass: (ms) => void (ahead += ms),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (!settings.folder) rmSync(folder, { recursive: true, force: true });
    }
  };
}

export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers of every shape
  body: any;
  headers: Headers;
}

/** A browser: keeps cookies, sends Origin as browsers do. With `key`, a program that sends an API key instead. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, { key, headers = {} }: { key?: string; headers?: Record<string, string> } = {}) {
    this.#url = url;
    this.#headers = key ? { authorization: `Bearer ${key}`, ...headers } : { origin: url, ...headers };
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async ask(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {}
  ): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.cookies.size > 0 ? { cookie: this.cookie } : {}),
        ...this.#headers,
        ...headers
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
    });
    for (const each of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = each.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const ended = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
      if (ended || value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
  }

  get = (path: string) => this.ask('GET', path);
  post = (path: string, body?: unknown) => this.ask('POST', path, body);
  delete = (path: string) => this.ask('DELETE', path);
}

export const PASSWORD = 'correct horse battery';

/** The body of a founding. */
export const founding = (name: string, more: Record<string, unknown> = {}) => ({
  organization: {
    name,
    type: 'for-profit',
    country: 'DE',
    timeZone: 'Europe/Berlin',
    currency: 'EUR',
    contact: { email: `office@${name.toLowerCase()}.example` }
  },
  founder: { name: `Founder of ${name}`, email: `founder@${name.toLowerCase()}.example`, password: PASSWORD },
  space: { name: 'Everything' },
  ...more
});

/** Founds an organization the operator's way and signs its founder in. */
export async function founded(
  { access, url }: World,
  name: string
): Promise<{ founder: Browser; organization: string; user: string; key: string }> {
  const made = await access.founding.found(founding(name) as never, 'operator');
  const founder = new Browser(url);
  const answer = await founder.post('/auth/sign-in', { email: made.user.email, password: PASSWORD });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  const { key } = await access.keys.create(
    { user: made.user.id, organization: made.organization.id, credential: 'test' },
    { name: 'test' }
  );
  return { founder, organization: made.organization.id, user: made.user.id, key };
}

/** The token of an invitation's link. */
export const tokenOf = (url: string): string => new URL(url).pathname.split('/').at(-1)!;

/** Invites a person and lets them accept with a new account. */
export async function joined(
  { url }: World,
  founder: Browser,
  name: string,
  role: 'member' | 'viewer' = 'member'
): Promise<{ person: Browser; user: string; email: string }> {
  const invited = await founder.post('/invitations', { role });
  const token = tokenOf(invited.body.url);
  const person = new Browser(url);
  const email = `${name.toLowerCase()}@people.example`;
  const answer = await person.post(`/invitations/by-token/${token}/accept`, {
    name,
    email,
    password: PASSWORD
  });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return { person, user: answer.body.user.id, email };
}
