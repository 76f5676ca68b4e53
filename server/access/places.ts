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

interface Places {
  country?: string | undefined;
  timeZone?: string | undefined;
  currency?: string | undefined;
}

/**
 * Checks those that are given.
 * @param under where they lie in what was sent, `organization.`: the error names the field from there.
 * @throws {UmeError} `invalid`, naming the field.
 */
export function checkPlaces({ country, timeZone, currency }: Places, under = ''): void {
  if (country !== undefined && !regions.of(country))
    throw invalid({ field: `${under}country`, detail: `${country} is no country (ISO 3166-1).` });
  if (timeZone !== undefined && !zoneExists(timeZone))
    throw invalid({
      field: `${under}timeZone`,
      detail: `${timeZone} is no time zone. One looks like Europe/Berlin.`
    });
  if (currency !== undefined && !currencies.has(currency))
    throw invalid({ field: `${under}currency`, detail: `${currency} is no currency (ISO 4217).` });
}
