import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Browser, founded, joined, world, type World } from '../access/testing.ts';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';
import { allRoutes } from './app.ts';
import { OPERATOR_HEADER } from './mount.ts';
import { route } from './route.ts';

let store: TestStore;
let here: World;
let acme: Awaited<ReturnType<typeof founded>>;
let beta: Awaited<ReturnType<typeof founded>>;

const extra = [
  route({
    method: 'get',
    path: '/boom',
    summary: 'Breaks',
    policy: () => true,
    handle: () => {
      throw new Error('secret inner detail');
    }
  }),
  route({
    method: 'post',
    path: '/echo',
    summary: 'Says it back',
    policy: 'public',
    body: z.object({ text: z.string() }),
    handle: ({ body }) => body
  }),
  route({
    method: 'post',
    path: '/guarded',
    summary: 'Not for anybody',
    policy: () => false,
    body: z.object({ text: z.string() }),
    handle: () => ({})
  }),
  route({
    method: 'get',
    path: '/unknown/{id}',
    summary: 'Not to be known of',
    policy: () => 'absent',
    handle: () => ({})
  })
];

beforeAll(async () => {
  store = await testStore();
  here = await world(store.connection, { routes: extra });
  acme = await founded(here, 'Acme');
  beta = await founded(here, 'Beta');
});
afterAll(async () => {
  await here.close();
  await store.close();
  await stopTestEngine();
});

const health = { version: 'test', engine: () => 'embedded', storage: () => true, media: () => 'ready' };
const routes = () => allRoutes({ config: {}, access: here.access, health, routes: extra });

describe('every route', () => {
  it('says who may', () => {
    for (const each of routes()) {
      const named = ['public', 'person', 'operator'].includes(each.policy as string);
      expect(named || typeof each.policy === 'function', `${each.method} ${each.path}`).toBe(true);
    }
  });

  it('answers 401 to who shows nothing, or something worthless, unless it is public', async () => {
    const address = (path: string) => path.replaceAll(/\{[a-zA-Z]+\}/g, 'x');
    const strangers = [
      new Browser(here.url),
      new Browser(here.url, { key: `ume_${'x'.repeat(43)}` }),
      new Browser(here.url, { headers: { cookie: 'ume.session_token=made.up' } })
    ];
    for (const each of routes().filter((one) => one.policy !== 'public')) {
      for (const stranger of strangers) {
        const answer = await stranger.ask(
          each.method.toUpperCase(),
          address(each.path),
          each.body ? {} : undefined
        );
        expect([each.method, each.path, answer.status]).toEqual([each.method, each.path, 401]);
        expect(answer.body).toMatchObject({ code: 'not_signed_in', type: 'urn:ume:problem:not_signed_in' });
      }
    }
  });

  it('is described in openapi.json, but for the control channel', async () => {
    const { body } = await new Browser(here.url).get('/openapi.json');
    expect(body.openapi).toMatch(/^3\.1/);
    for (const each of routes()) {
      const described = body.paths[each.path]?.[each.method];
      if (each.policy === 'operator') expect(described).toBeUndefined();
      else expect(described?.summary, each.path).toBe(each.summary);
    }
  });
});

describe("another organization's things", () => {
  it('are absent: keys, invitations, members', async () => {
    const key = await beta.founder.post('/keys', { name: 'of Beta' });
    const invitation = await beta.founder.post('/invitations', {});
    const { user } = await joined(here, beta.founder, 'Bea');
    for (const asking of [acme.founder, new Browser(here.url, { key: acme.key })]) {
      expect((await asking.delete(`/keys/${key.body.id}`)).status).toBe(404);
      expect((await asking.delete(`/invitations/${invitation.body.id}`)).status).toBe(404);
      expect((await asking.delete(`/members/${user}`)).status).toBe(404);
      expect((await asking.post(`/organizations/${beta.organization}/enter`)).status).toBe(404);
      for (const path of ['/members', '/keys', '/invitations', '/organization', '/me'])
        expect(JSON.stringify((await asking.get(path)).body), path).not.toMatch(/Beta|Bea/);
    }
    expect((await beta.founder.get('/members')).body).toHaveLength(2);
  });
});

