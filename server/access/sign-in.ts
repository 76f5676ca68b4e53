/** Signing in, with its limits: see `limits.ts` for which and why. */
import type { Devices } from './devices.ts';
import { neighbourhood, type LimitName, type Limits } from './limits.ts';
import { hashOf } from './secrets.ts';
import type { Session, Sessions, Visit } from './sessions.ts';

export interface SignInParts {
  sessions: Sessions;
  limits: Limits;
  devices: Devices;
}

/** Which limits an attempt counts against. Pure: the decision of `limits.ts`' comments in one place. */
export function limitsOf(attempt: {
  email: string;
  address: string;
  device: string | null;
}): Array<[LimitName, string]> {
  const account = hashOf(attempt.email.toLowerCase());
  if (attempt.device) return [['signInDevice', `${account} ${attempt.device}`]];
  const near = neighbourhood(attempt.address);
  return [
    ['signInAddress', near],
    ['signInPair', `${account} ${near}`],
    ['signInAccount', account]
  ];
}

/**
 * Begins a session, or counts a wrong password. Tries are counted before the password is looked at, so that many at
 * once gain nothing, and given back when it was right.
 * @throws {WaitError} after too many wrong ones. @throws {UmeError} `wrong_credentials`.
 */
export async function signIn(
  { sessions, limits, devices }: SignInParts,
  given: { email: string; password: string; device: string | null; visit: Visit }
): Promise<{ cookies: string[]; session: Session }> {
  const device = devices.known(given.email, given.device);
  const counted = limitsOf({ email: given.email, address: given.visit.address, device });
  for (const [name, key] of counted) await limits.take(name, key);
  const begun = await sessions.begin(given.email, given.password, given.visit);
  for (const [name, key] of counted) await limits.giveBack(name, key);
  return { ...begun, cookies: device ? begun.cookies : [...begun.cookies, devices.cookieFor(given.email)] };
}
