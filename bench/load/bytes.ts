/**
 * The few pieces of lib0's encoding that frames and updates are made of, without an object per message: the load
 * generator shares a machine with the servers it measures, so what it does per message must cost next to nothing.
 */

/** Reads on through one message. Running past the end throws RangeError. */
export class Reader {
  readonly bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  byte(): number {
    if (this.position >= this.bytes.length) throw new RangeError('The message ends too early');
    return this.bytes[this.position++]!;
  }

  /** lib0's varUint: seven bits a byte, the lowest first. */
  uint(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
      if (factor > Number.MAX_SAFE_INTEGER) throw new RangeError('A number is too large');
    }
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.bytes.length) throw new RangeError('The message ends too early');
  }

  /** Length-prefixed bytes, as a view of the message. */
  chunk(): Uint8Array {
    const length = this.uint();
    const start = this.position;
    this.skip(length);
    return this.bytes.subarray(start, this.position);
  }

  text(): string {
    return new TextDecoder().decode(this.chunk());
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }
}

/** lib0's varUint. */
export function uintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(0x80 | (rest % 128));
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

/** Bytes with their length in front. */
export function chunkBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from(uintBytes(bytes.length)), bytes]);
}

/** A string as UTF-8 with its length in front. */
export function textBytes(text: string): Uint8Array {
  return chunkBytes(Buffer.from(text, 'utf8'));
}
