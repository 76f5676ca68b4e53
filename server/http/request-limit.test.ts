import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, founded, joined, world, type Answer, type World } from '../access/testing.ts';
import { stopTestEngine, testStore, type TestStore } from '../store/testing.ts';

/** A second's worth; four times as many go at once. */
const PER_SECOND = 10;
const AT_ONCE = 40;
let store: TestStore;
let here: World;
let acme: Awaited<ReturnType<typeof founded>>;

beforeAll(async () => {
  store = await testStore();
  here = await world(store.connection, {
    config: { UME_LIMIT_REQUESTS_PER_SECOND: PER_SECOND, UME_TRUST_PROXY: true }
  });
  acme = await founded(here, 'Acme');
});
afterAll(async () => {
  await here.close();
  await store.close();
  await stopTestEngine();
});

const from = (address: string) => ({ 'x-forwarded-for': address });
/** Waits for a window that is begun to be over. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 4_100));
const many = (count: number, ask: () => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, ask)).then((all) => ({
    all,
    refused: all.filter((each) => each.status === 429)
  }));

describe('requests of the API', () => {
  it('are refused beyond the limit, with how long to wait, and go on after that', async () => {
    const { refused, all } = await many(AT_ONCE + 5, () =>
      new Browser(here.url, { headers: from('192.0.2.1') }).get('/health')
    );
    expect(refused).toHaveLength(5);
    expect(all.filter((each) => each.status === 200)).toHaveLength(AT_ONCE);
    const [one] = refused;
    expect(one!.body).toMatchObject({
      type: 'urn:ume:problem:too_many_requests',
      status: 429,
      title: 'That was too much at once.',
      detail: expect.stringMatching(/^Wait (a second|\d seconds) and try again\.$/)
    });
    const wait = Number(one!.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(4);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    const again = await new Browser(here.url, { headers: from('192.0.2.1') }).get('/health');
    expect(again.status).toBe(200);
  });

  it('are counted by credential, wherever it is used from', async () => {
    await pause();
    let last = 0;
    const { refused } = await many(AT_ONCE + 3, () =>
      new Browser(here.url, { key: acme.key, headers: from(`198.51.100.${++last}`) }).get('/organization')
    );
    expect(refused).toHaveLength(3);
    // The same person's session is another credential.
    expect((await acme.founder.get('/organization')).status).toBe(200);
  });

  it('of strangers, with made-up credentials too, do not hold up who is known behind their address', async () => {
    await pause();
    const headers = from('203.0.113.7');
    const { person } = await joined(here, acme.founder, 'Ada');
    expect((await person.ask('GET', '/organization', undefined, headers)).status).toBe(200);
    let made = 0;
    const { refused } = await many(AT_ONCE + 20, () =>
      new Browser(here.url, { key: `ume_${String(++made).padStart(43, 'x')}`, headers }).get('/organization')
    );
    expect(refused).toHaveLength(20);
    expect((await person.ask('GET', '/organization', undefined, headers)).status).toBe(200);
    expect((await new Browser(here.url, { headers }).get('/health')).status).toBe(429);
    // An IPv6 household counts as one, its neighbours don't.
    const six = await many(AT_ONCE + 2, () =>
      new Browser(here.url, { headers: from(`2001:db8:1:2::${(++made).toString(16)}`) }).get('/health')
    );
    expect(six.refused).toHaveLength(2);
    expect((await new Browser(here.url, { headers: from('2001:db8:1:3::1') }).get('/health')).status).toBe(
      200
    );
  });
});
