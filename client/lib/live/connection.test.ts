import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Connection } from './connection.svelte.ts';

const quiet = { drop: () => {}, retry: () => {} };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a card that is being opened over a slow line is no reason to say “Offline”', () => {
  const connection = new Connection(quiet);
  expect(connection.connected).toBe(false);
  connection.feed = true;
  expect(connection.connected).toBe(true);
  connection.want(true);
  connection.reachedDocuments(false);
  expect(connection.connected).toBe(true);
  connection.reachedDocuments(true);
  vi.advanceTimersByTime(60_000);
  expect(connection.connected).toBe(true);
});

test('patience ends, and a line that was there and broke is said at once', () => {
  const connection = new Connection(quiet);
  connection.feed = true;
  connection.want(true);
  vi.advanceTimersByTime(3_900);
  expect(connection.connected).toBe(true);
  vi.advanceTimersByTime(200);
  expect(connection.connected).toBe(false);
  connection.reachedDocuments(true);
  expect(connection.connected).toBe(true);
  connection.reachedDocuments(false);
  expect(connection.connected).toBe(false);
  connection.want(false);
  expect(connection.connected).toBe(true);
  connection.want(true);
  connection.feed = false;
  expect(connection.connected).toBe(false);
});
