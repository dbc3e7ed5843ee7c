import type Router from '@koa/router';
import { type Json, textOf } from '../../engine/ports/index.ts';
import type { PhoneDescription, PhoneNumbers } from '../../strategies/phone/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';

interface PhoneQuery {
  /** As it was sent. */
  readonly specified: string;
  readonly number: string;
  readonly country: string;
  readonly language: string;
}

/** Phone Number Validation API. gms-8.5.2 3. */
export function registerPhoneRoutes(router: Router, { phones }: { readonly phones: PhoneNumbers }): void {
  router.get('/genesys/1/phonenumber', async (ctx) => {
    const query = readQuery(ctx.state.query);
    const description = await phones.describe(query.number, query);
    if (description === undefined) {
      throw new WireError('PHONE_NUMBER_INVALID', {
        message: `Invalid Phone Number ${query.specified} for Country ${query.country} (parsing impossible)`,
      });
    }
    replyJson(ctx, phoneReply(query, description));
  });
}

function readQuery({ number, country = 'US', geocodingLocale = 'en' }: Form): PhoneQuery {
  if (number === undefined || textOf(number).trim() === '') {
    throw new WireError('PARAMETER_MISSING', { message: 'Expected the parameter number, got none.' });
  }
  const specified = textOf(number);
  return {
    specified,
    // A + that is not encoded arrives as a blank.
    number: specified.replace(/^ (?=\d)/, '+'),
    country: read('country', country, /^[A-Za-z]{2}$/, 'two letters such as US').toUpperCase(),
    language: read(
      'geocodingLocale',
      geocodingLocale,
      /^[A-Za-z]{2,3}$/,
      'a language such as en',
    ).toLowerCase(),
  };
}

function read(name: string, value: Json, form: RegExp, expected: string): string {
  const text = textOf(value);
  if (form.test(text)) return text;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected ${name} to be ${expected}, got '${text.slice(0, 80)}'.`,
  });
}

function phoneReply(query: PhoneQuery, phone: PhoneDescription): Json {
  return {
    'number-specified': query.specified,
    'number-original': originalFormat(query.number, phone),
    'number-E164': phone.e164,
    'number-international': phone.internationalFormat,
    'number-national': phone.nationalFormat,
    'number-national-short': phone.national,
    'number-type': phone.type,
    'country-code': phone.countryCode,
    'country-code-source': sourceOf(query, phone),
    'country-default': query.country,
    'region-code': phone.region,
    extension: phone.extension,
    'is-possible-number': phone.isPossible,
    'is-valid-number': phone.isValid,
    'is-valid-number-for-region': phone.isValidForRegion,
    'is-premium': phone.isPremium,
    'italian-leading-zero': phone.hasLeadingZero,
    carrier: phone.carrier,
    location: phone.location,
    'time-zone': phone.timeZone,
    'language-specified': query.language,
  };
}

/** The form in which it was sent, with spaces: without the prefix of national calls if it had none. */
function originalFormat(number: string, phone: PhoneDescription): string {
  if (phone.isInternational) return phone.internationalFormat;
  const digits = (text: string): string => text.replace(/\D/g, '');
  if (digits(number) !== phone.national || digits(phone.nationalFormat) === phone.national) {
    return phone.nationalFormat;
  }
  const prefixLength = digits(phone.nationalFormat).length - phone.national.length;
  return phone.nationalFormat.replace(new RegExp(`^(?:\\D*\\d){${prefixLength}}\\s*`), '');
}

function sourceOf({ country }: PhoneQuery, { isInternational, region }: PhoneDescription): string {
  if (isInternational) return 'FROM_NUMBER_WITH_PLUS_SIGN';
  return region === '' || region === country ? 'FROM_DEFAULT_COUNTRY' : 'FROM_NUMBER_WITH_IDD';
}
