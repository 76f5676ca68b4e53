/**
 * Whether a request comes from our own pages. A cookie travels with every request to us, whoever's page sends it; so
 * sockets and everything that changes something ask this first where a cookie is what signs in.
 */
import { forbidden, type UmeError } from '#shared/protocol/errors.ts';

/** Headers as Node gives them. */
export type Headers = Record<string, string | string[] | undefined>;

export interface OriginSettings {
  UME_URL?: string | undefined;
  UME_TRUST_PROXY: boolean;
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

/** `example.org:8080` of `https://example.org:8080`; null for what isn't an http(s) origin (`null`, extensions). */
function hostOf(origin: string): string | null {
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return null;
  return new URL(origin).host;
}

/** Whether an Origin is ours: UME_URL's, or that of the host the request was sent to. */
export function isOwnOrigin(origin: string, headers: Headers, settings: OriginSettings): boolean {
  if (settings.UME_URL && new URL(settings.UME_URL).origin === origin) return true;
  const host = hostOf(origin);
  if (!host) return false;
  const forwarded = settings.UME_TRUST_PROXY
    ? one(headers['x-forwarded-host'])?.split(',')[0]?.trim()
    : undefined;
  return host === (forwarded ?? one(headers['host']))?.toLowerCase();
}

/** For sockets: browsers always send Origin there; programs that send none carry no cookie of anybody else's either. */
export function mayConnect(headers: Headers, settings: OriginSettings): boolean {
  const origin = one(headers['origin']);
  if (origin !== undefined) return isOwnOrigin(origin, headers, settings);
  return one(headers['cookie']) === undefined;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * For HTTP: null where the request may go on, otherwise why not. A Bearer key is nothing a foreign page could make a
 * browser send, and it alone then says who is asking, so such requests pass.
 */
export function refuseForeign(method: string, headers: Headers, settings: OriginSettings): UmeError | null {
  if (SAFE.has(method)) return null;
  const [origin, site] = [one(headers['origin']), one(headers['sec-fetch-site'])];
  if (one(headers['authorization'])) return null;
  if (origin !== undefined) return isOwnOrigin(origin, headers, settings) ? null : foreign();
  if (site !== undefined) return site === 'same-origin' || site === 'none' ? null : foreign();
  return one(headers['cookie']) === undefined ? null : foreign();
}

const foreign = (): UmeError =>
  forbidden({
    title: 'This request does not come from a page of ume.',
    detail:
      'Programs send an API key instead of a cookie. Behind a proxy, UME_URL must be the address people use.'
  });
