import { type Json, parseId, type SessionId } from '../../engine/ports/index.ts';
import type { ServiceId, StorageId } from '../ids/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import { ServiceError } from './errors.ts';

/** gms-api 6.5. PAUSED came with 8.5.109. */
export const CallbackState = {
  SCHEDULED: 'SCHEDULED',
  QUEUED: 'QUEUED',
  ROUTING: 'ROUTING',
  PROCESSING: 'PROCESSING',
  PAUSED: 'PAUSED',
  COMPLETED: 'COMPLETED',
} as const;
export type CallbackState = (typeof CallbackState)[keyof typeof CallbackState];

export function isCallbackState(text: string): text is CallbackState {
  return Object.hasOwn(CallbackState, text);
}

/** Events that a session reports of its callback; those of dialling need telephony. gms-api 4.9. */
export const SESSION_EVENTS = [
  'service_create',
  'virtual_ixn_create',
  'customer_queued',
  'target_found',
  'route_to_agent',
  'service_exit',
] as const;
export type SessionEvent = (typeof SESSION_EVENTS)[number];

/** Reasons that the server gives; documents give others (gms-api 6.5). */
export const CallbackReason = {
  CANCELLED: 'CANCELLED',
  NOT_AVAILABLE: 'NOT_AVAILABLE',
  FAIL_TIMEOUT_TTL: 'FAIL_TIMEOUT_TTL',
  SUBMIT_ERROR: 'SUBMIT_ERROR',
} as const;

/** An access number that is reserved for a service, until the customer calls it. */
export interface AccessBooking {
  readonly serviceId: ServiceId;
  readonly number: string;
  readonly code?: string;
  /** The number of the customer: calls of others do not match. */
  readonly phone?: string;
  /** Seconds for which it was booked. */
  readonly seconds: number;
  /** The pool after the booking, where the service tells it. */
  readonly pool?: PoolHealth;
}

/** The numbers of a pool, and those with a booking. */
export interface PoolHealth {
  readonly numbers: number;
  readonly booked: number;
}

/** One use of a configured service. Times are ms since epoch. */
export interface ServiceInstance {
  readonly id: ServiceId;
  /** Name of the configured service. */
  readonly name: string;
  /**
   * callback: has a state, and is found by its properties. session: another service with a document. builtin:
   * has no document.
   */
  readonly kind: 'callback' | 'session' | 'builtin';
  readonly state: CallbackState;
  /** Reason for the state; '' while none was given. */
  readonly reason: string;
  /**
   * Absent for a builtin service. Fixed when the instance is created, so that starting it twice starts one
   * session.
   */
  readonly sessionId?: SessionId;
  /** Its storage area: the user data. */
  readonly dataId: StorageId;
  readonly options: ServiceOptions;
  /** Parameters of the request that go to the session. */
  readonly params: Readonly<Record<string, Json>>;
  /** Properties that find the instance. */
  readonly lookup: Readonly<Record<string, string>>;
  readonly gmsUser?: string;
  /** The session whose document created it. */
  readonly startedBy?: SessionId;
  /** The customer was told that an agent is available; chats are refused before that. */
  readonly agentAnnounced: boolean;
  /** When a notification first told the customer so. Absent: none did, or an earlier release stored it. */
  readonly announcedAt?: number;
  /** When a request of the customer was first answered by opening the chat. */
  readonly confirmedAt?: number;
  readonly createdAt: number;
  readonly desiredTime: number;
  /** Its session has started, and waits until its service is not paused any more. */
  readonly held?: true;
  /** Failed attempts to start a scheduled callback. */
  readonly submitAttempts?: number;
  /** It has a place in the time slot of this time; absent: it has none. */
  readonly bookedFor?: number;
  /** End of its time to live. */
  readonly expiresAt: number;
  /** The number that its customer calls (built-in service request-interaction). */
  readonly access?: AccessBooking;
  /** A waiting callback: the time until which it counts as one (ExpiringCounts). */
  readonly countedUntil?: number;
}

/** Narrows to an instance that exists and is not completed. */
export function isOpen(instance: ServiceInstance | undefined): instance is ServiceInstance {
  return instance !== undefined && instance.state !== CallbackState.COMPLETED;
}

/** A callback that waits or is served: it has begun, and has not ended. */
export function isWaiting({ kind, state }: ServiceInstance): boolean {
  return kind === 'callback' && state !== CallbackState.SCHEDULED && state !== CallbackState.COMPLETED;
}

/** The built-in service whose client asks until an agent is available. */
export const CHAT_POLL = 'request-chat-poll';

/** Why a service opens no chat now, as a sentence; undefined: it may. */
export function chatRefusal({ id, name, kind, state, reason, options }: ServiceInstance): string | undefined {
  if (kind === 'callback' && state === CallbackState.COMPLETED) {
    return `The callback '${id}' is completed (${reason}) and opens no chat.`;
  }
  const hasChat =
    options._media_type?.toLowerCase() === 'chat' ||
    (options._chat_endpoint ?? '') !== '' ||
    (kind === 'builtin' && (options._service === 'request-chat' || options._service === CHAT_POLL));
  return hasChat ? undefined : `The service '${name}' has no chat: its option _media_type is not 'chat'.`;
}

/** The id of a service instance in a request. Throws ServiceError SERVICE_NOT_FOUND. */
export function parseServiceId(raw: unknown): ServiceId {
  return parseId<ServiceId>(raw, (text) => new ServiceError('SERVICE_NOT_FOUND', text));
}

/** The id of a callback in a request. Throws ServiceError CALLBACK_NOT_FOUND. */
export function parseCallbackId(raw: unknown): ServiceId {
  return parseId<ServiceId>(raw, (text) => noSuchCallback(text));
}

/** gms-api 2.2, 2.4: the documented message. `purpose`: `to cancel`, for a cancellation. */
export function noSuchCallback(id: string, purpose?: 'to cancel'): ServiceError {
  const request = purpose === undefined ? 'request' : `request ${purpose}`;
  return new ServiceError('CALLBACK_NOT_FOUND', `No such ${request}: [${id}]`);
}
