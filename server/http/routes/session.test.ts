import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, founded, joined, world, type World } from '../../access/testing.ts';
import { stopTestEngine, testStore, type TestStore } from '../../store/testing.ts';

let store: TestStore;
let here: World;
let acme: Awaited<ReturnType<typeof founded>>;

beforeAll(async () => {
  store = await testStore();
  here = await world(store.connection);
  acme = await founded(here, 'Acme');
});
afterAll(async () => {
  await here.close();
  await store.close();
  await stopTestEngine();
});

describe('a page that asks who is there', () => {
  it('is told nobody, without an error, where nobody is signed in', async () => {
    const strangers = [
      new Browser(here.url),
      new Browser(here.url, { headers: { cookie: 'ume.session_token=made.up' } }),
      new Browser(here.url, { key: `ume_${'x'.repeat(43)}` })
    ];
    for (const stranger of strangers)
      expect(await stranger.get('/session')).toMatchObject({ status: 200, body: { me: null } });
  });

  it('is told what me tells, where somebody is', async () => {
    const { body: me } = await acme.founder.get('/me');
    expect((await acme.founder.get('/session')).body).toEqual({ me });
    await acme.founder.post('/auth/sign-out');
    expect((await acme.founder.get('/session')).body).toEqual({ me: null });
    expect((await acme.founder.get('/me')).status).toBe(401);
    acme = await founded(here, 'Beta');
  });
});

describe("changing one's name", () => {
  const rename = (who: Browser, name: unknown) => who.ask('PATCH', '/me', { name });

  it('is seen at once: in me, among the members, and by what is told of it', async () => {
    const { person, user } = await joined(here, acme.founder, 'Ada');
    const told: string[][] = [];
    here.access.onRenamed((...what) => told.push(what));
    const answer = await rename(person, ' Ada Lovelace ');
    expect(answer).toMatchObject({ status: 200, body: { user: { id: user, name: 'Ada Lovelace' } } });
    expect((await person.get('/me')).body).toEqual(answer.body);
    const { body: members } = await acme.founder.get('/members');
    expect(members.find((each: { id: string }) => each.id === user).name).toBe('Ada Lovelace');
    expect(told).toEqual([[user, 'Ada Lovelace']]);
    expect((await acme.founder.get('/me')).body.user.name).toBe('Founder of Beta');
  });

  it('needs a name, and somebody who is signed in', async () => {
    for (const name of ['', '   ', 'x'.repeat(121), 7, undefined])
      expect(await rename(acme.founder, name)).toMatchObject({ status: 422, body: { field: 'name' } });
    expect((await rename(new Browser(here.url), 'Nobody')).status).toBe(401);
  });

  it('is nothing an API key may do: it belongs to one organization, the name to all', async () => {
    const answer = await rename(new Browser(here.url, { key: acme.key }), 'Key');
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
