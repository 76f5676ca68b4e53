/**
 * The two wire formats of documents. A Hocuspocus frame is an address (the document's name, perhaps with a session)
 * followed by a y-websocket frame; so everything is built once as a body, and an address is put in front where needed.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** First number of a body. */
export const Kind = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  syncReply: 4,
  stateless: 5,
  close: 7,
  syncStatus: 8
} as const;

/** Second number of a sync body. */
export const Sync = { step1: 0, step2: 1, update: 2 } as const;

type Write = (encoder: encoding.Encoder) => void;

function body(write: Write): Uint8Array {
  const encoder = encoding.createEncoder();
  write(encoder);
  return encoding.toUint8Array(encoder);
}

/** A sync body, by hand: there is one for every edit, and a general encoder takes many times as long. */
function sync(kind: number, bytes: Uint8Array): Uint8Array {
  const length = bytes.byteLength;
  let digits = 1;
  for (let rest = length; rest > 127; rest = Math.floor(rest / 128)) digits += 1;
  const content = new Uint8Array(2 + digits + length);
  content[0] = Kind.sync;
  content[1] = kind;
  let rest = length;
  for (let index = 0; index < digits; index++) {
    content[2 + index] = index === digits - 1 ? rest : 128 | (rest & 127);
    rest = Math.floor(rest / 128);
  }
  content.set(bytes, 2 + digits);
  return content;
}

export const step1 = (vector: Uint8Array): Uint8Array => sync(Sync.step1, vector);
export const step2 = (update: Uint8Array): Uint8Array => sync(Sync.step2, update);
export const update = (bytes: Uint8Array): Uint8Array => sync(Sync.update, bytes);

export const awareness = (bytes: Uint8Array): Uint8Array =>
  body((encoder) => {
    encoding.writeVarUint(encoder, Kind.awareness);
    encoding.writeVarUint8Array(encoder, bytes);
  });

export const stateless = (payload: string): Uint8Array =>
  body((encoder) => {
    encoding.writeVarUint(encoder, Kind.stateless);
    encoding.writeVarString(encoder, payload);
  });

/** Hocuspocus' answer to an edit: saved, or refused. */
export const syncStatus = (saved: boolean): Uint8Array => Uint8Array.of(Kind.syncStatus, saved ? 1 : 0);

/** Second number of an auth body from the server that says no. */
export const DENIED = 1;

/** y-websocket's word for "you may not". */
export const denied = (reason: string): Uint8Array =>
  body((encoder) => {
    encoding.writeVarUint(encoder, Kind.auth);
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, reason);
  });

/** The token a client authenticates with, as Hocuspocus expects it. */
export const token = (value: string): Uint8Array =>
  body((encoder) => {
    encoding.writeVarUint(encoder, Kind.auth);
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarString(encoder, value);
  });

/** The address of a document, ready to be put before a body. */
export const address = (name: string): Uint8Array =>
  body((encoder) => encoding.writeVarString(encoder, name));

/** A whole Hocuspocus frame. */
export function addressed(to: Uint8Array, content: Uint8Array): Uint8Array {
  const frame = new Uint8Array(to.byteLength + content.byteLength);
  frame.set(to);
  frame.set(content, to.byteLength);
  return frame;
}

/**
 * One unmasked binary WebSocket frame (RFC 6455 §5.2) around an address and a body, ready for the socket. Built once and
 * written to every receiver: framing per receiver is most of what a broadcast costs.
 */
export function webSocketFrame(to: Uint8Array, content: Uint8Array): Buffer {
  const length = to.byteLength + content.byteLength;
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = 0x82;
  if (header === 2) frame[1] = length;
  else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.set(to, header);
  frame.set(content, header + to.byteLength);
  return frame;
}

/** Whether a message begins with an address. */
export function beginsWith(message: Uint8Array, to: Uint8Array): boolean {
  if (message.byteLength < to.byteLength) return false;
  for (let index = 0; index < to.byteLength; index++) if (message[index] !== to[index]) return false;
  return true;
}

/** Reads a frame's address. @throws when there is none. */
export function readAddress(decoder: decoding.Decoder): string {
  return decoding.readVarString(decoder);
}
