/**
 * Which edits an update carries, read straight from its bytes (Yjs update format v1).
 *
 * A server may send edits on one by one or merged, so a receipt can't be matched by its bytes. Every edit has a
 * place in its author's numbering, though: the author's client id and clock. Reading those, without building a
 * document, is enough to know what has arrived. The format: yjs/src/utils/encoding.js, UpdateEncoderV1, ContentAny.
 */
import { Reader } from './bytes.ts';

/** `from` is the author's first clock in this stretch, `to` the one after the last. */
export type ClockRange = { client: number; from: number; to: number };

const GC = 0;
const SKIP = 10;

/** The stretches of structs in an update, in the order they are written. Deletions carry no clock and are left out. */
export function clockRanges(update: Uint8Array): ClockRange[] {
  const reader = new Reader(update);
  const ranges: ClockRange[] = [];
  for (let clients = reader.uint(); clients > 0; clients--) {
    let structs = reader.uint();
    const client = reader.uint();
    let clock = reader.uint();
    let from = clock;
    for (; structs > 0; structs--) {
      const info = reader.byte();
      if (info === SKIP) {
        if (clock > from) ranges.push({ client, from, to: clock });
        clock += reader.uint();
        from = clock;
      } else if ((info & 31) === GC) {
        clock += reader.uint();
      } else {
        skipItemHead(reader, info);
        clock += skipContent(reader, info & 31);
      }
    }
    if (clock > from) ranges.push({ client, from, to: clock });
  }
  return ranges;
}

function skipId(reader: Reader): void {
  reader.uint();
  reader.uint();
}

function skipText(reader: Reader): void {
  reader.skip(reader.uint());
}

function skipItemHead(reader: Reader, info: number): void {
  if (info & 0x80) skipId(reader); // origin
  if (info & 0x40) skipId(reader); // right origin
  if ((info & 0xc0) === 0) {
    if (reader.uint() === 1)
      skipText(reader); // parent is a top-level type
    else skipId(reader); // parent is an item
    if (info & 0x20) skipText(reader); // key in the parent
  }
}

/** Skips an item's content and returns its length in clocks. */
function skipContent(reader: Reader, type: number): number {
  switch (type) {
    case 1: // deleted
      return reader.uint();
    case 2: {
      // JSON, the old way
      const length = reader.uint();
      for (let index = 0; index < length; index++) skipText(reader);
      return length;
    }
    case 3: // binary
    case 5: // embed
      skipText(reader);
      return 1;
    case 4: // text
      return utf16Length(reader.chunk());
    case 6: // formatting: key and value
      skipText(reader);
      skipText(reader);
      return 1;
    case 7: {
      const kind = reader.uint();
      if (kind === 3 || kind === 5) skipText(reader); // an element's or a hook's name
      return 1;
    }
    case 8: {
      const length = reader.uint();
      for (let index = 0; index < length; index++) skipAny(reader);
      return length;
    }
    case 9: // a document within the document
      skipText(reader);
      skipAny(reader);
      return 1;
    default:
      throw new RangeError(`An update holds content of unknown type ${type}`);
  }
}

/** Text counts in UTF-16 units: four-byte characters are two. */
function utf16Length(utf8: Uint8Array): number {
  let units = 0;
  for (const byte of utf8) {
    if ((byte & 0xc0) !== 0x80) units++;
    if (byte >= 0xf0) units++;
  }
  return units;
}

/** lib0's writeAny, from 127 (undefined) downwards. */
function skipAny(reader: Reader): void {
  switch (reader.byte()) {
    case 127: // undefined
    case 126: // null
    case 121: // false
    case 120: // true
      return;
    case 125: // integer, signed
      while (reader.byte() & 0x80);
      return;
    case 124: // float32
      return reader.skip(4);
    case 123: // float64
    case 122: // bigint
      return reader.skip(8);
    case 119: // text
    case 116: // bytes
      return skipText(reader);
    case 118: // object
      for (let keys = reader.uint(); keys > 0; keys--) {
        skipText(reader);
        skipAny(reader);
      }
      return;
    case 117: // list
      for (let items = reader.uint(); items > 0; items--) skipAny(reader);
      return;
    default:
      throw new RangeError('A value of unknown type');
  }
}
