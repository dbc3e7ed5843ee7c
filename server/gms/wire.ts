import type { SessionReply } from '../../engine/host/index.ts';
import { defined, type Json, parseId, textOf } from '../../engine/ports/index.ts';
import { readServiceId, type ServiceId, type StorageId } from '../../strategies/ids/index.ts';
import {
  type CallbackState,
  type CreateService,
  type FindServices,
  isCallbackState,
  type PoolHealth,
  SESSION_EVENTS,
  type ServiceChange,
  type ServiceInstance,
  type SessionEvent,
} from '../../strategies/instances/index.ts';
import type { StorageArea } from '../../strategies/storage/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';

/** Seconds that the Storage API uses for a time to live that is not a number above zero. */
const FALLBACK_TTL_S = 30;
const NO_ID = '' as ServiceId;

/** The id of a storage area in a request. Throws STORAGE_NOT_FOUND. */
export function parseStorageId(raw: unknown): StorageId {
  return parseId<StorageId>(raw, storageNotFound);
}

export function storageNotFound(id: string): WireError {
  return new WireError('STORAGE_NOT_FOUND', { message: `No storage area '${id}', or it has expired.` });
}

/** Storage API, `{ttl}`. Returns milliseconds. `max` in seconds. Throws PARAMETER_INVALID beyond it. */
export function readTtl(text: string, max: number): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seconds <= max) return (seconds > 0 ? seconds : FALLBACK_TTL_S) * 1000;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected a time to live of at most limits.storage.ttl (${max}) seconds, got ${text.slice(0, 32)}.`,
  });
}

/** "Keys may not begin with an underscore." */
export function requireStorageKeys(names: readonly string[]): void {
  const wrong = names.filter((name) => name.startsWith('_') || name === '');
  if (wrong.length > 0) {
    throw new WireError('STORAGE_KEY_INVALID', {
      message: `Keys may not begin with an underscore, got ${wrong.map((name) => `'${name}'`).join(', ')}.`,
    });
  }
}

/** All keys of an area. The value of a file is the URL of its content. */
export function storageReply(area: StorageArea | undefined, urlOf: (key: string) => string): Json {
  return Object.fromEntries(
    Object.entries(area?.values ?? {}).map(([key, value]) => [
      key,
      value.kind === 'json' ? value.value : urlOf(key),
    ]),
  );
}

/**
 * Callback Services API, `_desired_time`: ISO 8601 with a zone. Returns ms since epoch; undefined when
 * absent.
 */
export function readInstant(value: Json | undefined, name: string): number | undefined {
  if (value === undefined || value === null || value === '') {
    return undefined;
  }
  const text = typeof value === 'string' ? value.trim() : '';
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})$/.exec(text);
  const zone = parts?.[2]?.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2');
  const instant = parts ? Date.parse(`${parts[1]}${zone}`) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected ${name} as '2013-05-28T15:30:00.000Z', got ${JSON.stringify(value)}.`,
    });
  }
  return instant;
}

/**
 * The fields that name the device for the notifications of a service, as the documents read them. Throws
 * PARAMETER_INVALID.
 */
export function deviceIn({ _device_os: type, _device_notification_id: id }: Form): {
  /** In lower case; '' if the request has none. */
  readonly type: string;
  readonly id: string;
} {
  const read = (name: string, field: Json | undefined): string => {
    if (typeof field !== 'object' || field === null) return textOf(field).trim();
    throw new WireError('PARAMETER_INVALID', { message: `Expected ${name} to be a text, got JSON.` });
  };
  return { type: read('_device_os', type).toLowerCase(), id: read('_device_notification_id', id) };
}

/** A create request: the fields for the session, the desired time, and a state that is forced. */
export function readCreate(form: Form): Pick<CreateService, 'fields' | 'desiredTime' | 'state' | 'reason'> {
  const desiredTime = readInstant(form._desired_time, '_desired_time');
  if (form._callback_state === undefined) return { fields: form, ...defined({ desiredTime }) };
  const { _callback_state, _callback_reason: reason, ...fields } = form;
  return {
    fields,
    state: readState(_callback_state),
    ...defined({ desiredTime, reason: typeof reason === 'string' ? reason : undefined }),
  };
}

/**
 * PUT of a callback: {"_callback_state", "_reason"}, `_new_desired_time`, other properties. `_callback_event`
 * is ours.
 */
export function readChange(form: Form): ServiceChange {
  const {
    _callback_state: stateText,
    _reason: reason,
    _callback_reason,
    _callback_event: event,
    _new_desired_time,
    ...fields
  } = form;
  const desiredTime = readInstant(_new_desired_time, '_new_desired_time');
  // "The _callback_state is incompatible with the _new_desired_time property": the latter discards it.
  const state = stateText === undefined || desiredTime !== undefined ? undefined : readState(stateText);
  const given = reason ?? _callback_reason;
  if (Object.keys(form).length === 0) {
    throw new WireError('PARAMETER_MISSING', {
      message: 'Expected _new_desired_time, _callback_state or properties of the callback, got none.',
    });
  }
  return {
    fields,
    ...defined({
      state,
      reason: given === undefined || given === null ? undefined : String(given),
      event: event === undefined ? undefined : readEvent(event),
      desiredTime,
    }),
  };
}

