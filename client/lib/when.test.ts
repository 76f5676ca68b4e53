import { expect, it } from 'vitest';
import { ago } from './when.ts';

const now = Date.parse('2026-11-20T12:00:00Z');

it('says how far an instant is', () => {
  expect(ago('2026-11-26T12:00:00Z', now, 'en')).toBe('in 6 days');
  expect(ago('2026-11-20T10:00:00Z', now, 'en')).toBe('2 hours ago');
  expect(ago('2026-11-20T12:03:10Z', now, 'en')).toBe('in 3 minutes');
  expect(ago('2026-11-20T11:59:40Z', now, 'en')).toBe('now');
});
