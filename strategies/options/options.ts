import { dictionary } from '../../engine/ports/index.ts';
import { GENERAL_OPTIONS } from './generalOptions.ts';
import { NOTIFICATION_OPTIONS } from './notificationOptions.ts';
import type { OptionRows } from './optionRow.ts';
import { QUEUEING_OPTIONS } from './queueingOptions.ts';
import { REPORTING_OPTIONS } from './reportingOptions.ts';
import { SCHEDULING_OPTIONS } from './schedulingOptions.ts';
import { VOICE_OPTIONS } from './voiceOptions.ts';

/**
 * The options of a callback service (gms-api 4.2, gms-8.5.2 7). All values are text, as in the platform's
 * configuration; durations are in seconds. Options without an initial value are checked when they are set. A
 * service may have other options of its own. docs/reference/options.md is generated from this table.
 */
export const CALLBACK_OPTIONS: OptionRows = dictionary({
  ...GENERAL_OPTIONS,
  ...QUEUEING_OPTIONS,
  ...SCHEDULING_OPTIONS,
  ...NOTIFICATION_OPTIONS,
  ...REPORTING_OPTIONS,
  ...VOICE_OPTIONS,
});

/** Options of a service as configured or merged: name to text. */
export type ServiceOptions = Readonly<Record<string, string>>;

const ACCESS_SERVICES: readonly string[] = ['request-interaction', 'request-access'];
const ACCESS_OPTIONS: readonly string[] = [
  '_booking_expiration_timeout',
  '_resource_group',
  '_return_pool_health',
];

/** An option that is set and does nothing. */
export interface IneffectiveOption {
  readonly option: string;
  readonly reason: string;
  /** The services that set it. */
  readonly services: readonly string[];
}

/** The options of callback and built-in services that are set and have no effect here, by name. */
export function ineffectiveOptions(
  services: Readonly<Record<string, ServiceOptions>>,
): readonly IneffectiveOption[] {
  const known = Object.entries(services).filter(
    ([, options]) => isCallbackService(options) || options._type === 'builtin',
  );
  return Object.entries(CALLBACK_OPTIONS).flatMap(([option, { noEffect }]) => {
    if (noEffect === undefined) return [];
    const setting = known.filter(
      ([, options]) => (options[option] ?? '').trim() !== '' && !isOfAccess(option, options),
    );
    return setting.length === 0
      ? []
      : [{ option, reason: noEffect, services: setting.map(([name]) => name) }];
  });
}

/** True for an option of the services that book access numbers, which has its effect there. */
function isOfAccess(option: string, { _type, _service = '' }: ServiceOptions): boolean {
  return _type === 'builtin' && ACCESS_SERVICES.includes(_service) && ACCESS_OPTIONS.includes(option);
}

/** The services that need no document. */
export const BUILTIN_SERVICES: readonly string[] = [
  'request-chat',
  'request-chat-poll',
  'request-interaction',
  'request-access',
  'match-interaction',
  'get',
  'urs-stat',
  'office-hours',
  'capacity',
];

/** True for the name of a service that needs no document (option `_service` with `_type=builtin`). */
export function isBuiltin(name: string | undefined): boolean {
  return name !== undefined && BUILTIN_SERVICES.includes(name);
}

/** True for a service whose requests create something that has an id: others only answer. */
export function makesInstances({ _type, _service = '' }: ServiceOptions): boolean {
  if (_type !== 'builtin') return _service !== 'office-hours' && _service !== 'capacity';
  return _service.startsWith('request-') && _service !== 'request-access';
}

/** True for a service of the Callback Services API. gms-api 4.2, `_service`. */
export function isCallbackService(options: ServiceOptions): boolean {
  return options._type === 'ors' && (options._service === 'callback' || options._service_type === 'callback');
}

/** The properties of a request that find a callback. */
export function lookupKeysOf(options: ServiceOptions): readonly string[] {
  return [...namesIn(options._customer_lookup_keys), ...mandatoryKeysOf(options)];
}

/** The properties that a request must have. If neither option is set, the number is one (gms-8.5.2 7). */
export function mandatoryKeysOf(options: ServiceOptions): readonly string[] {
  const mandatory = namesIn(options._mandatory_customer_lookup_keys);
  const isNeitherSet = mandatory.length === 0 && namesIn(options._customer_lookup_keys).length === 0;
  return isNeitherSet ? ['_customer_number'] : mandatory;
}

/** The names in an option of type `names`. */
export function namesIn(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
