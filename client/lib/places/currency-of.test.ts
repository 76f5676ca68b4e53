import { expect, it } from 'vitest';
import { COUNTRIES, CURRENCIES, currencyOf } from './currency-of.ts';

it('knows each country once, by codes the platform knows too', () => {
  expect(new Set(COUNTRIES).size).toBe(COUNTRIES.length);
  const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  expect(COUNTRIES.filter((code) => !regions.of(code))).toEqual([]);
  expect(CURRENCIES.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
});

it('fills in the money of a place', () => {
  expect(currencyOf('DE')).toBe('EUR');
  expect(currencyOf('LI')).toBe('CHF');
  expect(currencyOf('JP')).toBe('JPY');
  expect(currencyOf('AQ')).toBeUndefined();
});
