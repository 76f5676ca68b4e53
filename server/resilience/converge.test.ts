/**
 * Documents, rows and lists agree, whenever the process dies: the parts are cut off from the database at random moments
 * and begun anew on what is there. In one process, so that far more deaths fit into a minute than with real ones.
 */
import * as decoding from 'lib0/decoding';
import { afterAll, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readFields } from '#shared/kernel/fields/index.ts';
import { recordType } from '#shared/modules/registry.ts';
import type { Row } from '#shared/kernel/row.ts';
import * as frames from '../documents/frames.ts';
import type { LiveDocument } from '../documents/live-document.ts';
import type { Port } from '../documents/port.ts';
import { until } from '../documents/testing.ts';
import { Feed } from '../records/feed.ts';
import { openStore } from '../store/connection.ts';
import { rowModels } from '../store/models/row.ts';
import { stopTestEngine, testStore } from '../store/testing.ts';
import type { TestStore } from '../store/testing.ts';
import { startCore, testActor, testSettings, testTask } from '../testing.ts';
import type { TestCore } from '../testing.ts';
import { random } from './random.ts';
import type { Random } from './random.ts';

const LIVES = 12;
const TASKS = 3;
const task = recordType('work.task')!;
const ann = testActor('ann');

afterAll(stopTestEngine);

/** A life of the server: the parts on a connection of their own. */
async function begin(store: TestStore, rng: Random) {
  const connection = await openStore(store.url, store.name);
  const core = await startCore(
    { ...store, connection },
    { ...testSettings, snapshot: { entries: 5, bytes: 1 << 30 } }
  );
  const real = core.journal.insert.bind(core.journal);
  const lag = () => new Promise((resolve) => setTimeout(resolve, rng.below(25)));
  core.journal.insert = async (stored) => {
    await lag();
    await real(rng.below(8) === 0 ? stored.slice(0, 1) : stored);
    await lag();
    // Sometimes nobody learns how far it got.
    if (rng.below(8) === 0) throw new Error('connection lost');
    if (stored.length > 1 && (await core.journal.entriesAfter(stored[0]!._id, 1)).length === 0)
      throw new Error('connection lost');
  };
  const feed = new Feed({ rows: rowModels(connection), projector: core.projector, backlog: 1000 });
  return { core, feed };
}

/** As if the power went: nothing more is written, whatever was under way. */
async function die({ core, feed }: Awaited<ReturnType<typeof begin>>): Promise<void> {
  await core.store.connection.close(true);
  feed.close();
  await core.journal.close(0);
  await core.projector.close();
  await core.library.close();
}

/** Someone who writes, and remembers what was acknowledged. */
class Person {
  readonly name: string;
  readonly document: string;
  doc = new Y.Doc();
  readonly acknowledged = new Set<string>();
  #sent: string[][] = [];
  #keys: string[] = [];
  #live: LiveDocument | null = null;
  #port: Port | null = null;
  #written = 0;

  constructor(name: string, document: string) {
    this.name = name;
    this.document = document;
  }

  get waiting(): number {
    return this.#sent.length;
  }

  async connect(core: TestCore): Promise<void> {
    const live = await core.library.open(this.document, ann.organization);
    const sent: string[][] = [];
    const port: Port = {
      actor: testActor(this.name),
      readOnly: false,
      protocol: 'hocuspocus',
      address: new Uint8Array(0),
      addressKey: '',
      send: () => undefined,
      acknowledge: () => sent.shift()?.forEach((key) => this.acknowledged.add(key)),
      write: () => undefined,
      close: () => live.leave(port)
    };
    this.#live = live;
    this.#port = port;
    this.#sent = sent;
    live.join(port);
    Y.applyUpdate(this.doc, live.content.encode(Y.encodeStateVector(this.doc)));
    this.#say(Y.encodeStateAsUpdate(this.doc, live.content.vector()), [...this.#keys]);
  }

  /** What was not acknowledged is only here now, and may be forgotten with the tab. */
  disconnect(forget: boolean): void {
    this.#live = this.#port = null;
    if (!forget) return;
    this.doc = new Y.Doc();
    this.#keys = [];
  }

  /** Takes in what others wrote, most of it not durable yet. */
  read(): void {
    Y.applyUpdate(this.doc, this.#live!.content.encode(Y.encodeStateVector(this.doc)));
  }

  write(rng: Random): void {
    const key = `${this.name}-${++this.#written}`;
    const before = Y.encodeStateVector(this.doc);
    this.doc.transact(() => {
      this.doc.getMap('notes').set(key, 1);
      const fields = this.doc.getMap('fields');
      const title = fields.get('title') as Y.Text;
      switch (rng.below(4)) {
        case 0:
          fields.set('due', rng.pick(['2026-12-24', '2027-01-01', 'soon']));
          break;
        case 1:
          if (title.length > 3) title.delete(rng.below(title.length - 1), 1);
          break;
        default:
          title.insert(rng.below(title.length + 1), String.fromCharCode(97 + rng.below(26)));
      }
    });
    this.#keys.push(key);
    this.#say(Y.encodeStateAsUpdate(this.doc, before), [key]);
  }

  #say(update: Uint8Array, keys: string[]): void {
    this.#sent.push(keys);
    const decoder = decoding.createDecoder(frames.update(update));
    this.#live!.receive(this.#port!, decoding.readVarUint(decoder), decoder);
  }
}