function readEvent(value: Json): SessionEvent {
  const found = SESSION_EVENTS.find((event) => event === value);
  if (found !== undefined) return found;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected _callback_event to be ${SESSION_EVENTS.join(', ')}, got ${JSON.stringify(value).slice(0, 80)}.`,
  });
}

/** DELETE of a callback. */
export function readCancel(query: Form): { readonly withoutSession: boolean } {
  const text = textOf(query.discard_ors_failure ?? 'false').toLowerCase();
  if (text === 'true' || text === 'false') return { withoutSession: text === 'true' };
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected discard_ors_failure to be true or false, got '${text.slice(0, 80)}'.`,
  });
}

/** Query-Callback. Every parameter that is not a filter of the API is a property of the customer. */
export function readFind(query: Form, name?: string): FindServices {
  const {
    operand,
    _id,
    _callback_state: stateText,
    _desired_time_from,
    _desired_time_to,
    ...properties
  } = query;
  return {
    properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, textOf(value)])),
    operand: readOperand(operand),
    ...defined({
      name,
      // A text that is no id is the id of no callback.
      id: _id === undefined ? undefined : (readServiceId(_id) ?? NO_ID),
      state: stateText === undefined ? undefined : readStateFilter(textOf(stateText)),
      desiredFrom: readInstant(_desired_time_from, '_desired_time_from'),
      desiredTo: readInstant(_desired_time_to, '_desired_time_to'),
    }),
  };
}

/** The answer to a create request: the answer of the session, and the id of the service. */
function createReply(instance: ServiceInstance, reply: SessionReply | undefined): Json {
  const body = reply?.body;
  if (body === undefined || body === null || typeof body !== 'object' || Array.isArray(body)) {
    return { _id: instance.id, ...defined({ _response: body ?? undefined }) };
  }
  return { ...body, _id: instance.id };
}

/** The answer to the request that created an instance. `reply`: of its session, if it has one. */
export function startReply(instance: ServiceInstance, reply: SessionReply | undefined): Json {
  if (instance.kind !== 'builtin') return createReply(instance, reply);
  return instance.access === undefined ? requestChatReply(instance) : interactionReply(instance);
}

/** The booked number of an instance of request-interaction. */
export function interactionReply({ id, access }: Pick<ServiceInstance, 'id' | 'access'>): Json {
  return {
    _id: id,
    ...defined({
      _access_number: access?.number,
      _access_code: access?.code,
      _expiration_time: access && String(access.seconds),
      _pool_health: access?.pool && poolReply(access.pool),
    }),
  };
}

/** The page says that measures of the pool are in the reply, and names none: the fields are ours. */
function poolReply({ numbers, booked }: PoolHealth): Json {
  return { numbers, booked, free: numbers - booked };
}

/** "request-chat": with _verbose the reply also has the URL that creates the chat. */
function requestChatReply(instance: ServiceInstance): Json {
  const verbose = textOf(instance.params._verbose).toLowerCase() === 'true';
  const createUrl = verbose ? `/genesys/1/service/${instance.id}/ixn/chat` : undefined;
  return { _id: instance.id, ...defined({ '_chatIxnAPI-CREATE-URL': createUrl }) };
}

/** True when the session sends its customer to the chat, which means that an agent is available. */
export function opensChat(body: Json): boolean {
  return typeof body === 'object' && body !== null && !Array.isArray(body) && '_action' in body
    ? body._action === 'StartChat'
    : false;
}

export function readState(value: Json): CallbackState {
  if (typeof value === 'string' && isCallbackState(value)) {
    return value;
  }
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected _callback_state to be SCHEDULED, QUEUED, ROUTING, PROCESSING, PAUSED or COMPLETED, got ${JSON.stringify(value)}.`,
  });
}

/** `COMPLETED`, `!COMPLETED`, and both in quotes, as the reference prints them. */
export function readStateFilter(text: string): NonNullable<FindServices['state']> {
  const plain = withoutQuotes(text);
  return plain.startsWith('!')
    ? { isNot: readState(withoutQuotes(plain.slice(1))) }
    : { is: readState(plain) };
}

export function withoutQuotes(text: string): string {
  return text.trim().replace(/^(['"])(.*)\1$/, '$2');
}

function readOperand(value: Json | undefined): 'AND' | 'OR' {
  const text = value === undefined ? 'AND' : textOf(value).toUpperCase();
  if (text === 'AND' || text === 'OR') {
    return text;
  }
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected operand to be AND or OR, got ${JSON.stringify(value)}.`,
  });
}
