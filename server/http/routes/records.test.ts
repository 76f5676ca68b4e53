import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRecordId } from '#shared/kernel/ids.ts';
import { founded, joined, world, type Answer, type Browser, type World } from '../../access/testing.ts';
import { Browser as Program } from '../../access/testing.ts';
import { testRecords, type TestRecords } from '../../records/testing.ts';
import { feedRoutes } from './feed.ts';
import { recordRoutes } from './records.ts';

let all: TestRecords;
let here: World;
let ann: Browser;
let vic: Browser;
let eve: Browser;
let program: Browser;
let key: string;

beforeAll(async () => {
  all = await testRecords();
  const revoked = new Set<(credential: string) => void>();
  here = await world(all.core.store.connection, {
    createRecord: (actor, type, input) => all.commands.create(actor, type, input),
    routes: [
      ...recordRoutes(all),
      ...feedRoutes({
        signal: new AbortController().signal,
        feed: all.feed,
        identify: { onRevoked: (listener) => (revoked.add(listener), () => {}) },
        connectionsPerUser: 3
      })
    ]
  });
  here.access.onRevoked((credential) => revoked.forEach((each) => each(credential)));
  const organization = await founded(here, 'Acme');
  ann = organization.founder;
  key = organization.key;
  program = new Program(here.url, { key });
  vic = (await joined(here, ann, 'Vic', 'viewer')).person;
  eve = (await founded(here, 'Other')).founder;
});
afterAll(async () => {
  await here.close();
  await all.close();
});

const create = async (title: string): Promise<Answer['body']> =>
  (await ann.post('/records/work.task', { fields: { title } })).body;