/** Someone who follows the list of tasks, and resumes where they were. */
class Reader {
  readonly rows = new Map<string, Row>();
  position: number | undefined;

  async follow(feed: Feed): Promise<void> {
    const { answer, start } = await feed.subscribe(ann, {
      type: task.type,
      limit: 1000,
      since: this.position
    });
    if ('reset' in answer) throw new Error('nobody was away for so long');
    if ('rows' in answer) for (const row of answer.rows) this.rows.set(row.id, row);
    else this.#take(answer.changes);
    this.position = answer.position;
    start((changes, position) => {
      this.#take(changes);
      this.position = position;
    });
  }

  #take(changes: ReadonlyArray<{ id: string; row?: Row | undefined }>): void {
    for (const { id, row } of changes) {
      if (row) this.rows.set(id, row);
      else this.rows.delete(id);
    }
  }
}

const contentOf = (doc: Y.Doc) => ({
  notes: doc.getMap('notes').toJSON(),
  fields: doc.getMap('fields').toJSON()
});
const seen = ({ fields, state, position }: Pick<Row, 'fields' | 'state' | 'position'>) => ({
  fields,
  state,
  position
});

it(
  'after any number of deaths documents, rows, lists and history say the same',
  { timeout: 120_000 },
  async () => {
    const rng = random();
    console.log(`seed ${rng.seed} (UME_TEST_SEED=${rng.seed} repeats it)`);
    const store = await testStore();
    let life = await begin(store, rng);
    const tasks: string[] = [];
    for (let index = 0; index < TASKS; index++) tasks.push(await testTask(life.core, ann, `Task ${index}`));
    const people = Array.from({ length: 6 }, (_, index) => new Person(`p${index}`, tasks[index % TASKS]!));
    const reader = new Reader();
    await reader.follow(life.feed);

    const check = async (when: string): Promise<void> => {
      const { core } = life;
      await until(() => [...core.library.documents()].every((each) => !each.unsaved), 'all is durable');
      // Corrections are entries of their own; behind this one there is nothing more.
      const last = await core.journal.append({
        organization: ann.organization,
        by: ann,
        cause: { kind: 'command', name: 'look' },
        changes: [{ record: tasks[0]!, section: 'main', set: {} }]
      });
      await core.projector.settled(last.position);
      await until(
        () => (reader.position ?? 0) >= core.journal.head || reader.position === core.projector.head,
        'told'
      );
      for (const name of tasks) {
        const live = (await core.library.open(name, ann.organization)).content.doc;
        const notes = live.getMap('notes');
        const lost = people
          .filter(({ document }) => document === name)
          .flatMap(({ acknowledged }) => [...acknowledged].filter((key) => !notes.has(key)));
        expect(lost, `${when}: acknowledged and lost`).toEqual([]);
        const replayed = (await core.replay.document(name, 'main', core.journal.head))!;
        expect(contentOf(replayed), `${when}: history`).toEqual(contentOf(live));
        const entries = await core.journal.entriesOf(name);
        const whole = new Y.Doc();
        for (const entry of entries)
          for (const { update } of entry.changes) if (update) Y.applyUpdate(whole, update);
        expect(contentOf(whole), `${when}: the journal alone`).toEqual(contentOf(live));
        const row = (await rowModels(core.store.connection)(task.type)
          .findById(name)
          .lean()) as unknown as Row & {
          ahead?: unknown;
        };
        expect(row.fields, `${when}: the row`).toEqual(readFields(task, live).values);
        expect(row.ahead, `${when}: nothing is ahead`).toBeUndefined();
        expect(seen(reader.rows.get(name)!), `${when}: the list`).toEqual(seen(row));
      }
    };

    for (let number = 1; number <= LIVES; number++) {
      const { core } = life;
      for (const person of people) await person.connect(core);
      const end = Date.now() + 50 + rng.below(400);
      while (Date.now() < end) {
        const person = rng.pick(people);
        if (rng.below(3) === 0) person.read();
        person.write(rng);
        if (rng.below(10) === 0)
          void core.journal.append({
            organization: ann.organization,
            by: ann,
            cause: { kind: 'command', name: 'move' },
            changes: [
              {
                record: rng.pick(tasks),
                section: 'main',
                set: { state: rng.pick(['todo', 'doing', 'done']) }
              }
            ]
          });
        await new Promise((resolve) => setTimeout(resolve, rng.below(8)));
      }
      await die(life);
      for (const person of people) person.disconnect(rng.below(2) === 0);
      life = await begin(store, rng);
      await reader.follow(life.feed);
      await check(`seed ${rng.seed}, after death ${number}`);
    }
    const acknowledged = people.reduce((sum, person) => sum + person.acknowledged.size, 0);
    console.log(`${acknowledged} acknowledged edits in ${life.core.journal.head} entries`);
    expect(acknowledged).toBeGreaterThan(50);
    life.feed.close();
    await life.core.stop();
    await life.core.store.connection.close();
    await store.close();
  }
);
