import { expect, it } from 'vitest';
import { passwordStrength } from './password-strength.ts';

it('counts down to ten characters', () => {
  expect(passwordStrength('abc').words).toBe('7 more characters.');
  expect(passwordStrength('abcdefghi').words).toBe('1 more character.');
});

it('is not impressed by repeats and runs', () => {
  expect(passwordStrength('aaaaaaaaaaaaaaaa').score).toBe(1);
  expect(passwordStrength('1234567890abcdefghij').score).toBe(1);
});

it('likes a few words', () => {
  expect(passwordStrength('plum-harbour-sings-late').score).toBeGreaterThanOrEqual(3);
  expect(passwordStrength('k9$Lw!2xQz').score).toBeGreaterThanOrEqual(2);
});
