import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';
import { Browser, founded, joined, PASSWORD, tokenOf, world, type World } from './testing.ts';

const DAY = 24 * 60 * 60 * 1000;
let store: TestStore;
let here: World;
let founder: Browser;

beforeEach(async () => {
  store = await testStore();
  here = await world(store.connection);
  ({ founder } = await founded(here, 'Acme'));
});
afterEach(async () => {
  await here.close();
  await store.close();
});
afterAll(stopTestEngine);

const account = (name: string) => ({
  name,
  email: `${name.toLowerCase()}@people.example`,
  password: PASSWORD
});
const accept = (who: Browser, token: string, body?: unknown) =>
  who.post(`/invitations/by-token/${token}/accept`, body);

describe('an invitation', () => {
  it('tells whoever opens it who invited to what, and lets them in with a new account', async () => {
    const { status, body } = await founder.post('/invitations', { role: 'viewer', days: 3 });
    expect(status).toBe(201);
    const token = tokenOf(body.url);
    const guest = new Browser(here.url);
    expect((await guest.get(`/invitations/by-token/${token}`)).body).toMatchObject({
      organization: { name: 'Acme' },
      by: { name: 'Founder of Acme' },
      role: 'viewer',
      expiresAt: body.expiresAt
    });
    expect((await accept(guest, token, account('Ada'))).status).toBe(200);
    expect((await guest.get('/me')).body).toMatchObject({ organization: { name: 'Acme' }, role: 'viewer' });
    const { body: members } = await founder.get('/members');
    expect(members.map((each: { name: string; role: string }) => [each.name, each.role])).toEqual([
      ['Ada', 'viewer'],
      ['Founder of Acme', 'founder']
    ]);
  });

  it('is used once, however many accept it at the same time', async () => {
    const { body } = await founder.post('/invitations', {});
    const tries = Array.from({ length: 20 }, (_, at) =>
      accept(new Browser(here.url), tokenOf(body.url), account(`Racer${at}`))
    );
    const statuses = (await Promise.all(tries)).map((each) => each.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 410)).toHaveLength(19);
    expect(await here.access.models.memberships.countDocuments()).toBe(2);
    expect(await here.access.accounts.list(50)).toHaveLength(2);
  });

  it('lets in who is signed in already, without another account', async () => {
    const other = await founded(here, 'Beta');
    const { body } = await founder.post('/invitations', {});
    expect((await accept(other.founder, tokenOf(body.url))).status).toBe(200);
    const { body: me } = await other.founder.get('/me');
    expect(me).toMatchObject({ organization: { name: 'Acme' }, role: 'member' });
    expect(me.organizations).toHaveLength(2);
    // Repeating it changes nothing.
    expect((await accept(other.founder, tokenOf(body.url))).status).toBe(200);
    expect((await accept(new Browser(here.url), tokenOf(body.url), account('Eve'))).status).toBe(410);
  });

  it('ends when it expires, is taken back, or was never made', async () => {
    const expired = await founder.post('/invitations', { days: 1 });
    const removed = await founder.post('/invitations', {});
    expect((await founder.delete(`/invitations/${removed.body.id}`)).status).toBe(204);
    here.pass(DAY + 1000);
    const guest = new Browser(here.url);
    for (const [token, status] of [
      [tokenOf(expired.body.url), 410],
      [tokenOf(removed.body.url), 404],
      ['made-up', 404]
    ] as const) {
      expect((await guest.get(`/invitations/by-token/${token}`)).status).toBe(status);
      expect((await accept(guest, token, account('Eve'))).status).toBe(status);
    }
    expect((await founder.get('/invitations')).body).toMatchObject([
      { id: expired.body.id, state: 'expired' }
    ]);
    expect(await here.access.accounts.list(10)).toHaveLength(1);
  });

  it('bound to an address is for that address only, and stays open for it', async () => {
    const { body } = await founder.post('/invitations', { email: 'Ada@People.example' });
    const token = tokenOf(body.url);
    expect((await accept(new Browser(here.url), token, account('Eve'))).status).toBe(403);
    expect((await accept(new Browser(here.url), token, account('Ada'))).status).toBe(200);
  });

  it('stays open when its account cannot be made', async () => {
    const { email } = await joined(here, founder, 'Ada');
    const { body } = await founder.post('/invitations', {});
    const taken = await accept(new Browser(here.url), tokenOf(body.url), { ...account('Eve'), email });
    expect(taken).toMatchObject({ status: 409, body: { field: 'email' } });
    const short = await accept(new Browser(here.url), tokenOf(body.url), {
      ...account('Eve'),
      password: 'x'
    });
    expect(short).toMatchObject({ status: 422, body: { field: 'password' } });
    expect((await accept(new Browser(here.url), tokenOf(body.url), account('Eve'))).status).toBe(200);
  });

  it('that was cut short can be accepted again by the same person and nobody else', async () => {
    const { body } = await founder.post('/invitations', {});
    const token = tokenOf(body.url);
    const { members } = here.access;
    const add = members.add.bind(members);
    members.add = () => Promise.reject(new Error('the power went'));
    expect((await accept(new Browser(here.url), token, account('Ada'))).status).toBe(500);
    members.add = add;
    expect((await accept(new Browser(here.url), token, account('Eve'))).status).toBe(410);
    const wrong = { ...account('Ada'), password: 'not my password' };
    expect((await accept(new Browser(here.url), token, wrong)).status).toBe(410);
    expect((await accept(new Browser(here.url), token, account('Ada'))).status).toBe(200);
  });

  it('is not made by viewers', async () => {
    const { person } = await joined(here, founder, 'Ada', 'viewer');
    expect((await person.post('/invitations', {})).status).toBe(403);
  });

  it('is stored without its token', async () => {
    const { body } = await founder.post('/invitations', {});
    const stored = JSON.stringify(await here.access.models.invitations.find().lean());
    expect(stored).not.toContain(tokenOf(body.url));
  });
});