describe('what goes wrong', () => {
  it('is a problem in words: unknown addresses, bad JSON, missing fields, too much', async () => {
    const browser = acme.founder;
    const cases = [
      [await browser.get('/nowhere'), 404, 'not_found'],
      [await browser.post('/echo', '{"text":'), 400, 'bad_json'],
      [await browser.post('/echo', { text: 7 }), 422, 'invalid'],
      [await browser.post('/echo'), 422, 'invalid'],
      [await browser.post('/echo', { text: 'x'.repeat(2_200_000) }), 413, 'body_too_large'],
      [await browser.get('/unknown/%E0%A4%A'), 400, 'bad_request']
    ] as const;
    for (const [answer, status, code] of cases) {
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toMatch(/application\/problem\+json/);
      expect(answer.body).toMatchObject({ code, status, title: expect.any(String) });
    }
    expect(cases[2][0].body.field).toBe('text');
  });

  it('on our side tells an id and nothing else', async () => {
    const answer = await acme.founder.get('/boom');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('secret');
    expect(answer.body.detail).toMatch(/[0-9A-Z]{26}/);
  });

  it('asks who may before it looks at the body', async () => {
    expect((await acme.founder.post('/guarded', {})).status).toBe(403);
    expect((await acme.founder.get('/unknown/1')).status).toBe(404);
  });
});

describe('a foreign page', () => {
  it('cannot use the cookie', async () => {
    const headers = { origin: 'https://evil.example' };
    const answer = await acme.founder.ask('POST', '/keys', { name: 'evil' }, headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await acme.founder.ask('POST', '/auth/sign-out', undefined, headers)).status).toBe(403);
    expect((await acme.founder.get('/me')).status).toBe(200);
  });

  it('is told nothing it could read or frame', async () => {
    const { headers } = await acme.founder.get('/me');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('the server', () => {
  it('says how it is to anybody', async () => {
    expect((await new Browser(here.url).get('/health')).body).toEqual({
      ok: true,
      version: 'test',
      engine: 'embedded',
      storage: { healthy: true },
      media: 'ready'
    });
  });

  it('tells its numbers to its own machine and to founders', async () => {
    const local = await new Browser(here.url).get('/metrics');
    expect(local.body).toContain('ume_process_cpu');
    const proxied = { 'x-forwarded-for': '192.0.2.1' };
    expect((await new Browser(here.url, { headers: proxied }).get('/metrics')).status).toBe(401);
    expect((await acme.founder.ask('GET', '/metrics', undefined, proxied)).status).toBe(200);
    const { person } = await joined(here, acme.founder, 'Ada');
    expect((await person.ask('GET', '/metrics', undefined, proxied)).status).toBe(403);
  });
});

describe('the control channel', () => {
  it('opens to its token, on this machine only', async () => {
    const token = { [OPERATOR_HEADER]: here.access.operatorToken };
    const operator = new Browser(here.url, { headers: token });
    const { body } = await operator.post('/admin/list');
    expect(body.organizations.map((each: { name: string }) => each.name)).toEqual(['Acme', 'Beta']);
    const proxied = new Browser(here.url, { headers: { ...token, 'x-forwarded-for': '192.0.2.1' } });
    expect((await proxied.post('/admin/list')).status).toBe(401);
    const invited = await operator.post('/admin/invite', { organization: 'Acme', role: 'viewer' });
    expect(invited.body.url).toContain('/invite/');
    expect((await operator.post('/admin/invite', { organization: 'Nobody' })).status).toBe(404);
    expect((await operator.post('/admin/set-up-link')).body).toEqual({ url: null });
  });
});
