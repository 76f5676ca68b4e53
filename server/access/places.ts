/** Whether a country, time zone or currency exists, by the tables Node carries (CLDR, IANA, ISO 4217). */
import { invalid } from '#shared/protocol/errors.ts';

const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
const currencies = new Set(Intl.supportedValuesOf('currency'));

function zoneExists(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return !/^[+-]/.test(zone); // an offset is no zone: it knows no summer time
  } catch {
    return false;
  }
}

/** @throws {UmeError} `invalid`, naming the field. */
export function checkPlaces(given: { country: string; timeZone: string; currency: string }): void {
  if (!regions.of(given.country))
    throw invalid({ field: 'organization.country', detail: `${given.country} is no country (ISO 3166-1).` });
  if (!zoneExists(given.timeZone))
    throw invalid({
      field: 'organization.timeZone',
      detail: `${given.timeZone} is no time zone. One looks like Europe/Berlin.`
    });
  if (!currencies.has(given.currency))
    throw invalid({ field: 'organization.currency', detail: `${given.currency} is no currency (ISO 4217).` });
}
