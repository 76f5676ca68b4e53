import * as decoding from 'lib0/decoding';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { recordType } from '#shared/modules/registry.ts';
import type { Entry } from '../journal/entry.ts';
import type { Draft } from '../journal/journal.ts';
import { random } from '../resilience/random.ts';
import { testActor } from '../testing.ts';
import { Content } from './content.ts';
import * as frames from './frames.ts';
import { LiveDocument } from './live-document.ts';
import type { DocumentHost } from './live-document.ts';
import type { Port } from './port.ts';

const RECORD = 'work.task/01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** A document whose journal is the test: what is taken becomes durable when the test says so. */
function open() {
  const broken: unknown[] = [];
  const host: DocumentHost = {
    limits: { updateBytes: 1 << 20, documentBytes: 8 << 20, waitingBytes: 1 << 20 },
    waiting: { bytes: 0 },
    announce: () => undefined,
    committed: () => undefined,
    broken: (_, error) => broken.push(error)
  };
  const identity = {
    name: RECORD,
    record: RECORD,
    section: 'main',
    organization: 'org-a',
    type: recordType('work.task')!
  };
  const document = new LiveDocument(identity, new Content([]), 0, { entries: 0, bytes: 0 }, host);
  let position = 0;
  const durable = (draft: Draft): Entry => {
    const entry = { ...draft.entry, position: ++position, at: 0 };
    draft.done(entry);
    return entry;
  };
  return { document, host, broken, durable };
}

/** Somebody's connection: what they were told, and how to say something. */
function person(document: LiveDocument, name: string) {
  const said = { acknowledged: 0, refused: 0 };
  const port: Port = {
    actor: testActor(name),
    readOnly: false,
    protocol: 'hocuspocus',
    address: new Uint8Array(0),
    addressKey: '',
    send: (body) => void (body[0] === frames.Kind.syncStatus && body[1] === 0 && (said.refused += 1)),
    acknowledge: () => void (said.acknowledged += 1),
    write: () => undefined,
    close: () => document.leave(port)
  };
  document.join(port);
  const say = (body: Uint8Array) => {
    const decoder = decoding.createDecoder(body);
    document.receive(port, decoding.readVarUint(decoder), decoder);
  };
  return { port, said, say };
}

/** A client's copy, and its edits as updates. */
function copy() {
  const doc = new Y.Doc();
  const edits: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array, origin: unknown) => origin !== 'server' && edits.push(update));
  return { doc, text: doc.getText('t'), edits };
}

describe('acknowledging', () => {
  it('someone who comes back over a new line is not told that all is saved while it is not', () => {
    const { document, durable } = open();
    const ann = copy();
    const before = person(document, 'ann');
    ann.text.insert(0, 'Fence');
    before.say(frames.update(ann.edits[0]!));
    document.leave(before.port);
    // The server has the edit, but only in memory: so what it lacks is nothing.
    const after = person(document, 'ann');
    after.say(frames.step1(Y.encodeStateVector(ann.doc)));
    const lacking = Y.encodeStateAsUpdate(ann.doc, document.content.vector());
    after.say(frames.step2(lacking));
    expect(after.said.acknowledged).toBe(0);
    document.take(1e6).forEach(durable);
    expect(after.said.acknowledged).toBe(1);
  });

  it('an edit that builds on another one is acknowledged only once that one is durable, too', () => {
    const { document, durable } = open();
    const [ann, bob] = [copy(), copy()];
    const [a, b] = [person(document, 'ann'), person(document, 'bob')];
    ann.text.insert(0, 'a');
    Y.applyUpdate(bob.doc, ann.edits[0]!, 'server');
    bob.text.insert(1, 'b');
    Y.applyUpdate(ann.doc, bob.edits[0]!, 'server');
    ann.text.insert(2, 'c');
    a.say(frames.update(ann.edits[0]!));
    b.say(frames.update(bob.edits[0]!));
    a.say(frames.update(ann.edits[1]!));
    const stored: Entry[] = [];
    const drafts = document.take(1e6);
    while (drafts.length > 0) {
      stored.push(durable(drafts.shift()!));
      // What a crash leaves now shows at least as many letters as were acknowledged.
      const kept = new Y.Doc();
      for (const { changes } of stored) Y.applyUpdate(kept, changes[0]!.update!);
      expect(kept.getText('t').length).toBeGreaterThanOrEqual(a.said.acknowledged + b.said.acknowledged);
    }
    expect([a.said.acknowledged, b.said.acknowledged]).toEqual([2, 1]);
  });

  it('whatever is interleaved, what is acknowledged can be read from the journal as far as it got', () => {
    const rng = random();
    console.log(`seed ${rng.seed}`);
    for (let round = 0; round < 40; round++) {
      const { document, durable } = open();
      const people = Array.from({ length: 3 }, (_, index) => ({
        ...copy(),
        ...person(document, `p${index}`),
        sent: 0,
        keys: [] as string[][]
      }));
      const stored = new Y.Doc();
      let queue: Draft[] = [];
      for (let step = 0; step < 120; step++) {
        const one = rng.pick(people);
        switch (rng.below(4)) {
          case 0:
          case 1: {
            const key = `${round}-${step}`;
            const letters = `<${key}>`;
            one.doc.transact(() => one.text.insert(rng.below(one.text.length + 1), letters));
            one.keys.push([key]);
            one.say(frames.update(one.edits[one.sent++]!));
            break;
          }
          case 2:
            Y.applyUpdate(one.doc, document.content.encode(Y.encodeStateVector(one.doc)), 'server');
            break;
          default:
            if (queue.length === 0) queue = document.take(rng.pick([1, 200, 1e6]));
            for (let count = rng.below(queue.length + 1); count > 0; count--) {
              const entry = durable(queue.shift()!);
              Y.applyUpdate(stored, entry.changes[0]!.update!);
            }
        }
        const acknowledged = people.reduce((sum, { said }) => sum + said.acknowledged, 0);
        const letters = stored.getText('t').toString().match(/[<>]/g)?.length ?? 0;
        expect(letters / 2, `seed ${rng.seed}, round ${round}`).toBeGreaterThanOrEqual(acknowledged);
      }
    }
  });
});

describe('what waits', () => {
  it('is bounded in memory also where every edit is tiny', () => {
    const { document, host, durable } = open();
    const ann = copy();
    const a = person(document, 'ann');
    for (let index = 0; index < 20_000 && a.said.refused === 0; index++) {
      ann.text.insert(index, 'x');
      a.say(frames.update(ann.edits[index]!));
    }
    expect(a.said.refused, 'an edit costs far more than its bytes').toBe(1);
    for (let drafts = document.take(1e6); drafts.length > 0; drafts = document.take(1e6))
      drafts.forEach(durable);
    expect(host.waiting.bytes).toBe(0);
  });

  it('a change of the server that fails half-way is not kept as if it were part of the document', () => {
    const { document, broken } = open();
    expect(() =>
      document.edit({ user: 'ume', kind: 'system', name: 'ume' }, { kind: 'edit' }, (doc) => {
        doc.getMap('fields').set('due', '2026-01-01');
        throw new Error('half-way');
      })
    ).toThrow('half-way');
    expect(document.broken).toBe(true);
    expect(broken).toHaveLength(1);
    expect(document.take(1e6)).toEqual([]);
  });
});
