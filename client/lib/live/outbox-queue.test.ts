import { describe, expect, it } from 'vitest';
import type { Command, Pending } from './commands.ts';
import { nextToSend, OutboxQueue, type SendResult, type Shelf } from './outbox-queue.ts';

/** A small seeded generator, so that a failing run can be repeated. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Time that goes on only when told to. */
class Clock {
  time = 0;
  #timers: Array<{ at: number; then: () => void }> = [];
  after = (ms: number, then: () => void) => {
    const timer = { at: this.time + ms, then };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((each) => each !== timer));
  };
  async run(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      for (let turn = 0; turn < 30; turn++) await Promise.resolve();
      const next = this.#timers.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.time = Math.max(this.time, next.at);
      next.then();
    }
    this.time = end;
  }
}

const shelf = (kept = new Map<string, Pending>()): Shelf => ({
  all: async () => [...kept.values()],
  put: async (pending) => void kept.set(pending.id, structuredClone(pending)),
  delete: async (id) => void kept.delete(id)
});

const create = (record: string, after?: string): Command => ({
  kind: 'create',
  record,
  type: 'work.task',
  space: 's',
  state: 'todo',
  fields: { title: record },
  ...(after && { place: { after } })
});
const move = (record: string, after?: string): Command => ({
  kind: 'move',
  record,
  type: 'work.task',
  state: 'doing',
  place: after ? { after } : {}
});

function outbox(
  send: (pending: Pending) => Promise<SendResult>,
  kept = new Map<string, Pending>(),
  ids = { next: 0 },
  clock = new Clock()
) {
  const refused: Pending[] = [];
  const queue = new OutboxQueue({
    shelf: shelf(kept),
    send,
    now: () => clock.time,
    after: clock.after,
    newId: () => String(++ids.next).padStart(6, '0'),
    random: () => 0.5,
    onRefused: (pending) => refused.push(pending)
  });
  return { clock, queue, refused, kept };
}
const done = async (): Promise<SendResult> => ({ kind: 'done', position: 1 });
const no: SendResult = { kind: 'refused', problem: { code: 'forbidden', status: 403, title: 'No.' } };

describe('nextToSend', () => {
  const waiting = (id: string, command: Command, over: Partial<Pending> = {}): Pending => ({
    id,
    command,
    status: 'waiting',
    at: 0,
    ...over
  });

  it('lets a command wait for the card it is to lie beside', () => {
    const items = [
      waiting('1', create('a'), { status: 'refused' }),
      waiting('2', move('b', 'a')),
      waiting('3', move('c'))
    ];
    expect(nextToSend(items, 0)?.id).toBe('3');
  });

  it('holds a command back until its time, and those after it about the same record', () => {
    const items = [
      waiting('1', { kind: 'delete', record: 'a', type: 't' }, { notBefore: 10 }),
      waiting('2', move('a')),
      waiting('3', move('b'))
    ];
    expect(nextToSend(items, 0)?.id).toBe('3');
    expect(nextToSend(items, 10)?.id).toBe('1');
  });
});

