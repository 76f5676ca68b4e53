import { afterEach, expect, it, vi } from 'vitest';
import type { Holder } from './actor.ts';
import { Expiry } from './expiry.ts';

const holder = (credential: string, organization = 'org-a'): Holder => ({
  credential,
  organization,
  role: 'member'
});
afterEach(() => void vi.useRealTimers());

function expiry(open: Holder[], good: (holder: Holder) => Promise<boolean>) {
  const revoked: string[] = [];
  const asked: string[] = [];
  const warnings: string[] = [];
  const made = new Expiry({
    open: () => open,
    stillGood: (each) => {
      asked.push(each.credential);
      return good(each);
    },
    revoke: (credential) => revoked.push(credential),
    log: { warn: (message) => warnings.push(message) }
  });
  return { made, revoked, asked, warnings };
}

it('cuts what is worth nothing any more and asks once for each, however much they have open', async () => {
  const open = Array.from({ length: 500 }, (_, each) => holder(`session:${each % 50}`));
  const { made, revoked, asked } = expiry(open, async ({ credential }) => !credential.endsWith('7'));
  await made.sweep();
  expect(asked).toHaveLength(50);
  expect(revoked.sort()).toEqual(['session:17', 'session:27', 'session:37', 'session:47', 'session:7']);
});

it('cuts nobody while the database says nothing', async () => {
  const { made, revoked, warnings } = expiry([holder('key:1'), holder('key:2')], ({ credential }) =>
    credential === 'key:1' ? Promise.reject(new Error('away')) : Promise.resolve(false)
  );
  await made.sweep();
  expect(revoked).toEqual(['key:2']);
  expect(warnings).toEqual([expect.stringContaining('key:1')]);
});

it('looks twice a minute until it is stopped, and never twice at a time', async () => {
  vi.useFakeTimers();
  let finish = () => {};
  const { made, asked } = expiry(
    [holder('key:1')],
    () => new Promise((resolve) => (finish = () => resolve(true)))
  );
  const stop = made.start();
  await vi.advanceTimersByTimeAsync(90_000);
  expect(asked).toHaveLength(1);
  finish();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveLength(2);
  finish();
  stop();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(asked).toHaveLength(2);
});
