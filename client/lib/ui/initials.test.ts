import { expect, it } from 'vitest';
import { initials } from './initials.ts';

it('takes the first letters of the first and the last word', () => {
  expect(initials('Ada Lovelace')).toBe('AL');
  expect(initials('  Johann Wolfgang von Goethe ')).toBe('JG');
  expect(initials('madonna')).toBe('M');
});

it('cuts no character in half, and has a sign for nobody', () => {
  expect(initials('👩‍🚀 Sally')).toBe('👩‍🚀S');
  expect(initials('梅 花')).toBe('梅花');
  expect(initials(' ')).toBe('?');
});
