/**
 * Remembers, in the browser, which accounts have signed in there: a signed cookie that proves nothing but that, so
 * that strangers guessing an account's password cannot lock its owner out.
 */
import { deriveKey, hashOf, newSecret, same, sign } from './secrets.ts';

const NAME = 'ume.device';
const YEAR = 365 * 24 * 60 * 60;

export class Devices {
  readonly #key: Buffer;
  readonly #https: boolean;
  constructor(secret: string, https: boolean) {
    this.#key = deriveKey(secret, 'device cookies');
    this.#https = https;
  }

  get cookieName(): string {
    return NAME;
  }

  /** A Set-Cookie value: this browser has signed in to this account. */
  cookieFor(email: string): string {
    const nonce = newSecret();
    const value = `${nonce}.${this.#sign(email, nonce)}`;
    return `${NAME}=${value}; Path=/api/v1/auth; Max-Age=${YEAR}; HttpOnly; SameSite=Lax${this.#https ? '; Secure' : ''}`;
  }

  /** A name for the device, if its cookie says that it has signed in to this account; null otherwise. */
  known(email: string, cookie: string | null): string | null {
    const [nonce, signature] = (cookie ?? '').split('.');
    if (!nonce || !signature || !same(signature, this.#sign(email, nonce))) return null;
    return hashOf(nonce);
  }

  #sign(email: string, nonce: string): string {
    return sign(this.#key, `${email.toLowerCase()}\n${nonce}`);
  }
}
