/**
 * The frames of the two protocols the servers speak, written and read by hand.
 *
 * - `hocuspocus`: every frame starts with the document's name, so one socket carries many documents; a token is sent
 *   in an auth frame; every update is answered by a SyncStatus frame.
 * - `y-websocket`: the same sync and awareness frames without the name; the document and the token are in the address,
 *   and nothing is acknowledged.
 */
import { Reader, chunkBytes, textBytes, uintBytes } from './bytes.ts';

export type Protocol = 'hocuspocus' | 'y-websocket';

const SYNC = 0;
const AWARENESS = 1;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const SYNC_REPLY = 4;
const CLOSE = 7;
const SYNC_STATUS = 8;
const PING = 9;
const PONG = 10;

/** What a server may say that a client of a bench listens to. Payloads are views of the message. */
export type Incoming =
  | { kind: 'step1'; payload: Uint8Array }
  | { kind: 'step2'; payload: Uint8Array }
  | { kind: 'update'; payload: Uint8Array }
  | { kind: 'awareness'; payload: Uint8Array }
  | { kind: 'authenticated' }
  | { kind: 'denied'; reason: string }
  | { kind: 'status'; saved: boolean }
  | { kind: 'close'; reason: string }
  | { kind: 'ping' }
  | { kind: 'other' };

/** Writes the frames of one document. Made once a document, so that a frame is one concatenation. */
export class FrameWriter {
  private readonly prefix: Uint8Array;
  private readonly protocol: Protocol;

  constructor(protocol: Protocol, documentName: string) {
    this.protocol = protocol;
    this.prefix = protocol === 'hocuspocus' ? textBytes(documentName) : new Uint8Array(0);
  }

  private frame(types: number[], payload: Uint8Array): Buffer {
    return Buffer.concat([this.prefix, Uint8Array.from(types), payload]);
  }

  /** The token, and the version of the provider this pretends to be. */
  auth(token: string): Buffer {
    return this.frame([AUTH, 0], Buffer.concat([textBytes(token), textBytes('4.7.0')]));
  }

  step1(stateVector: Uint8Array): Buffer {
    return this.frame([SYNC, 0], chunkBytes(stateVector));
  }

  step2(update: Uint8Array): Buffer {
    return this.frame([SYNC, 1], chunkBytes(update));
  }

  update(update: Uint8Array): Buffer {
    return this.frame([SYNC, 2], chunkBytes(update));
  }

  awareness(update: Uint8Array): Buffer {
    return this.frame([AWARENESS], chunkBytes(update));
  }

  /** Asks who is there: cheap for both sides, and a sign of life. */
  queryAwareness(): Buffer {
    return this.frame([QUERY_AWARENESS], new Uint8Array(0));
  }

  pong(): Buffer {
    return this.protocol === 'hocuspocus'
      ? Buffer.concat([textBytes(''), Uint8Array.of(PONG)])
      : Buffer.of(PONG);
  }
}

/** Where a frame's document name ends, and the name as a key that needs no UTF-8 decoding. */
export function addressOf(frame: Buffer): { key: string; end: number } {
  const reader = new Reader(frame);
  const length = reader.uint();
  const start = reader.position;
  reader.skip(length);
  return { key: frame.toString('latin1', start, start + length), end: reader.position };
}

/** The key `addressOf` gives for a document's name. */
export function addressKey(documentName: string): string {
  return Buffer.from(documentName, 'utf8').toString('latin1');
}

/** Reads what follows the name (or, with y-websocket's protocol, the whole frame). */
export function readFrame(frame: Uint8Array, start: number): Incoming {
  const reader = new Reader(frame, start);
  switch (reader.uint()) {
    case SYNC:
    case SYNC_REPLY: {
      const step = reader.uint();
      const payload = reader.chunk();
      return { kind: step === 0 ? 'step1' : step === 1 ? 'step2' : 'update', payload };
    }
    case AWARENESS:
      return { kind: 'awareness', payload: reader.chunk() };
    case AUTH: {
      const answer = reader.uint();
      if (answer === 2) return { kind: 'authenticated' };
      if (answer === 1) return { kind: 'denied', reason: reader.text() };
      return { kind: 'other' };
    }
    case SYNC_STATUS:
      return { kind: 'status', saved: reader.uint() === 1 };
    case CLOSE:
      return { kind: 'close', reason: reader.text() };
    case PING:
      return { kind: 'ping' };
    default:
      return { kind: 'other' };
  }
}

/**
 * One client's state as an awareness update (y-protocols' encodeAwarenessUpdate).
 * @param state JSON, e.g. a name, a colour and a cursor.
 */
export function awarenessUpdate(client: number, clock: number, state: unknown): Uint8Array {
  return Buffer.concat([
    Uint8Array.from([1, ...uintBytes(client), ...uintBytes(clock)]),
    textBytes(JSON.stringify(state))
  ]);
}

/** The client ids an awareness update speaks of. */
export function awarenessClients(update: Uint8Array): number[] {
  const reader = new Reader(update);
  const clients: number[] = [];
  for (let left = reader.uint(); left > 0; left--) {
    clients.push(reader.uint());
    reader.uint(); // its clock
    reader.skip(reader.uint()); // its state
  }
  return clients;
}
