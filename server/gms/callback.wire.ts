import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { DAY_MS, MINUTE_MS } from '../../strategies/calendar/index.ts';
import { type Cancellation, MAX_CANCELLED, type QueuesQuery } from '../../strategies/callback/index.ts';
import { readServiceId, type ServiceId } from '../../strategies/ids/index.ts';
import type { ServiceInstance } from '../../strategies/instances/index.ts';
import { MAX_OFFICE_DAYS, type OfficeDays } from '../../strategies/slots/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';
import { instantText, readCount } from './readRange.ts';
import { readInstant, readState, readStateFilter, withoutQuotes } from './wire.ts';

/** gms-api 5: the default window of the queues, around now. */
const WINDOW = { beforeMs: 15 * MINUTE_MS, afterMs: 24 * 60 * MINUTE_MS };
const MAX_OF_QUEUE = 500;
const DAYS_OF_WEEK = 7;
const MAX_DATE = Date.UTC(9999, 0, 1) - DAY_MS;
/** Highest value of `max`. */
export const MAX_LISTED_CALLBACKS = 10_000;
const MAX_REASON_CHARS = 200;
/** Columns of a report. */
const MAX_REPORTED_PROPERTIES = 100;

/** gms-8.5.2 1.2: the defaults of the section `callback`. */
export const DEFAULT_FILTER_KEYS =
  '_callback_state,_callback_reason,_request_queue_time_stat,_request_ewt_service,_vq';
export const DEFAULT_RETURNED_KEYS =
  '_desired_time,_callback_state,_callback_state,_callback_reason,_ors_session_id';
const REPORTED = [
  '_service_id',
  '_service_name',
  '_customer_number',
  '_desired_time',
  '_callback_state',
  '_callback_reason',
];

/** The parts of the server that a record of a callback needs. */
export interface RecordContext {
  readonly baseUrl: string;
  /** Names of further properties in a record (option returned-keys). */
  readonly returnedKeys: readonly string[];
  readonly userData: (callback: ServiceInstance) => Readonly<Record<string, Json>>;
}

/** A record of a callback in the replies of queries, all of it texts. gms-8.5.2 1.2. */
export function callbackRecord(
  instance: ServiceInstance,
  { baseUrl, returnedKeys, userData }: RecordContext,
): Readonly<Record<string, string>> {
  const url = `${baseUrl}/genesys/1/service/callback/${encodeURIComponent(instance.name)}/${instance.id}`;
  const returned = returnedKeys.map((name) => [name, propertyOf(instance, name, userData)]);
  return {
    ...Object.fromEntries(returned.filter(([, value]) => value !== '')),
    ...instance.lookup,
    _id: instance.id,
    _service_name: instance.name,
    _callback_state: instance.state,
    ...defined({ _callback_reason: instance.reason || undefined }),
    _desired_time: new Date(instance.desiredTime).toISOString(),
    _expiration_time: new Date(instance.expiresAt).toISOString(),
    _data_id: instance.dataId,
    _url: url,
    url,
  };
}

/** A property of a callback, or a key of its user data, as text; '' if it has none of this name. */
export function propertyOf(
  instance: ServiceInstance,
  name: string,
  userData: RecordContext['userData'],
): string {
  switch (name) {
    case '_id':
    case '_service_id':
      return instance.id;
    case '_service_name':
      return instance.name;
    case '_callback_state':
      return instance.state;
    case '_callback_reason':
      return instance.reason;
    case '_desired_time':
      return new Date(instance.desiredTime).toISOString();
    case '_expiration_time':
      return new Date(instance.expiresAt).toISOString();
    case '_ors_session_id':
      return instance.sessionId ?? '';
    case '_vq':
      return propertyOf(instance, '_urs_virtual_queue', userData);
    default:
      return textOf(
        ownOf(instance.lookup, name) ??
          ownOf(instance.params, name) ??
          ownOf(instance.options, name) ??
          (name.startsWith('_') ? undefined : ownOf(userData(instance), name)),
      );
  }
}

