import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { conflict } from '#shared/protocol/errors.ts';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';
import { Browser, founding, PASSWORD, world, type World } from './testing.ts';

let store: TestStore;
let here: World;
let failing = false;

beforeEach(async () => {
  store = await testStore();
  failing = false;
  const made = new Set<string>();
  here = await world(store.connection, {
    createRecord: async (actor, type, { id }) => {
      if (failing) throw new Error('the power went');
      if (made.has(id!)) throw conflict();
      made.add(id!);
      here.records.push({ organization: actor.organization, type, id });
    }
  });
});
afterEach(async () => {
  await here.close();
  await store.close();
});
afterAll(stopTestEngine);

describe('the first organization', () => {
  it('is founded with the set-up token, signs its founder in, and has a first space', async () => {
    const token = await here.access.setup.ensureToken();
    const browser = new Browser(here.url);
    expect((await browser.get(`/setup?token=${token}`)).body).toEqual({ needed: true, valid: true });
    const answer = await browser.post('/organizations', founding('Acme', { setup: token }));
    expect(answer.status).toBe(201);
    expect(here.records).toEqual([
      { organization: answer.body.organization.id, type: 'core.space', id: answer.body.space }
    ]);
    const { body: me } = await browser.get('/me');
    expect(me).toMatchObject({
      user: { name: 'Founder of Acme', email: 'founder@acme.example' },
      organization: { name: 'Acme', type: 'for-profit', timeZone: 'Europe/Berlin' },
      role: 'founder',
      organizations: [{ name: 'Acme', role: 'founder' }]
    });
  });

  it('is not founded without the token, nor with a wrong one', async () => {
    await here.access.setup.ensureToken();
    const browser = new Browser(here.url);
    for (const setup of [undefined, '', 'wrong']) {
      const answer = await browser.post('/organizations', founding('Acme', { setup }));
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'forbidden', field: 'setup' });
    }
    expect(await here.access.accounts.list(10)).toEqual([]);
    expect((await browser.get('/setup?token=wrong')).body).toEqual({ needed: true, valid: false });
  });

  it('uses the token up, even when many try at once', async () => {
    const token = await here.access.setup.ensureToken();
    const tries = Array.from({ length: 8 }, (_, at) =>
      new Browser(here.url).post('/organizations', founding(`Acme${at}`, { setup: token }))
    );
    const statuses = (await Promise.all(tries)).map((each) => each.status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.every((status) => [201, 403, 409, 401].includes(status))).toBe(true);
    expect(await here.access.models.organizations.countDocuments()).toBe(1);
    const late = await new Browser(here.url).post('/organizations', founding('Late', { setup: token }));
    expect(late.status).toBe(401);
    expect((await new Browser(here.url).get(`/setup?token=${token}`)).body).toEqual({
      needed: false,
      valid: false
    });
    expect(existsSync(join(here.folder, 'setup-token'))).toBe(false);
    expect(await here.access.setup.ensureToken()).toBeNull();
  });

  it('leaves nothing to be seen when it is cut short, and is taken up again', async () => {
    const token = await here.access.setup.ensureToken();
    const browser = new Browser(here.url);
    failing = true;
    expect((await browser.post('/organizations', founding('Acme', { setup: token }))).status).toBe(500);
    expect((await browser.get('/setup')).body).toMatchObject({ needed: true });
    const signIn = await browser.post('/auth/sign-in', { email: 'founder@acme.example', password: PASSWORD });
    expect(signIn.body).toMatchObject({ organization: null, role: null, organizations: [] });
    failing = false;
    const again = await new Browser(here.url).post('/organizations', founding('Acme', { setup: token }));
    expect(again.status).toBe(201);
    expect(await here.access.models.organizations.countDocuments()).toBe(1);
    expect(await here.access.accounts.list(10)).toHaveLength(1);
  });

  it.each(['create', 'membership', 'space', 'activate', 'enter', 'retire'] as const)(
    'cut short at any step is taken up again, and is there once: %s',
    async (step) => {
      const setup = await here.access.setup.ensureToken();
      const { models, members } = here.access;
      const broken = new Error('the power went');
      const spies = {
        create: () => vi.spyOn(models.organizations, 'create').mockRejectedValueOnce(broken),
        membership: () => vi.spyOn(members, 'add').mockRejectedValueOnce(broken),
        space: () => (failing = true),
        activate: () => vi.spyOn(models.organizations, 'updateOne').mockRejectedValueOnce(broken as never),
        enter: () => vi.spyOn(members, 'entered').mockRejectedValueOnce(broken),
        retire: () => vi.spyOn(here.access.setup, 'retire').mockRejectedValueOnce(broken)
      };
      spies[step]();
      const body = founding('Acme', { setup });
      expect((await new Browser(here.url).post('/organizations', body)).status).toBe(500);
      vi.restoreAllMocks();
      failing = false;
      // Cut short after the last step, it is there already: the founder just signs in.
      const done = step === 'enter' || step === 'retire';
      const again = await new Browser(here.url).post('/organizations', body);
      expect(again.status).toBe(done ? 401 : 201);
      const founder = new Browser(here.url);
      const signIn = { email: 'founder@acme.example', password: PASSWORD };
      expect((await founder.post('/auth/sign-in', signIn)).body).toMatchObject({
        organization: { name: 'Acme' },
        role: 'founder'
      });
      expect(await models.organizations.countDocuments()).toBe(1);
      expect(await models.memberships.countDocuments()).toBe(1);
      expect(await here.access.setup.ensureToken()).toBeNull();
    }
  );

  it('keeps the token in a private file, the same after a restart, and only its hash in the database', async () => {
    const token = (await here.access.setup.ensureToken())!;
    expect(await here.access.setup.ensureToken()).toBe(token);
    const file = join(here.folder, 'setup-token');
    expect(readFileSync(file, 'utf8').trim()).toBe(token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(await here.access.models.setup.find().lean())).not.toContain(token);
  });

  it.each([
    ['organization.country', { country: 'QQ' }],
    ['organization.timeZone', { timeZone: 'Mars/Olympus' }],
    ['organization.currency', { currency: 'QQQ' }],
    ['organization.type', { type: 'cartel' }]
  ])('says which field is wrong: %s', async (field, wrong) => {
    const setup = await here.access.setup.ensureToken();
    const body = founding('Acme', { setup });
    Object.assign(body.organization, wrong);
    const answer = await new Browser(here.url).post('/organizations', body);
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid', field } });
  });
});

