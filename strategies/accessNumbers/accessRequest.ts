import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { ServiceError } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import type { AccessRequest } from './accessNumbers.ts';

const DEFAULT_POOL = 'DNIS';
const DEFAULT_CODE_LENGTH = 6;
const DEFAULT_TIMEOUT_S = 30;

/**
 * The number that the fields of a request, and the options of its service, ask for. Throws ServiceError
 * SERVICE_REQUEST_REFUSED.
 */
export function accessRequest(
  options: ServiceOptions,
  fields: Readonly<Record<string, Json>>,
): AccessRequest {
  const read = (name: string): string => givenText(fields[name]) ?? givenText(options[name]) ?? '';
  const withCode = read('_provide_code').toLowerCase() === 'true';
  const length = readInteger('_access_code_length', read('_access_code_length'), {
    min: 4,
    max: 12,
    initial: DEFAULT_CODE_LENGTH,
  });
  const seconds = readInteger('_booking_expiration_timeout', read('_booking_expiration_timeout'), {
    min: 5,
    max: 1800,
    initial: DEFAULT_TIMEOUT_S,
  });
  return {
    pool: read('_resource_group') || DEFAULT_POOL,
    seconds,
    withPool: read('_return_pool_health').toLowerCase() === 'true',
    ...defined({ codeLength: withCode ? length : undefined, phone: givenText(fields._phone_number) }),
  };
}

/** The pool of a service. */
export function poolOf(options: ServiceOptions): string {
  return givenText(options._resource_group) ?? DEFAULT_POOL;
}

/** A parameter that is set: clients of the vendor send "" and "undefined" for one that is not. */
export function givenText(value: Json | undefined): string | undefined {
  const text = textOf(value).trim();
  return text === '' || text === 'undefined' ? undefined : text;
}

function readInteger(
  name: string,
  text: string,
  { min, max, initial }: { readonly min: number; readonly max: number; readonly initial: number },
): number {
  if (text === '') return initial;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ServiceError(
    'SERVICE_REQUEST_REFUSED',
    `Expected ${name} to be a whole number from ${min} to ${max}, got '${text.slice(0, 32)}'.`,
  );
}
