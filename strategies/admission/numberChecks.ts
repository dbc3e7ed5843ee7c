import { textOf } from '../../engine/ports/index.ts';
import { ServiceError, type ServiceInstance } from '../instances/index.ts';
import { namesIn, type ServiceOptions } from '../options/index.ts';
import type { Patterns } from '../patterns/index.ts';
import type { PhoneNumbers } from '../phone/index.ts';
import type { AdmissionFacts, NumberFacts } from './admission.ts';

export const CUSTOMER_NUMBER = '_customer_number';

/** The platform's default of `_default_country`. */
const DEFAULT_COUNTRY = 'US';

/** Finds the answers about numbers, which may take a thread or a library that loads first. */
export class NumberExaminer {
  readonly #patterns: Pick<Patterns, 'match'>;
  readonly #phones: Pick<PhoneNumbers, 'examine'>;

  constructor(deps: {
    readonly patterns: Pick<Patterns, 'match'>;
    readonly phones: Pick<PhoneNumbers, 'examine'>;
  }) {
    this.#patterns = deps.patterns;
    this.#phones = deps.phones;
  }

  /** Rejects with PatternError. */
  async examine(number: string, options: ServiceOptions): Promise<NumberFacts> {
    const groups = namesIn(options._exceptions);
    const exception = groups.length === 0 ? undefined : await this.#exception(number, groups);
    if (exception !== undefined) return { number, exception };
    if (checkedFaults(options).length === 0) return { number };
    const fault = await this.#fault(number, options);
    return fault === undefined ? { number } : { number, fault };
  }

  /** A pattern may be written for the number as it is sent, or with a `+` (gms-8.5.2 5). */
  async #exception(number: string, groups: readonly string[]): Promise<NumberFacts['exception']> {
    const forms = { plain: number, international: number.startsWith('+') ? number : `+${number}` };
    for (const group of groups) {
      const matches = await this.#patterns.match(forms, group);
      const pattern = matches.plain ?? matches.international;
      if (pattern !== undefined) return { group, pattern };
    }
    return undefined;
  }

  async #fault(number: string, options: ServiceOptions): Promise<NumberFacts['fault']> {
    const checked = checkedFaults(options);
    const country = (options._default_country ?? DEFAULT_COUNTRY).trim();
    if (country === '') return 'no country';
    const { isPossible, isPremium } = await this.#phones.examine(number, country);
    if (!isPossible) return checked.find((fault) => fault === 'impossible');
    return isPremium ? checked.find((fault) => fault === 'premium') : undefined;
  }
}

function checkedFaults(options: ServiceOptions): readonly ('impossible' | 'premium')[] {
  const isOn = (value: string | undefined): boolean => (value || 'true').trim().toLowerCase() === 'true';
  return [
    ...(isOn(options._disallow_impossible_phone_numbers) ? (['impossible'] as const) : []),
    ...(isOn(options._disallow_premium_phone_numbers) ? (['premium'] as const) : []),
  ];
}

/** gms-api 2.1: the documented message. */
export function rejectException({ numbers }: AdmissionFacts): ServiceError | undefined {
  const { number, exception } = numbers;
  if (exception === undefined) return undefined;
  return new ServiceError(
    'CALLBACK_INVALID',
    `Customer Number [${number}] is not allowed. Check option 'exceptions' : details={${exception.group}=${exception.pattern}}`,
  );
}

/** gms-8.5.2 1.4: the observed messages. */
export function rejectNumber({ numbers, options }: AdmissionFacts): ServiceError | undefined {
  const { number, fault } = numbers;
  switch (fault) {
    case undefined:
      return undefined;
    case 'impossible':
      return new ServiceError(
        'CALLBACK_NUMBER_INVALID',
        `Customer Number [${number}] is disallowed, because it is invalid. Check option _disallow_impossible_phone_numbers`,
      );
    case 'premium':
      return new ServiceError(
        'CALLBACK_NUMBER_INVALID',
        `Customer Number [${number}] is disallowed, because it's a premium number. Check option _disallow_premium_phone_numbers`,
      );
    case 'no country': {
      const on = checkedFaults(options).map((name) => `_disallow_${name}_phone_numbers`);
      return new ServiceError(
        'CALLBACK_NUMBER_INVALID',
        `Service option callbackPhoneNumberValidationService / _default_country is not configured. The option ${on.join(' and ')} is on, and no check is possible without a country.`,
      );
    }
  }
}

/** The number of a callback. */
export function numberIn({ params, lookup }: ServiceInstance): string | undefined {
  return lookup[CUSTOMER_NUMBER] ?? (textOf(params[CUSTOMER_NUMBER]) || undefined);
}
