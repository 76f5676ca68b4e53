/** Messages that no honest client sends: random, truncated, oversized, and well-formed ones that mean harm. */
import * as Y from 'yjs';
import * as encoding from 'lib0/encoding';
import * as frames from '../documents/frames.ts';
import type { Random } from './random.ts';

/** A real update, to be spoilt. */
function someUpdate(rng: Random): Uint8Array {
  const doc = new Y.Doc();
  const fields = doc.getMap('fields');
  fields.set('title', new Y.Text('x'.repeat(1 + rng.below(40))));
  fields.set(`k${rng.below(100)}`, rng.pick([1, null, 'text', { a: [1, { b: 2 }] }, true] as const));
  doc.getXmlFragment('description').insert(0, [new Y.XmlElement('script')]);
  return Y.encodeStateAsUpdate(doc);
}

/** An update whose parts depend on others that will never come. */
function orphan(): Uint8Array {
  const doc = new Y.Doc();
  const text = doc.getText('orphan');
  text.insert(0, 'first');
  const before = Y.encodeStateVector(doc);
  text.insert(2, 'second');
  return Y.encodeStateAsUpdate(doc, before);
}

const spoil = (bytes: Uint8Array, rng: Random): Uint8Array => {
  const copy = bytes.slice();
  for (let count = 1 + rng.below(4); count > 0 && copy.length > 0; count--)
    copy[rng.below(copy.length)] = rng.below(256);
  return copy;
};
const cut = (bytes: Uint8Array, rng: Random): Uint8Array => bytes.subarray(0, rng.below(bytes.length + 1));

/** Someone else's presence taken away, or a crowd made up. */
function presence(rng: Random): Uint8Array {
  const encoder = encoding.createEncoder();
  const count = rng.pick([1, 3, 200, 1_000_000]);
  encoding.writeVarUint(encoder, count);
  for (let index = 0; index < Math.min(count, 200); index++) {
    encoding.writeVarUint(encoder, rng.below(2 ** 31));
    encoding.writeVarUint(encoder, rng.below(1000));
    encoding.writeVarString(encoder, rng.pick(['null', '{', '{"user":1}', 'x'.repeat(20_000), '[]']));
  }
  return frames.awareness(encoding.toUint8Array(encoder));
}

/** A body, with or without sense. */
export function hostileBody(rng: Random): Uint8Array {
  const update = someUpdate(rng);
  switch (rng.below(14)) {
    case 0:
      return rng.bytes(rng.below(200));
    case 1:
      return frames.update(spoil(update, rng));
    case 2:
      return frames.update(cut(update, rng));
    case 3:
      return frames.step2(spoil(update, rng));
    case 4:
      return frames.step1(rng.bytes(rng.below(60)));
    case 5:
      return cut(frames.update(update), rng);
    case 6:
      return presence(rng);
    case 7:
      return frames.stateless(rng.pick(['', '{', 'x'.repeat(5000), '{"v":1,"kind":"refused"}']));
    case 8:
      return Uint8Array.of(rng.below(30), ...rng.bytes(rng.below(20)));
    case 9:
      return frames.update(orphan());
    case 10:
      return frames.update(update);
    case 11:
      return frames.awareness(rng.bytes(rng.below(100)));
    case 12:
      return frames.syncStatus(true);
    default:
      return frames.update(rng.bytes(rng.pick([2, 50, 3000])));
  }
}

/** Addresses: the document, others, and no addresses at all. */
export const hostileAddress = (document: string, rng: Random): Uint8Array =>
  frames.address(
    rng.pick([
      document,
      document,
      document,
      `${document}#internal`,
      `${document}\0session`,
      'work.task/01ARZ3NDEKTSV4RRFFQ69G5FAV',
      '../../etc/passwd',
      '',
      '\0',
      'work.task/',
      '__proto__',
      '名前/😀',
      'x'.repeat(3000)
    ])
  );

/** JSON for socket.io: unions with holes, prototypes, deep nesting, wrong types. */
export function hostileJson(rng: Random, depth = 0): unknown {
  const kinds = ['subscribe', 'unsubscribe', 'presence', '__proto__', 'constructor', '', 5];
  switch (rng.below(depth > 5 ? 4 : 8)) {
    case 0:
      return rng.pick([
        null,
        true,
        -1,
        1e308,
        '',
        'work.task',
        '\u0000',
        '$where',
        'a'.repeat(2000)
      ] as const);
    case 1:
      return rng.below(1e9) - 5e8;
    case 2:
      return { $gt: '' };
    case 3:
      return 'subscribe';
    case 4:
      return Array.from({ length: rng.below(6) }, () => hostileJson(rng, depth + 1));
    default:
      return {
        v: rng.pick([1, 1, 1, 2, '1', null] as const),
        kind: rng.pick(kinds),
        subscription: rng.pick(['a', '', 'x'.repeat(100), { $ne: 1 }, 7] as const),
        type: rng.pick(['work.task', 'core.space', 'nope.nope', '__proto__', { $ne: '' }] as const),
        filter: rng.pick([
          undefined,
          hostileJson(rng, depth + 1),
          nested(40),
          { field: 'organization', op: 'is', value: 'x' }
        ]),
        since: rng.pick([undefined, -1, 1e12, 'x', 0, Number.MAX_SAFE_INTEGER] as const),
        limit: rng.pick([undefined, 0, 1e9, '5', -1] as const),
        place: rng.pick([null, 'work.task/01ARZ3NDEKTSV4RRFFQ69G5FAV', 'x'.repeat(500), {}] as const)
      };
  }
}

function nested(depth: number): unknown {
  return depth === 0 ? { field: 'state', op: 'is', value: 1 } : { not: nested(depth - 1) };
}
