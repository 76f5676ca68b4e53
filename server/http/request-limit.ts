/**
 * How many requests of the API one credential, or one network of strangers, may make. Counted in windows of a few
 * seconds, so that a page which asks for much at once is served while a program that never stops is slowed down.
 * Each process counts for itself.
 */
import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooMany } from '#shared/protocol/errors.ts';
import type { Identify } from '../access/actor.ts';
import { neighbourhood, WaitError } from '../access/limits.ts';
import { hashOf } from '../access/secrets.ts';
import { addressOf } from './mount.ts';

/** Seconds counted together: so many seconds' allowance may be used at once. */
const WINDOW = 4;
/** Credentials remembered as good ones. */
const REMEMBERED = 10_000;

const tooFast = (seconds: number): WaitError => {
  const wait = seconds === 1 ? 'a second' : `${seconds} seconds`;
  return new WaitError(seconds, tooMany({ detail: `Wait ${wait} and try again.` }).problem);
};

/**
 * Refuses what is too much with 429 and `Retry-After`.
 * @param perSecond requests a second, sustained; four times as many at once
 */
export function limitRequests(identify: Pick<Identify, 'personFrom'>, perSecond: number): RequestHandler {
  const counts = { points: perSecond * WINDOW, duration: WINDOW };
  const strangers = new RateLimiterMemory({ keyPrefix: 'address', ...counts });
  const credentials = new RateLimiterMemory({ keyPrefix: 'credential', ...counts });

  /** Who once showed something good is not held up by strangers behind the same address. */
  const good = new Set<string>();

  return async (request, _response, next) => {
    const address = addressOf(request);
    const near = neighbourhood(address);
    try {
      const { cookie, authorization } = request.headers;
      const given = authorization ?? cookie;
      const shown = given === undefined ? null : hashOf(given);
      // Finding out whose it is costs a look into the database: strangers who used up theirs have no more of those.
      const look = shown && (good.has(shown) || (await strangers.get(near))?.remainingPoints !== 0);
      const person = look ? await identify.personFrom(request.headers, address) : null;
      if (!person) await strangers.consume(near);
      else {
        if (good.size >= REMEMBERED) good.clear();
        good.add(shown!);
        await credentials.consume(person.credential);
      }
    } catch (error) {
      throw error instanceof RateLimiterRes
        ? tooFast(Math.max(1, Math.ceil(error.msBeforeNext / 1000)))
        : error;
    }
    next();
  };
}
