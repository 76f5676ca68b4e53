/**
 * How often something may be tried. Counted in this process' memory; with several processes each counts for itself,
 * which multiplies the limits by their number and no more.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { tooMany, UmeError, type Problem } from '#shared/protocol/errors.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

function triedTooOften(seconds: number): Problem {
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  return tooMany({
    title: 'That was tried too often.',
    detail: `Try again in ${minutes === 1 ? 'a minute' : `${minutes} minutes`}.`
  }).problem;
}

/** Refused for now; `seconds` until it may be tried again. */
export class WaitError extends UmeError {
  readonly seconds: number;
  constructor(seconds: number, problem: Problem = triedTooOften(seconds)) {
    super(problem);
    this.seconds = seconds;
  }
}

/** One address, as far as limits go: an IPv6 network of 64 bits belongs to one household, so it counts as one. */
export function neighbourhood(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...gap, ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}

export interface Limit {
  points: number;
  /** Seconds in which the points may be used. */
  duration: number;
}

/** What is limited, and how. */
export const LIMITS = {
  /** Wrong passwords from one network, whoever they are for. */
  signInAddress: { points: 30, duration: 15 * MINUTE },
  /** Wrong passwords for one account from one network. */
  signInPair: { points: 6, duration: 15 * MINUTE },
  /**
   * Wrong passwords for one account from everywhere, counting only browsers that never signed in to it: so strangers
   * can lock out strangers, never the account's owner on a device of theirs (OWASP, "device cookies").
   */
  signInAccount: { points: 60, duration: HOUR },
  /** Wrong passwords from a browser that has signed in to the account before. */
  signInDevice: { points: 10, duration: 15 * MINUTE },
  /** Looking at and accepting invitations, from one network: a whole office may join in one morning. */
  invitation: { points: 300, duration: 15 * MINUTE },
  /** Founding, and trying set-up tokens, from one network. */
  founding: { points: 30, duration: HOUR }
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export class Limits {
  readonly #limiters: Record<LimitName, RateLimiterMemory>;
  /** @param limits other numbers, for tests. */
  constructor(limits: Partial<Record<LimitName, Limit>> = {}) {
    const entries = Object.entries({ ...LIMITS, ...limits }).map(([name, { points, duration }]) => [
      name,
      new RateLimiterMemory({ keyPrefix: name, points, duration })
    ]);
    this.#limiters = Object.fromEntries(entries) as Record<LimitName, RateLimiterMemory>;
  }

  /** Counts one try. @throws {WaitError} when there were too many. */
  async take(name: LimitName, key: string): Promise<void> {
    try {
      await this.#limiters[name].consume(key);
    } catch (error) {
      if (error instanceof RateLimiterRes) throw new WaitError(Math.ceil(error.msBeforeNext / 1000));
      throw error;
    }
  }

  /** Gives a try back: it was a good one. */
  async giveBack(name: LimitName, key: string): Promise<void> {
    await this.#limiters[name].reward(key);
  }
}
