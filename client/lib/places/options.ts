/** Countries, time zones and currencies to choose from, named in the reader's language by the browser itself. */
import type { SelectOption } from '#lib/ui/Select.svelte';
import { COUNTRIES, CURRENCIES } from './currency-of.ts';

const named = (type: 'region' | 'currency', codes: readonly string[]): SelectOption[] => {
  const names = new Intl.DisplayNames(undefined, { type });
  return codes
    .map((value) => ({ value, label: names.of(value) ?? value, hint: value }))
    .sort((a, b) => a.label.localeCompare(b.label));
};

export const countryOptions = (): SelectOption[] =>
  named('region', COUNTRIES).map(({ value, label }) => ({ value, label }));
export const currencyOptions = (): SelectOption[] => named('currency', CURRENCIES);

/** How far a zone is from UTC now: `UTC+1`. */
function offsetOf(zone: string): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    timeZoneName: 'shortOffset'
  }).formatToParts();
  return (parts.find((part) => part.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
}

/** `Europe/Berlin` reads "Berlin, Europe". */
export const zoneLabel = (zone: string): string => zone.split('/').reverse().join(', ').replaceAll('_', ' ');

export function zoneOptions(chosen?: string): SelectOption[] {
  const zones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC', ...(chosen ? [chosen] : [])]);
  return [...zones]
    .map((value) => ({ value, label: zoneLabel(value), hint: offsetOf(value) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