describe('records over HTTP', () => {
  test('are created, read, changed, moved, removed and brought back', async () => {
    const made = await ann.post('/records/work.task', { fields: { title: 'Paint', labels: ['bug'] } });
    expect(made.status).toBe(201);
    const { id } = made.body as { id: string };
    const bare = id.slice('work.task/'.length);
    for (const path of [`/records/work.task/${bare}`, `/records/work.task/${encodeURIComponent(id)}`])
      expect((await program.get(path)).body).toEqual(made.body);

    const changed = await ann.ask('PATCH', `/records/work.task/${bare}`, { fields: { title: 'Paint it' } });
    expect(changed.body).toMatchObject({ id, fields: { title: 'Paint it', labels: ['bug'] } });
    const moved = await ann.post(`/records/work.task/${bare}/commands/move`, { state: 'done', place: {} });
    expect(moved.body).toMatchObject({ id, state: 'done' });
    expect((await ann.delete(`/records/work.task/${bare}`)).status).toBe(204);
    expect((await ann.get(`/records/work.task/${bare}`)).status).toBe(404);
    expect((await ann.post(`/records/work.task/${bare}/commands/restore`)).body).toMatchObject({
      id,
      state: 'done'
    });

    const { entries } = (await ann.get(`/records/work.task/${bare}/history`)).body as {
      entries: Array<{ cause: string; position: number }>;
    };
    expect(entries.map(({ cause }) => cause)).toEqual(['create', 'patch', 'move', 'remove', 'restore']);
    const then = await ann.get(`/records/work.task/${bare}/history/${entries[0]!.position}`);
    expect(then.body).toMatchObject({ state: 'todo', fields: { title: 'Paint' } });
    expect((await ann.get(`/records/work.task/${bare}/history/x`)).status).toBe(404);
  });

  test('are created once however often a program asks with the same key', async () => {
    const ask = () =>
      program.ask('POST', '/records/work.task', { fields: { title: 'once' } }, { 'idempotency-key': 'abc' });
    const answers = await Promise.all([ask(), ask()]);
    answers.push(await ask());
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  test('are asked for by filter, page by page, and found by words', async () => {
    for (const title of ['Zebra 1', 'Zebra 2', 'Zebra 3']) await create(title);
    const asked = { filter: { field: 'fields.title', op: 'contains', value: 'zebra' }, limit: 2 };
    const first = await ann.post('/records/work.task/query', asked);
    expect(first.body.rows).toHaveLength(2);
    const second = await ann.post('/records/work.task/query', { ...asked, cursor: first.body.cursor });
    expect(second.body.rows.map((row: { fields: { title: string } }) => row.fields.title)).toEqual([
      'Zebra 3'
    ]);
    expect(second.body.cursor).toBeUndefined();
    expect((await ann.post('/records/work.task/query')).status).toBe(200);
    expect((await ann.post('/search', { text: 'ZEBRA' })).body.rows).toHaveLength(3);
    expect((await ann.post('/search', { text: 'Everything' })).body.rows).toMatchObject([
      { type: 'core.space' }
    ]);
  });

  test('of a type are described', async () => {
    const { types } = (await vic.get('/types')).body;
    expect(types).toContainEqual(
      expect.objectContaining({ type: 'work.task', may: { create: false, update: false, delete: false } })
    );
  });

  test('are refused with what was wrong: 401, 403, 404, 422', async () => {
    const { id } = await create('ours');
    const bare = id.slice('work.task/'.length);
    const doors: Array<[string, string, unknown?]> = [
      ['GET', `/records/work.task/${bare}`],
      ['PATCH', `/records/work.task/${bare}`, { fields: { title: 'x' } }],
      ['DELETE', `/records/work.task/${bare}`],
      ['POST', `/records/work.task/${bare}/commands/move`, { state: 'done' }],
      ['POST', `/records/work.task/${bare}/commands/restore`],
      ['GET', `/records/work.task/${bare}/history`],
      ['GET', `/records/work.task/${bare}/history/999999`]
    ];
    const nobody = new Program(here.url);
    for (const [method, path, body] of doors) {
      expect((await nobody.ask(method, path, body)).status, `${method} ${path}`).toBe(401);
      expect((await eve.ask(method, path, body)).status, `${method} ${path}`).toBe(404);
      expect((await vic.ask(method, path, body)).status, `${method} ${path}`).toBe(
        method === 'GET' ? 200 : 403
      );
    }
    expect((await vic.post('/records/work.task', { fields: { title: 'x' } })).status).toBe(403);
    for (const path of ['/records/work.nothing/x', '/records/work.task/x', `/records/core.space/${bare}`])
      expect((await ann.get(path)).status, path).toBe(404);
    expect(
      (await ann.get(`/records/work.task/${encodeURIComponent(newRecordId('core.space'))}`)).status
    ).toBe(404);
    const wrong = await ann.post('/records/work.task', { fields: { title: 'x', due: 'soon' } });
    expect(wrong.status).toBe(422);
    expect(wrong.body).toMatchObject({
      code: 'invalid',
      field: 'due',
      title: 'Due must be a day that exists.'
    });
    expect((await ann.post('/records/work.task/query', { limit: 5000 })).status).toBe(422);
    expect((await ann.post('/search', { text: '' })).status).toBe(422);
  });
});

/** Reads events as a program does. */
class Events {
  readonly seen: Array<{ event: string; id: number; data: Record<string, unknown> }> = [];
  status = 0;
  ended = false;
  readonly #abort = new AbortController();

  async open(path: string, headers: Record<string, string> = {}): Promise<this> {
    const response = await fetch(`${here.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${key}`, ...headers },
      signal: this.#abort.signal
    });
    this.status = response.status;
    void this.#read(response).catch(() => {});
    return this;
  }

  async #read(response: Response): Promise<void> {
    let rest = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      rest += chunk;
      const blocks = rest.split('\n\n');
      rest = blocks.pop()!;
      for (const block of blocks) {
        const part = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
        const event = part('event');
        if (event) this.seen.push({ event, id: Number(part('id')), data: JSON.parse(part('data')!) });
      }
    }
    this.ended = true;
  }

  async until(count: number): Promise<void> {
    for (let turn = 0; this.seen.length < count; turn++) {
      if (turn > 500) throw new Error(`only ${this.seen.length} events`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  close(): void {
    this.#abort.abort();
  }
}

describe('the feed over HTTP', () => {
  const path = `/feed?type=work.task&filter=${encodeURIComponent('{"field":"state","op":"is","value":"review"}')}`;

  test('tells the list, then its changes, and goes on where a reader was', async () => {
    const events = await new Events().open(path);
    await events.until(1);
    expect(events.seen[0]).toMatchObject({ event: 'rows', data: { rows: [], more: false } });
    const { id } = await create('watched');
    const move = (state: string) =>
      ann.post(`/records/work.task/${id.slice('work.task/'.length)}/commands/move`, { state });
    await move('review');
    await events.until(2);
    expect(events.seen[1]).toMatchObject({
      event: 'changes',
      data: { changes: [{ id, row: { state: 'review' } }] }
    });
    events.close();
    await move('done');
    const again = await new Events().open(path, { 'last-event-id': String(events.seen[1]!.id) });
    await again.until(1);
    expect(again.seen[0]).toMatchObject({ event: 'changes', data: { changes: [{ id, gone: true }] } });
    const later = await new Events().open(`${path}&since=999999`);
    await later.until(1);
    expect(later.seen[0]).toMatchObject({ event: 'rows' });
    again.close();
    later.close();
  });

  test('is refused for what is not there, unreadable, or too much', async () => {
    expect((await new Events().open('/feed?type=work.nothing')).status).toBe(404);
    expect((await new Events().open('/feed')).status).toBe(404);
    expect((await new Events().open('/feed?type=work.task&filter={')).status).toBe(422);
    expect((await new Events().open('/feed?type=work.task', { authorization: 'Bearer x' })).status).toBe(401);
    const open = await Promise.all([1, 2, 3].map(() => new Events().open(path)));
    expect((await new Events().open(path)).status).toBe(429);
    for (const each of open) each.close();
  });

  test('ends when the key is taken back', async () => {
    const events = await new Events().open(path);
    await events.until(1);
    const keys = (await ann.get('/keys')).body as Array<{ id: string }>;
    expect((await ann.delete(`/keys/${keys[0]!.id}`)).status).toBe(204);
    for (let turn = 0; !events.ended && turn < 300; turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events.ended).toBe(true);
    expect(all.feed.size).toBe(0);
  });
});
