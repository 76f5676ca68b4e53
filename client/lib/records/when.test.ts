import { expect, it } from 'vitest';
import { whenWords } from './when.ts';

it('says when in the words people use', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  const said = (iso: string) => whenWords(iso, now, 'en');
  expect(said('2026-11-20T11:59:30Z')).toBe('just now');
  expect(said('2026-11-20T11:55:00Z')).toBe('5 minutes ago');
  expect(said('2026-11-20T09:00:00Z')).toBe('3 hours ago');
  expect(said('2026-11-18T12:00:00Z')).toBe('2 days ago');
  expect(said('2026-11-03T12:00:00Z')).toBe('Nov 3');
  expect(said('2025-11-03T12:00:00Z')).toBe('Nov 3, 2025');
  expect(said('never')).toBe('');
});
