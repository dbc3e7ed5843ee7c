import type { CountryCode, PhoneNumber } from 'libphonenumber-js/max';
import { defined } from '../../engine/ports/index.ts';

/** Longer texts are no phone numbers. The same as in libphonenumber. */
const MAX_CHARS = 250;

/** The parts of a number, as far as its digits tell them. gms-8.5.2 3. */
export interface PhoneDescription {
  /** Digits without the prefix for calls inside the country. */
  readonly national: string;
  readonly e164: string;
  readonly internationalFormat: string;
  readonly nationalFormat: string;
  /** As in libphonenumber: MOBILE, FIXED_LINE, …; UNKNOWN. */
  readonly type: string;
  readonly countryCode: number;
  /** Two letters; '' for a number of no country. */
  readonly region: string;
  /** '' if it has none. */
  readonly extension: string;
  readonly isInternational: boolean;
  readonly isPossible: boolean;
  readonly isValid: boolean;
  readonly isValidForRegion: boolean;
  readonly isPremium: boolean;
  /** The number has a zero that is part of it. */
  readonly hasLeadingZero: boolean;
  /** '' when unknown. */
  readonly carrier: string;
  readonly location: string;
  readonly timeZone: string;
}

/** Facts that large tables have about numbers; '' when unknown. */
interface PhonePlaces {
  readonly carrier: string;
  readonly location: string;
  readonly timeZone: string;
}

/** Finds them. `language`: two letters, of the location. */
export type PlacesOf = (e164: string, language: string) => Promise<PhonePlaces>;

/** Parses phone numbers, and describes them. */
export class PhoneNumbers {
  readonly #placesOf: PlacesOf;

  constructor(placesOf: PlacesOf) {
    this.#placesOf = placesOf;
  }

  /** Whether a number can be dialled, and whether calling it costs more. `country`: for national forms. */
  async examine(
    number: string,
    country: string,
  ): Promise<{ readonly isPossible: boolean; readonly isPremium: boolean }> {
    const parsed = await parse(number, country);
    return { isPossible: parsed?.isPossible() ?? false, isPremium: parsed?.getType() === 'PREMIUM_RATE' };
  }

  /** Undefined: it is not a number. `language`: two letters, of its location. */
  async describe(
    number: string,
    { country, language }: { readonly country: string; readonly language: string },
  ): Promise<PhoneDescription | undefined> {
    const parsed = await parse(number, country);
    if (parsed === undefined) return undefined;
    const places = await this.#placesOf(parsed.number, language);
    const region = parsed.country ?? '';
    const isValid = parsed.isValid();
    return {
      national: String(parsed.nationalNumber),
      e164: String(parsed.number),
      internationalFormat: parsed.formatInternational(),
      nationalFormat: parsed.formatNational(),
      type: parsed.getType() ?? 'UNKNOWN',
      countryCode: Number(parsed.countryCallingCode),
      region,
      extension: parsed.ext ?? '',
      isInternational: number.trim().startsWith('+'),
      isPossible: parsed.isPossible(),
      isValid,
      isValidForRegion: isValid && region === country.toUpperCase(),
      isPremium: parsed.getType() === 'PREMIUM_RATE',
      hasLeadingZero: String(parsed.nationalNumber).startsWith('0'),
      carrier: places.carrier,
      location: places.location || nameOf(region, language),
      timeZone: places.timeZone,
    };
  }
}

async function parse(number: string, country: string): Promise<PhoneNumber | undefined> {
  if (number.length > MAX_CHARS) return undefined;
  const { isSupportedCountry, parsePhoneNumberFromString } = await import('libphonenumber-js/max');
  const known = country.toUpperCase();
  // The whole text must be a number. A country without a numbering plan reads only international numbers.
  const defaultCountry = isSupportedCountry(known) ? (known as CountryCode) : undefined;
  return parsePhoneNumberFromString(number, { extract: false, ...defined({ defaultCountry }) });
}

/** The name of a country, which is the location of its mobile numbers. */
function nameOf(region: string, language: string): string {
  if (region === '') return '';
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  return names.of(region) ?? '';
}
