import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { database } from '../store/connection.ts';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';
import { limitsOf } from './sign-in.ts';
import { Browser, founded, PASSWORD, world, type World } from './testing.ts';

let store: TestStore;
let here: World | null = null;

beforeEach(async () => {
  store = await testStore();
});
afterEach(async () => {
  await here?.close();
  here = null;
  await store.close();
});
afterAll(stopTestEngine);

const email = 'founder@acme.example';

describe('a session', () => {
  it('is a cookie that scripts cannot read and other sites do not send', async () => {
    here = await world(store.connection);
    await founded(here, 'Acme');
    const answer = await new Browser(here.url).post('/auth/sign-in', { email, password: PASSWORD });
    const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('ume.session_token='))!;
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).not.toMatch(/Secure/i);
    expect(answer.body).toMatchObject({ user: { email }, organization: { name: 'Acme' }, role: 'founder' });
  });

  it('travels over https only where people use https', async () => {
    here = await world(store.connection, { config: { UME_URL: 'https://ume.example' } });
    await founded(here, 'Acme').catch(() => undefined);
    const browser = new Browser(here.url, { headers: { origin: 'https://ume.example' } });
    const answer = await browser.post('/auth/sign-in', { email, password: PASSWORD });
    const cookie = answer.headers
      .getSetCookie()
      .find((each) => each.startsWith('__Secure-ume.session_token='))!;
    expect(cookie).toMatch(/; Secure/i);
    expect((await browser.get('/me')).status).toBe(200);
  });

  it('ends with signing out, also what was opened with it', async () => {
    here = await world(store.connection);
    const { founder } = await founded(here, 'Acme');
    const { body } = await founder.post('/auth/token');
    const actor = await here.access.fromToken(body.token);
    expect(actor).toMatchObject({ kind: 'user', role: 'founder' });
    const revoked: string[] = [];
    here.access.onRevoked((credential) => revoked.push(credential));
    const cookie = founder.cookie;
    expect((await founder.post('/auth/sign-out')).status).toBe(204);
    expect(revoked).toEqual([actor!.credential]);
    expect(await here.access.fromToken(body.token)).toBeNull();
    expect(await here.access.fromRequest({ cookie }, '127.0.0.1')).toBeNull();
    expect((await founder.get('/me')).status).toBe(401);
  });

  it('outlives a restart, since its secret is kept', async () => {
    const first = await world(store.connection);
    const { founder } = await founded(first, 'Acme');
    here = await world(store.connection, { folder: first.folder });
    const actor = await here.access.fromRequest({ cookie: founder.cookie }, '127.0.0.1');
    expect(actor).toMatchObject({ role: 'founder' });
    await first.close();
  });

  it('is not believed with another signature, nor from another server', async () => {
    here = await world(store.connection);
    const { founder } = await founded(here, 'Acme');
    const [token] = decodeURIComponent(founder.cookies.get('ume.session_token')!).split('.');
    for (const cookie of [
      `ume.session_token=${token}`,
      `ume.session_token=${token}.AAAA`,
      'ume.session_token='
    ]) {
      expect(await here.access.fromRequest({ cookie }, '127.0.0.1')).toBeNull();
    }
    const elsewhere = await world(store.connection);
    expect(await elsewhere.access.fromRequest({ cookie: founder.cookie }, '127.0.0.1')).toBeNull();
    await elsewhere.close();
  });

  it('is cut off at once from an organization its person leaves', async () => {
    here = await world(store.connection);
    const { founder, organization, user } = await founded(here, 'Acme');
    await here.access.members.add(organization, 'somebody else', 'founder', new Date());
    const { body } = await founder.post('/auth/token');
    expect((await founder.get('/members')).status).toBe(200);
    await here.access.endMembership(organization, user);
    expect((await founder.get('/members')).status).toBe(401);
    expect(await here.access.fromToken(body.token)).toBeNull();
    expect((await founder.get('/me')).body).toMatchObject({ organization: null, organizations: [] });
  });
});