describe('further organizations', () => {
  it('are founded by who is signed in, without a token, and entered at once', async () => {
    const setup = await here.access.setup.ensureToken();
    const browser = new Browser(here.url);
    const first = await browser.post('/organizations', founding('Acme', { setup }));
    const second = await browser.post('/organizations', founding('Beta', { founder: undefined }));
    expect(second.status).toBe(201);
    const { body: me } = await browser.get('/me');
    expect(me.organization.name).toBe('Beta');
    expect(me.organizations.map((each: { name: string }) => each.name)).toEqual(['Beta', 'Acme']);
    const back = await browser.post(`/organizations/${first.body.organization.id}/enter`);
    expect(back.body.organization.name).toBe('Acme');
    expect((await browser.get('/me')).body.organization.name).toBe('Acme');
    expect(await here.access.accounts.list(10)).toHaveLength(1);
  });

  it('are not founded by strangers', async () => {
    const setup = await here.access.setup.ensureToken();
    await new Browser(here.url).post('/organizations', founding('Acme', { setup }));
    const answer = await new Browser(here.url).post('/organizations', founding('Beta'));
    expect(answer).toMatchObject({ status: 401, body: { code: 'not_signed_in' } });
  });

  it('are entered by members only; to others they do not exist', async () => {
    const setup = await here.access.setup.ensureToken();
    const browser = new Browser(here.url);
    await browser.post('/organizations', founding('Acme', { setup }));
    const other = await here.access.founding.found(founding('Beta') as never, 'operator');
    expect((await browser.post(`/organizations/${other.organization.id}/enter`)).status).toBe(404);
    expect((await browser.post('/organizations/nowhere/enter')).status).toBe(404);
  });
});
