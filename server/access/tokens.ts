/**
 * Short-lived tokens: how a page that is signed in by cookie opens documents and sockets. They carry the credential
 * they came by and the organization, so they end when that ends, and are good for one organization only.
 */
import { deriveKey, same, sign } from './secrets.ts';

/** Milliseconds. */
export const TOKEN_LIFE = 5 * 60 * 1000;
const PREFIX = 'umt_';

export interface TokenClaims {
  /** `session:<id>` or `key:<id>`. */
  credential: string;
  organization: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export class Tokens {
  readonly #key: Buffer;
  constructor(secret: string) {
    this.#key = deriveKey(secret, 'short-lived tokens');
  }

  issue(claims: TokenClaims): string {
    const body = Buffer.from(
      JSON.stringify({ v: 1, c: claims.credential, o: claims.organization, e: claims.expiresAt })
    ).toString('base64url');
    return `${PREFIX}${body}.${sign(this.#key, body)}`;
  }

  /** What a token says, if we said it and it still holds; null otherwise. */
  read(token: string, now: number): TokenClaims | null {
    if (!token.startsWith(PREFIX) || token.length > 1000) return null;
    const [body, signature, ...rest] = token.slice(PREFIX.length).split('.');
    if (!body || !signature || rest.length > 0 || !same(signature, sign(this.#key, body))) return null;
    const { c, o, e } = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    if (typeof c !== 'string' || typeof o !== 'string' || typeof e !== 'number' || e <= now) return null;
    return { credential: c, organization: o, expiresAt: e };
  }
}
