/** Making, hashing and comparing what must not be guessed. */
import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256: what 32 bytes need at most. */
const LENGTH = 43;

/** 32 random bytes in letters and digits, always 43 of them. */
export function newSecret(): string {
  let value = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let text = '';
  for (let at = 0; at < LENGTH; at += 1) {
    text = BASE62[Number(value % 62n)]! + text;
    value /= 62n;
  }
  return text;
}

/**
 * How secrets of ours are kept. A plain hash is enough for them: they carry 256 random bits, so there is nothing to
 * guess. (Passwords do not, and are kept by scrypt.)
 */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares without telling by its duration where two differ. */
export function same(a: string, b: string): boolean {
  const [left, right] = [createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest()];
  return timingSafeEqual(left, right);
}

/** A key for one purpose, derived from the server's own, so that no two purposes share one (RFC 5869). */
export const deriveKey = (secret: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `ume ${purpose}`, 32));

export const sign = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');