describe('the outbox', () => {
  it('sends in order, each once', async () => {
    const sent: string[] = [];
    const { queue, clock } = outbox(async (pending) => (sent.push(pending.id), done()));
    queue.lead();
    await queue.add(create('a'));
    await queue.add(move('a'));
    await queue.add(move('b'));
    await clock.run(100);
    expect(sent).toEqual(['000001', '000002', '000003']);
    expect(queue.items.every((each) => each.status === 'answered')).toBe(true);
  });

  it('keeps answered commands for a minute and then forgets them', async () => {
    const { queue, clock, kept } = outbox(done);
    queue.lead();
    await queue.add(create('a'));
    await clock.run(1000);
    expect(queue.items).toHaveLength(1);
    await clock.run(61_000);
    expect(queue.items).toHaveLength(0);
    expect(kept.size).toBe(0);
  });

  it('tries again ever more patiently, and at once when the server is back', async () => {
    let tries = 0;
    const { queue, clock } = outbox(async () => (tries++, { kind: 'later' }));
    queue.lead();
    await queue.add(create('a'));
    await clock.run(8000);
    expect(tries).toBe(5); // at 0, 0.5, 1.5, 3.5 and 7.5 s
    queue.kick();
    await clock.run(0);
    expect(tries).toBe(6);
  });

  it('goes on after a refusal, which stays with its reason until it is discarded', async () => {
    const { queue, clock, refused } = outbox(async ({ command }) => (command.record === 'a' ? no : done()));
    queue.lead();
    await queue.add(move('a'));
    await queue.add(move('b'));
    await clock.run(10);
    expect(refused.map((each) => each.command.record)).toEqual(['a']);
    expect(queue.items.map((each) => each.status)).toEqual(['refused', 'answered']);
    await queue.discard(queue.items[0]!.id);
    expect(queue.items.map((each) => each.status)).toEqual(['answered']);
  });

  it('sends a refused command again under a new key, in its old place', async () => {
    let refuse = true;
    const keys: string[] = [];
    const { queue, clock } = outbox(async (pending) => {
      keys.push(pending.key ?? pending.id);
      return refuse ? no : done();
    });
    queue.lead();
    await queue.add(create('a'));
    await queue.add(move('a'));
    await clock.run(10);
    expect(keys).toHaveLength(1);
    refuse = false;
    await queue.retry(queue.items[0]!.id);
    await clock.run(10);
    expect(keys).toHaveLength(3);
    expect(keys[1]).not.toBe(keys[0]);
    expect(queue.items.map((each) => each.status)).toEqual(['answered', 'answered']);
  });

  it('discards with a card that was never made everything about it', async () => {
    const { queue, clock } = outbox(async () => no);
    queue.lead();
    await queue.add(create('a'));
    await queue.add(move('a'));
    await clock.run(10);
    await queue.discard(queue.items[0]!.id);
    expect(queue.items).toHaveLength(0);
  });

  it('takes back what is held, and not what is on its way', async () => {
    const { queue, clock } = outbox(() => new Promise(() => {}));
    queue.lead();
    const held = await queue.add({ kind: 'delete', record: 'a', type: 't' }, 7000);
    const sent = await queue.add(move('b'));
    await clock.run(10);
    expect(await queue.cancel(held.id)).toBe(true);
    expect(await queue.cancel(sent.id)).toBe(false);
  });

  it('changes the words of a card that is still to be made', async () => {
    const { queue } = outbox(done);
    await queue.add(create('a'));
    expect(await queue.amend('a', { title: 'Better' })).toBe(true);
    expect(queue.items[0]!.command).toMatchObject({ fields: { title: 'Better' } });
    expect(await queue.amend('b', { title: 'x' })).toBe(false);
  });

  it('sends nothing where another tab leads, but shows what that one does', async () => {
    const kept = new Map<string, Pending>();
    const ids = { next: 0 };
    let tries = 0;
    const mine = outbox(async () => (tries++, done()), kept, ids);
    await mine.queue.add(create('a'));
    await mine.clock.run(100);
    expect(tries).toBe(0);
    const other = outbox(done, kept, ids);
    await other.queue.load();
    other.queue.lead();
    await other.clock.run(100);
    await mine.queue.load();
    expect(mine.queue.items.map((each) => each.status)).toEqual(['answered']);
  });

  it.each(Array.from({ length: 40 }, (_, seed) => seed + 1))(
    'carries out every command once and in each record’s order, whatever fails (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const kept = new Map<string, Pending>();
      const ids = { next: 0 };
      const carriedOut: string[] = [];
      const known = new Set<string>();
      const existing = new Set<string>();
      // A server that loses requests and answers, and knows a key when it sees it again.
      const send = async (pending: Pending): Promise<SendResult> => {
        for (let turn = 0; turn < random() * 5; turn++) await Promise.resolve();
        if (random() < 0.3) throw new Error('lost on the way there');
        if (!known.has(pending.id)) {
          const { command } = pending;
          if (command.kind === 'create') existing.add(command.record);
          else if (!existing.has(command.record)) throw new Error(`too early: ${command.record}`);
          if (command.kind === 'move' && command.place.after && !existing.has(command.place.after))
            return {
              kind: 'refused',
              problem: { code: 'x', status: 422, title: 'The neighbour is not there.' }
            };
          known.add(pending.id);
          carriedOut.push(pending.id);
        }
        if (random() < 0.3) return { kind: 'later' };
        return { kind: 'done', position: carriedOut.length };
      };
      let life = outbox(send, kept, ids);
      await life.queue.load();
      life.queue.lead();
      const order = new Map<string, string[]>();
      const made: string[] = [];
      for (let step = 0; step < 40; step++) {
        const act = random();
        if (act < 0.35 || made.length === 0) {
          const record = `r${step}`;
          const pending = await life.queue.add(create(record, made.at(-1)));
          made.push(record);
          order.set(record, [pending.id]);
        } else if (act < 0.8) {
          const record = made[Math.floor(random() * made.length)]!;
          const beside = made[Math.floor(random() * made.length)]!;
          const pending = await life.queue.add(move(record, beside === record ? undefined : beside));
          order.get(record)!.push(pending.id);
        } else if (act < 0.9) {
          await life.clock.run(random() * 2000);
        } else {
          // The page is closed in the middle of things and opened again.
          life.queue.stop();
          life = outbox(send, kept, ids, life.clock);
          await life.queue.load();
          life.queue.lead();
        }
      }
      await life.clock.run(3_600_000);
      expect(life.queue.items).toEqual([]);
      expect(new Set(carriedOut).size).toBe(carriedOut.length);
      for (const given of order.values())
        expect(carriedOut.filter((id) => given.includes(id))).toEqual(given);
    }
  );
});
