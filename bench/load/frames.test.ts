import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, it } from 'vitest';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import {
  FrameWriter,
  addressKey,
  addressOf,
  awarenessClients,
  awarenessUpdate,
  readFrame
} from './frames.ts';
import { random } from '#shared/testing/seed.ts';

const name = 'work.task/01HZX#internal é';

describe('frames', () => {
  it('writes what lib0 reads', () => {
    const next = random(11);
    for (let round = 0; round < 100; round++) {
      const payload = Uint8Array.from({ length: Math.floor(next() * 40_000) }, () =>
        Math.floor(next() * 256)
      );
      const decoder = decoding.createDecoder(new FrameWriter('hocuspocus', name).update(payload));
      expect(decoding.readVarString(decoder)).toBe(name);
      expect(decoding.readVarUint(decoder)).toBe(0);
      expect(decoding.readVarUint(decoder)).toBe(2);
      expect(Buffer.from(decoding.readVarUint8Array(decoder)).equals(payload)).toBe(true);
      expect(decoding.hasContent(decoder)).toBe(false);
    }
  });

  it('sends the token as the stock provider does', () => {
    const decoder = decoding.createDecoder(new FrameWriter('hocuspocus', name).auth('secret'));
    expect(decoding.readVarString(decoder)).toBe(name);
    expect([decoding.readVarUint(decoder), decoding.readVarUint(decoder)]).toEqual([2, 0]);
    expect(decoding.readVarString(decoder)).toBe('secret');
    expect(decoding.readVarString(decoder)).toBe('4.7.0');
  });

  it('reads what lib0 writes', () => {
    const encoder = encoding.createEncoder();
    encoding.writeVarString(encoder, name);
    encoding.writeVarUint(encoder, 8);
    encoding.writeVarUint(encoder, 1);
    const frame = Buffer.from(encoding.toUint8Array(encoder));
    const { key, end } = addressOf(frame);
    expect(key).toBe(addressKey(name));
    expect(readFrame(frame, end)).toEqual({ kind: 'status', saved: true });
  });

  it('has no name in y-websocket’s protocol', () => {
    const frame = new FrameWriter('y-websocket', name).update(Uint8Array.of(0, 0));
    expect([...frame]).toEqual([0, 2, 2, 0, 0]);
    expect(readFrame(frame, 0)).toEqual({ kind: 'update', payload: Buffer.from([0, 0]) });
  });

  it('speaks awareness as y-protocols does', () => {
    const doc = new Y.Doc();
    const awareness = new Awareness(doc);
    awareness.setLocalState({ name: 'Ada' });
    const theirs = encodeAwarenessUpdate(awareness, [doc.clientID]);
    const clock = awareness.meta.get(doc.clientID)!.clock;
    expect(Buffer.from(awarenessUpdate(doc.clientID, clock, { name: 'Ada' })).equals(theirs)).toBe(true);
    expect(awarenessClients(theirs)).toEqual([doc.clientID]);
    awareness.destroy();
  });

  it('refuses a frame that ends too early', () => {
    const frame = new FrameWriter('y-websocket', name).update(Uint8Array.of(1, 2, 3));
    expect(() => readFrame(frame.subarray(0, 4), 0)).toThrow(RangeError);
  });
});