describe('a short-lived token', () => {
  it('holds five minutes, for one organization, and cannot be altered', async () => {
    here = await world(store.connection);
    const { founder, organization } = await founded(here, 'Acme');
    const { body } = await founder.post('/auth/token');
    expect(await here.access.fromToken(body.token)).toMatchObject({ organization });
    expect(await here.access.fromToken(`${body.token}x`)).toBeNull();
    const [head, signature] = body.token.slice(4).split('.');
    const claims = JSON.parse(Buffer.from(head, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, e: claims.e + 1e9 })).toString('base64url');
    expect(await here.access.fromToken(`umt_${forged}.${signature}`)).toBeNull();
    for (const rubbish of ['', 'umt_', 'umt_.', 'umt_a.b.c', 'x'.repeat(100_000)]) {
      expect(await here.access.fromToken(rubbish)).toBeNull();
    }
    here.pass(5 * 60 * 1000);
    expect(await here.access.fromToken(body.token)).toBeNull();
  });
});

describe('passwords', () => {
  it('are kept hashed, and wrong ones tell nothing of whether the account exists', async () => {
    here = await world(store.connection);
    await founded(here, 'Acme');
    const everything = await Promise.all(
      ['users', 'credentials', 'sessions'].map((name) =>
        database(store.connection).collection(name).find().toArray()
      )
    );
    expect(JSON.stringify(everything)).not.toContain(PASSWORD);
    const browser = new Browser(here.url);
    const wrong = await browser.post('/auth/sign-in', { email, password: 'wrong' });
    const nobody = await browser.post('/auth/sign-in', { email: 'nobody@acme.example', password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(nobody.body).toEqual(wrong.body);
  });

  it('can be tried a few times, not many', async () => {
    here = await world(store.connection, { limits: {} });
    await founded(here, 'Acme');
    const browser = new Browser(here.url);
    const statuses: number[] = [];
    for (let at = 0; at < 8; at += 1)
      statuses.push((await browser.post('/auth/sign-in', { email, password: `wrong ${at}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429, 429]);
    const right = await browser.post('/auth/sign-in', { email, password: PASSWORD });
    expect(right.status).toBe(429);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(60);
  });

  it('tried many at once are counted, too', async () => {
    here = await world(store.connection, { limits: {} });
    await founded(here, 'Acme');
    const tries = Array.from({ length: 20 }, (_, at) =>
      new Browser(here!.url).post('/auth/sign-in', { email, password: `wrong ${at}` })
    );
    const statuses = (await Promise.all(tries)).map((each) => each.status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(6);
  });

  it('guessed by strangers do not lock out who has signed in on this device before', async () => {
    here = await world(store.connection, {
      limits: { signInPair: { points: 3, duration: 900 }, signInAccount: { points: 3, duration: 900 } }
    });
    const { founder } = await founded(here, 'Acme');
    await founder.post('/auth/sign-out');
    const stranger = new Browser(here.url);
    for (let at = 0; at < 5; at += 1) await stranger.post('/auth/sign-in', { email, password: 'guess' });
    expect((await stranger.post('/auth/sign-in', { email, password: PASSWORD })).status).toBe(429);
    expect((await founder.post('/auth/sign-in', { email, password: PASSWORD })).status).toBe(200);
  });

  it('that are right cost nothing', async () => {
    here = await world(store.connection, { limits: {} });
    await founded(here, 'Acme');
    for (let at = 0; at < 10; at += 1) {
      const answer = await new Browser(here.url).post('/auth/sign-in', { email, password: PASSWORD });
      expect(answer.status).toBe(200);
    }
  });
});

describe('which limits an attempt counts against', () => {
  it('a known device only against itself', () => {
    const counted = limitsOf({ email: 'A@b.example', address: '192.0.2.1', device: 'mine' });
    expect(counted.map(([name]) => name)).toEqual(['signInDevice']);
  });
  it('a stranger against its network, the pair and the account, however the address is written', () => {
    const one = limitsOf({ email: 'A@b.example', address: '2001:db8::1', device: null });
    const two = limitsOf({ email: 'a@B.example', address: '2001:0db8:0:0:ffff::2', device: null });
    expect(one.map(([name]) => name)).toEqual(['signInAddress', 'signInPair', 'signInAccount']);
    expect(one).toEqual(two);
  });
});
