import type { Json } from '../../engine/ports/index.ts';
import type { ServiceOptions } from './options.ts';

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

/** Reasons that the server itself gives; documents give others (gms-api 6.5). */
export const CallbackReason = {
  CANCELLED: 'CANCELLED',
  NOT_AVAILABLE: 'NOT_AVAILABLE',
  FAIL_TIMEOUT_TTL: 'FAIL_TIMEOUT_TTL',
  SUBMIT_ERROR: 'SUBMIT_ERROR',
} as const;

/** One use of a configured service. Times are ms since epoch. */
export interface ServiceInstance {
  readonly id: string;
  /** Name of the configured service. */
  readonly name: string;
  /** callback: has a state and is found by its properties; session: any other service with a document; builtin: without. */
  readonly kind: 'callback' | 'session' | 'builtin';
  readonly state: CallbackState;
  /** Why it is in this state; '' while nobody said. */
  readonly reason: string;
  /** Absent for a builtin service. Fixed when the instance is made, so that starting twice starts one session. */
  readonly sessionId?: string;
  /** Its storage area: the user data. */
  readonly dataId: string;
  readonly options: ServiceOptions;
  /** Parameters of the request that go to the session. */
  readonly params: Readonly<Record<string, Json>>;
  /** Properties by which the instance is found. */
  readonly lookup: Readonly<Record<string, string>>;
  readonly gmsUser?: string;
  /** Whether the customer has been told that an agent is there: chats are refused before that. */
  readonly agentAnnounced: boolean;
  readonly createdAt: number;
  readonly desiredTime: number;
  /** When its time to live is over. */
  readonly expiresAt: number;
}
