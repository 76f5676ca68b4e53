import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';
import { Browser, founded, joined, world, type World } from './testing.ts';

const DAY = 24 * 60 * 60 * 1000;
let store: TestStore;
let here: World;
let founder: Browser;
let organization: string;

beforeEach(async () => {
  store = await testStore();
  here = await world(store.connection);
  ({ founder, organization } = await founded(here, 'Acme'));
});
afterEach(async () => {
  await here.close();
  await store.close();
});
afterAll(stopTestEngine);

const program = (key: string) => new Browser(here.url, { key });

describe('an API key', () => {
  it('is shown once, kept as a hash, and acts as its owner', async () => {
    const { status, body } = await founder.post('/keys', { name: 'CI' });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^ume_[0-9A-Za-z]{43}$/);
    expect(JSON.stringify(await here.access.models.keys.find().lean())).not.toContain(body.key);
    expect(JSON.stringify((await founder.get('/keys')).body)).not.toContain(body.key);
    expect((await program(body.key).get('/me')).body).toMatchObject({
      user: { name: 'Founder of Acme' },
      organization: { id: organization },
      role: 'founder'
    });
    expect(await here.access.fromToken(body.key)).toMatchObject({
      kind: 'key',
      credential: `key:${body.id}`
    });
  });

  it('notes when it was used last', async () => {
    const { body } = await founder.post('/keys', { name: 'CI' });
    await program(body.key).get('/me');
    await expect
      .poll(async () => {
        const { body: list } = await founder.get('/keys');
        return list.find((each: { id: string }) => each.id === body.id).usedAt;
      })
      .toMatch(/^\d{4}-/);
  });

  it('is worth nothing the moment it is deleted, and so is what was made with it', async () => {
    const { body } = await founder.post('/keys', { name: 'CI' });
    const child = await program(body.key).post('/keys', { name: 'made by CI' });
    const grandchild = await program(child.body.key).post('/keys', { name: 'made by that' });
    const { body: token } = await program(child.body.key).post('/auth/token');
    expect((await program(grandchild.body.key).get('/me')).status).toBe(200);
    const revoked: string[] = [];
    here.access.onRevoked((credential) => revoked.push(credential));
    expect((await founder.delete(`/keys/${body.id}`)).status).toBe(204);
    expect(revoked).toEqual([body.id, child.body.id, grandchild.body.id].map((id) => `key:${id}`));
    for (const { key } of [body, child.body, grandchild.body]) {
      expect((await program(key).get('/me')).status).toBe(401);
      expect(await here.access.fromToken(key)).toBeNull();
    }
    expect(await here.access.fromToken(token.token)).toBeNull();
  });

  it('without its parent is worth nothing, even where its removal was cut short', async () => {
    const { body } = await founder.post('/keys', { name: 'CI' });
    const child = await program(body.key).post('/keys', { name: 'made by CI' });
    await here.access.models.keys.deleteOne({ _id: body.id });
    expect((await program(child.body.key).get('/me')).status).toBe(401);
  });

  it('ends when it expires, and no child outlives it', async () => {
    const { body } = await founder.post('/keys', { name: 'CI', days: 1 });
    const child = await program(body.key).post('/keys', { name: 'for ever?' });
    expect((await program(child.body.key).get('/me')).status).toBe(200);
    here.pass(DAY + 1000);
    expect((await program(body.key).get('/me')).status).toBe(401);
    expect((await program(child.body.key).get('/me')).status).toBe(401);
  });

  it("ends with its owner's membership", async () => {
    const { person, user } = await joined(here, founder, 'Ada');
    const { body } = await person.post('/keys', { name: 'mine' });
    expect((await program(body.key).get('/members')).status).toBe(200);
    expect((await founder.delete(`/members/${user}`)).status).toBe(204);
    expect((await program(body.key).get('/members')).status).toBe(401);
    expect((await person.get('/members')).status).toBe(401);
  });

  it("of somebody else is a founder's to see and delete, and absent for members", async () => {
    const { person } = await joined(here, founder, 'Ada');
    const { person: other } = await joined(here, founder, 'Bob');
    const { body } = await person.post('/keys', { name: 'mine' });
    expect((await other.get('/keys')).body).toEqual([]);
    expect((await other.delete(`/keys/${body.id}`)).status).toBe(404);
    expect((await founder.get('/keys')).body.map((each: { name: string }) => each.name)).toContain('mine');
    expect((await founder.delete(`/keys/${body.id}`)).status).toBe(204);
  });

  it('says who is asking even where a cookie says otherwise', async () => {
    const { body } = await founder.post('/keys', { name: 'CI' });
    const { person } = await joined(here, founder, 'Ada');
    const mixed = await person.ask('GET', '/me', undefined, { authorization: `Bearer ${body.key}` });
    expect(mixed.body.user.name).toBe('Founder of Acme');
    const rubbish = await person.ask('GET', '/me', undefined, { authorization: 'Bearer rubbish' });
    expect(rubbish.status).toBe(401);
  });
});

describe('what was believed of a credential', () => {
  it('is asked anew after two seconds, for what another process changed', async () => {
    const { body } = await founder.post('/keys', { name: 'CI' });
    expect((await program(body.key).get('/me')).status).toBe(200);
    await here.access.models.keys.deleteOne({ _id: body.id });
    here.pass(2_001);
    expect((await program(body.key).get('/me')).status).toBe(401);
  });
});

describe('the last founder', () => {
  it('cannot be removed', async () => {
    const { body: me } = await founder.get('/me');
    expect((await founder.delete(`/members/${me.user.id}`)).status).toBe(409);
  });
});
