import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, founded, joined, world, type World } from '../../access/testing.ts';
import { stopTestEngine, testStore, type TestStore } from '../../store/testing.ts';

let store: TestStore;
let here: World;
let acme: Awaited<ReturnType<typeof founded>>;
let beta: Awaited<ReturnType<typeof founded>>;
const change = (who: Browser, body: unknown) => who.ask('PATCH', '/organization', body);

beforeAll(async () => {
  store = await testStore();
  here = await world(store.connection);
  acme = await founded(here, 'Acme');
  beta = await founded(here, 'Beta');
});
afterAll(async () => {
  await here.close();
  await store.close();
  await stopTestEngine();
});

describe("changing an organization's details", () => {
  it('answers with the organization, keeps what is left out, and touches no other one', async () => {
    const before = (await beta.founder.get('/organization')).body;
    const answer = await change(acme.founder, { name: ' Acme & Sons ', timeZone: 'Asia/Tokyo' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: acme.organization,
      name: 'Acme & Sons',
      type: 'for-profit',
      country: 'DE',
      timeZone: 'Asia/Tokyo',
      currency: 'EUR',
      contact: { email: 'office@acme.example' }
    });
    expect((await acme.founder.get('/organization')).body).toEqual(answer.body);
    expect((await acme.founder.get('/me')).body.organizations).toMatchObject([{ name: 'Acme & Sons' }]);
    expect((await beta.founder.get('/organization')).body).toEqual(before);
  });

  it('takes everything at once; a contact that is given replaces the whole one', async () => {
    const all = {
      name: 'Acme',
      type: 'foundation',
      country: 'JP',
      timeZone: 'Europe/Berlin',
      currency: 'JPY',
      contact: { phone: '+49 30 1', website: 'acme.example', address: 'Plum Street 1\nBerlin' }
    };
    expect((await change(acme.founder, all)).body).toEqual({ id: acme.organization, ...all });
    expect((await change(acme.founder, { contact: {} })).body.contact).toEqual({});
    expect((await change(acme.founder, {})).body).toMatchObject({ name: 'Acme', type: 'foundation' });
  });

  it("is a founder's to do, whose key may, too", async () => {
    for (const role of ['member', 'viewer'] as const) {
      const { person } = await joined(here, acme.founder, `A${role}`, role);
      expect(await change(person, { name: 'Theirs' })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' }
      });
    }
    expect((await change(new Browser(here.url), { name: 'Nobody’s' })).status).toBe(401);
    expect((await change(new Browser(here.url, { key: acme.key }), { currency: 'EUR' })).status).toBe(200);
    expect((await acme.founder.get('/organization')).body).toMatchObject({ name: 'Acme', currency: 'EUR' });
  });

  it.each([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(121) }],
    ['type', { type: 'cult' }],
    ['country', { country: 'Germany' }],
    ['country', { country: 'QQ' }],
    ['timeZone', { timeZone: 'Mars/Olympus' }],
    ['timeZone', { timeZone: '+02:00' }],
    ['currency', { currency: 'euro' }],
    ['currency', { currency: 'ABC' }],
    ['contact.email', { contact: { email: 'nobody' } }],
    ['contact.address', { contact: { address: 'x'.repeat(401) } }]
  ])('says what is wrong with %s (%#)', async (field, body) => {
    const before = (await acme.founder.get('/organization')).body;
    expect(await change(acme.founder, body)).toMatchObject({
      status: 422,
      body: { code: 'invalid', field, detail: expect.any(String) }
    });
    expect((await acme.founder.get('/organization')).body).toEqual(before);
  });
});
