/**
 * Cuts what was opened with a credential that is worth nothing by now although nobody pulled it back: a session or an
 * API key that expired, and whatever another process changed.
 */
import type { Holder } from './actor.ts';

/** How often everything that is open is looked at, milliseconds. Together with the look itself, well below a minute. */
const EVERY = 30_000;
/** Credentials asked about at the same time: the database has other work to do. */
const AT_ONCE = 8;

export interface ExpiryParts {
  /** Everybody who has something open; the same one as often as they have. */
  open: () => Iterable<Holder>;
  stillGood: (holder: Holder) => Promise<boolean>;
  revoke: (credential: string) => void;
  log: { warn(message: string): void };
}

export class Expiry {
  readonly #parts: ExpiryParts;
  #running: Promise<void> | null = null;

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
  }

  /** Looks at everything that is open, now; a look that is under way is waited for. */
  sweep(): Promise<void> {
    this.#running ??= this.#sweep().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Looks every half a minute. Returns how to stop. */
  start(): () => void {
    const timer = setInterval(() => void this.sweep(), EVERY);
    timer.unref();
    return () => clearInterval(timer);
  }

  async #sweep(): Promise<void> {
    const holders = new Map<string, Holder>();
    for (const each of this.#parts.open())
      holders.set(`${each.credential} ${each.organization} ${each.role}`, each);
    const left = holders.values();
    const look = async () => {
      for (const holder of left) await this.#look(holder);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, look));
  }

  async #look(holder: Holder): Promise<void> {
    const { stillGood, revoke, log } = this.#parts;
    try {
      if (!(await stillGood(holder))) revoke(holder.credential);
    } catch (error) {
      // A database that is away says nothing about anybody: the next look will tell.
      log.warn(`It could not be found out whether ${holder.credential} is still good: ${String(error)}`);
    }
  }
}
