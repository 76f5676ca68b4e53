import { describe, expect, it } from 'vitest';
import * as protocol from 'y-protocols/awareness';
import * as Y from 'yjs';
import { Awareness, AwarenessError } from './awareness.ts';

/** A client as y-protocols makes it. */
function client(state: Record<string, unknown> | null): protocol.Awareness {
  const awareness = new protocol.Awareness(new Y.Doc());
  awareness.setLocalState(state);
  return awareness;
}
/** Connections are called `person` or `person:number`. */
const roomOf = () =>
  new Awareness<string>((connection) => {
    const [user] = connection.split(':') as [string];
    return { user, name: user.toUpperCase() };
  });
const say = (from: protocol.Awareness): Uint8Array => protocol.encodeAwarenessUpdate(from, [from.clientID]);

describe('awareness', () => {
  it('passes on what clients say, in the format they know', () => {
    const room = roomOf();
    const ann = client({ name: 'Ann' });
    expect(room.receive('a', say(ann))).toEqual([ann.clientID]);
    expect(room.receive('a', say(ann)), 'the same again is no news').toEqual([]);
    const bob = client(null);
    protocol.applyAwarenessUpdate(bob, room.encode(), 'test');
    expect(bob.getStates().get(ann.clientID)).toEqual({ name: 'Ann' });
    const gone = room.leave('a');
    expect(gone).toEqual([ann.clientID]);
    protocol.applyAwarenessUpdate(bob, room.encode(gone), 'test');
    expect(bob.getStates().has(ann.clientID)).toBe(false);
    for (const each of [ann, bob]) each.destroy();
  });

  it('lets nobody speak for a client of someone else', () => {
    const room = roomOf();
    const ann = client({ name: 'Ann' });
    room.receive('a', say(ann));
    const forged = client({ name: 'Mallory' });
    forged.clientID = ann.clientID;
    protocol.removeAwarenessStates(forged, [ann.clientID], 'test');
    expect(
      room.receive(
        'm',
        protocol.encodeAwarenessUpdate(ann, [ann.clientID], new Map([[ann.clientID, null as never]]))
      )
    ).toEqual([]);
    expect(room.size).toBe(1);
    for (const each of [ann, forged]) each.destroy();
  });

  it('takes a client that came back by a new connection before the old one was found dead', () => {
    const room = roomOf();
    const ann = client({ name: 'Ann' });
    room.receive('a:1', say(ann));
    ann.setLocalState({ name: 'Ann', back: true });
    expect(room.receive('a:2', say(ann))).toEqual([ann.clientID]);
    expect(room.leave('a:1')).toEqual([]);
    expect(room.size).toBe(1);
    ann.destroy();
  });

  it('lets nobody take over a client of someone else, however new they say it is', () => {
    const room = roomOf();
    const ann = client({ name: 'Ann' });
    room.receive('a', say(ann));
    const forged = new Map([[ann.clientID, { name: 'Mallory' }]]);
    ann.meta.get(ann.clientID)!.clock = 1e9;
    const message = protocol.encodeAwarenessUpdate(ann, [ann.clientID], forged);
    expect(room.receive('m', message)).toEqual([]);
    expect(room.leave('a')).toEqual([ann.clientID]);
    ann.destroy();
  });

  it('says itself who speaks, and leaves the rest as it was said', () => {
    const room = roomOf();
    const seen = (state: Record<string, unknown>): unknown => {
      const [one, other] = [client(state), client(null)];
      protocol.applyAwarenessUpdate(other, room.encode(room.receive('m', say(one))), 'test');
      const result = other.getStates().get(one.clientID);
      for (const each of [one, other]) each.destroy();
      return result;
    };
    const me = { id: 'm', name: 'M' };
    expect(seen({ user: { id: 'a', name: 'Ann', color: 'red' }, at: 5 })).toEqual({
      user: { ...me, color: 'red' },
      at: 5
    });
    expect(seen({ user: 'Ann' })).toEqual({ user: me });
    expect(seen({ user: me })).toEqual({ user: me });
    expect(seen({ at: 5 }), 'who names nobody claims nothing').toEqual({ at: 5 });
  });

  it('refuses crowds, huge states and nonsense', () => {
    const room = roomOf();
    expect(() => room.receive('a', Uint8Array.of(255, 255, 255, 127))).toThrow(AwarenessError);
    expect(() => room.receive('a', Uint8Array.of(1))).toThrow(AwarenessError);
    const big = client({ text: 'x'.repeat(20_000) });
    expect(() => room.receive('a', say(big))).toThrow(AwarenessError);
    big.destroy();
    for (let index = 0; index < 64; index++) {
      const one = client({ index });
      room.receive('a', say(one));
      one.destroy();
    }
    const last = client({ last: true });
    expect(() => room.receive('a', say(last))).toThrow(AwarenessError);
    expect(room.receive('b', say(last))).toEqual([last.clientID]);
    last.destroy();
  });
});
