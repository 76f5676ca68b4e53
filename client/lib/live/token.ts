/** Short-lived tokens for sockets, fetched with the session's cookie. */

export class SignedOutError extends Error {
  override name = 'SignedOutError';
}

/** How long a token is used again: well below the lifetime the server gives it. */
const REUSE_MS = 30_000;

/**
 * A function that answers a token and never fails for want of a network: it tries again until it has one.
 * @throws {SignedOutError} where the session is over
 */
export function tokens(options: {
  fetch: typeof fetch;
  now?: () => number;
  sleep?: (ms: number) => Promise<void>;
}): { get(): Promise<string>; drop(): void } {
  const {
    fetch: request,
    now = Date.now,
    sleep = (ms) => new Promise((done) => setTimeout(done, ms))
  } = options;
  let held: { token: string; until: number } | null = null;
  let asking: Promise<string> | null = null;

  async function ask(): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await request('/api/v1/auth/token', { method: 'POST', credentials: 'same-origin' });
        if (answer.status === 401 || answer.status === 403) throw new SignedOutError('The session is over.');
        if (answer.ok) {
          const { token } = (await answer.json()) as { token: string };
          held = { token, until: now() + REUSE_MS };
          return token;
        }
      } catch (error) {
        if (error instanceof SignedOutError) throw error;
      }
      await sleep(Math.min(10_000, 400 * 2 ** attempt));
    }
  }

  return {
    async get() {
      if (held && held.until > now()) return held.token;
      asking ??= ask().finally(() => (asking = null));
      return asking;
    },
    drop: () => void (held = null)
  };
}
