/** Where the person probably is, from what the browser knows: its time zone says more than its language. */
import { COUNTRIES, currencyOf } from './currency-of.ts';

/** The zones of a country, the main one not necessarily first; none where the browser doesn't know. */
export function zonesOf(country: string): string[] {
  try {
    const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
      getTimeZones?: () => string[] | undefined;
      timeZones?: string[];
    };
    return locale.getTimeZones?.() ?? locale.timeZones ?? [];
  } catch {
    return [];
  }
}

export function guessPlace(): { country: string; timeZone: string; currency: string } {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const spoken = navigator.languages
    .map((each) => new Intl.Locale(each).region)
    .find((region) => region && COUNTRIES.includes(region));
  const there = COUNTRIES.filter((country) => zonesOf(country).includes(timeZone));
  const country =
    (spoken && there.includes(spoken) ? spoken : there[0]) ??
    spoken ??
    new Intl.Locale(navigator.language).maximize().region ??
    '';
  return { country, timeZone, currency: currencyOf(country) ?? 'EUR' };
}
