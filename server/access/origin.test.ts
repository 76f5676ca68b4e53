import { describe, expect, it } from 'vitest';
import { mayConnect, refuseForeign, type Headers } from './origin.ts';

const plain = { UME_TRUST_PROXY: false };
const named = { UME_URL: 'https://ume.example', UME_TRUST_PROXY: false };
const proxied = { UME_TRUST_PROXY: true };
const host = 'localhost:3000';

describe('a request that changes something', () => {
  it.each<[string, Headers, object, boolean]>([
    ['from our own page', { host, cookie: 'a=b', origin: 'http://localhost:3000' }, plain, true],
    ['from another site', { host, cookie: 'a=b', origin: 'https://evil.example' }, plain, false],
    ['from another port', { host, cookie: 'a=b', origin: 'http://localhost:3001' }, plain, false],
    ['from a sandboxed frame', { host, cookie: 'a=b', origin: 'null' }, plain, false],
    ['from another site, before signing in', { host, origin: 'https://evil.example' }, plain, false],
    ['from the address people use', { host, cookie: 'a=b', origin: 'https://ume.example' }, named, true],
    ['from a look-alike', { host, cookie: 'a=b', origin: 'https://ume.example.evil' }, named, false],
    ['without Origin, same site', { host, cookie: 'a=b', 'sec-fetch-site': 'same-origin' }, plain, true],
    ['without Origin, other site', { host, cookie: 'a=b', 'sec-fetch-site': 'cross-site' }, plain, false],
    ['without Origin, sister site', { host, cookie: 'a=b', 'sec-fetch-site': 'same-site' }, plain, false],
    ['with a cookie and nothing else', { host, cookie: 'a=b' }, plain, false],
    ['of a program without a cookie', { host }, plain, true],
    ['with an API key', { host, authorization: 'Bearer ume_x', cookie: 'a=b' }, plain, true],
    [
      'through a trusted proxy',
      { host, cookie: 'a=b', origin: 'https://x.example', 'x-forwarded-host': 'x.example' },
      proxied,
      true
    ],
    [
      'that only pretends a proxy',
      { host, cookie: 'a=b', origin: 'https://x.example', 'x-forwarded-host': 'x.example' },
      plain,
      false
    ]
  ])('%s', (_name, headers, settings, passes) => {
    expect(refuseForeign('POST', headers, settings as typeof plain) === null).toBe(passes);
    expect(refuseForeign('GET', headers, settings as typeof plain)).toBeNull();
  });
});

describe('a socket', () => {
  it.each<[string, Headers, boolean]>([
    ['of our own page', { host, cookie: 'a=b', origin: 'http://localhost:3000' }, true],
    ["of another site's page", { host, cookie: 'a=b', origin: 'https://evil.example' }, false],
    ['of a program', { host }, true],
    ['of a program with a cookie and no origin', { host, cookie: 'a=b' }, false]
  ])('%s', (_name, headers, connects) => {
    expect(mayConnect(headers, plain)).toBe(connects);
  });
});