function ownOf(values: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Queries by queues. Parameters that are no filter keys are ignored. */
export function readQueues(
  query: Form,
  {
    now,
    filterKeys,
    userData,
  }: {
    readonly now: number;
    readonly filterKeys: readonly string[];
    readonly userData: RecordContext['userData'];
  },
): QueuesQuery {
  const { target, start_time, end_time, states, max } = query;
  const from = readInstant(start_time, 'start_time') ?? now - WINDOW.beforeMs;
  const to = readInstant(end_time, 'end_time') ?? Math.max(from, now) + WINDOW.afterMs;
  if (to < from) throw invalid('end_time', 'a time that is not before start_time', textOf(end_time));
  const named = states === undefined ? [] : String(states).split(',').map(withoutQuotes);
  const known = new Set<string>(named.filter((text) => text !== '').map(readState));
  const filters = filterKeys.filter((name) => query[name] !== undefined);
  const tests = filters.map((name) => filterOf(name, textOf(query[name]), userData));
  return {
    ...defined({ service: target === undefined ? undefined : String(target) }),
    from,
    to,
    max: max === undefined ? MAX_OF_QUEUE : readMax(textOf(max)),
    matches: (callback) =>
      (known.size === 0 || known.has(callback.state)) && tests.every((test) => test(callback)),
  };
}

function filterOf(
  name: string,
  text: string,
  userData: RecordContext['userData'],
): (callback: ServiceInstance) => boolean {
  if (name !== '_callback_state') return (callback) => propertyOf(callback, name, userData) === text;
  const filter = readStateFilter(text);
  return ({ state }) => ('is' in filter ? state === filter.is : state !== filter.isNot);
}

function readMax(text: string): number {
  const max = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (max >= 1 && max <= MAX_LISTED_CALLBACKS) return max;
  throw invalid('max', `a number from 1 to MAX_LISTED_CALLBACKS (${MAX_LISTED_CALLBACKS})`, text);
}

/** The names of services in a query; a name may be repeated. */
export function readServiceNames({ service_name: names = [] }: Form): readonly string[] {
  return [names].flat().map(String);
}

export function watermarksReply(waiting: ReadonlyMap<string, number>): Json {
  return {
    services: Object.fromEntries(waiting),
    total: [...waiting.values()].reduce((sum, count) => sum + count, 0),
  };
}

/** Days of a calendar: `service`, `date` as '2026-03-29', `days`. Throws PARAMETER_MISSING or -INVALID. */
export function readOfficeDays({ service, date, ...query }: Form): {
  readonly service: string;
  readonly date?: number;
  readonly count: number;
} {
  if (typeof service !== 'string' || service === '') {
    throw new WireError('PARAMETER_MISSING', { message: 'Expected service, the name of one, got none.' });
  }
  const count = readCount(query, 'days', 1) ?? DAYS_OF_WEEK;
  if (count > MAX_OFFICE_DAYS) {
    throw invalid('days', `at most MAX_OFFICE_DAYS (${MAX_OFFICE_DAYS})`, String(count));
  }
  return { service, count, ...defined({ date: date === undefined ? undefined : readDate(textOf(date)) }) };
}

/** Midnight of a date, as if it were in UTC. Some days at either end of the calendar have no instants. */
function readDate(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  const isDate = !Number.isNaN(at) && instantText(at).startsWith(text);
  if (isDate && at >= 0 && at <= MAX_DATE) return at;
  throw invalid('date', "a date from 1970 to 9998, such as '2026-03-29'", text);
}

export function officeDaysReply(service: string, { zone, slotMinutes, now, latest, days }: OfficeDays): Json {
  const period = ({ start, end }: { readonly start: number; readonly end: number }) => ({
    start: instantText(start),
    end: instantText(end),
  });
  return {
    service,
    timezone: zone,
    slotMinutes,
    now: instantText(now),
    latest: instantText(latest),
    days: days.map((day) => ({
      date: day.date,
      ...period(day),
      open: day.open.map(period),
      slots: day.slots.map(({ start, free, total }) => ({ start: instantText(start), free, total })),
    })),
  };
}

/** Bulk cancel: `{"reason", "ids"}`. */
export function readBulkCancel({ reason, ids }: Form): {
  readonly reason: string;
  readonly ids: readonly { readonly given: string; readonly id: ServiceId | undefined }[];
} {
  if (typeof ids !== 'object' || !Array.isArray(ids) || ids.length === 0 || ids.length > MAX_CANCELLED) {
    const got = Array.isArray(ids) ? `${ids.length}` : JSON.stringify(ids ?? null);
    throw invalid('ids', `a list of 1 to MAX_CANCELLED (${MAX_CANCELLED}) ids`, got);
  }
  const wrong = ids.find((id) => typeof id !== 'string');
  if (wrong !== undefined) throw invalid('ids', 'a list of texts', JSON.stringify(wrong));
  return {
    reason: readReason('reason', reason),
    ids: ids.map((given) => ({ given: String(given), id: readServiceId(given) })),
  };
}

export function bulkCancelReply(results: readonly Cancellation[]): Json {
  return results.map(({ id, refusal }) => ({
    _id: id,
    cancelled: refusal === undefined,
    ...defined({ message: refusal }),
  }));
}

/** `{"callback_reason", "exported_properties"}`. */
export function readReport({ callback_reason: reason, exported_properties: names = REPORTED }: Form): {
  readonly reason: string;
  readonly names: readonly string[];
} {
  const isList = Array.isArray(names) && names.length > 0 && names.length <= MAX_REPORTED_PROPERTIES;
  if (!isList || !names.every((name) => typeof name === 'string')) {
    const limit = `MAX_REPORTED_PROPERTIES (${MAX_REPORTED_PROPERTIES})`;
    throw invalid('exported_properties', `a list of 1 to ${limit} names`, JSON.stringify(names));
  }
  return { reason: readReason('callback_reason', reason), names: names as string[] };
}

function readReason(name: string, reason: Json | undefined): string {
  if (typeof reason === 'string' && reason !== '' && reason.length <= MAX_REASON_CHARS) return reason;
  throw invalid(name, `a text of 1 to ${MAX_REASON_CHARS} characters`, JSON.stringify(reason ?? null));
}

function invalid(name: string, expected: string, got: string): WireError {
  return new WireError('PARAMETER_INVALID', {
    message: `Expected ${name} to be ${expected}, got ${got.slice(0, 80)}.`,
  });
}
