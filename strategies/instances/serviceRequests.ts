import type { SessionReply } from '../../engine/host/index.ts';
import type { Json, SessionId } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import type { OptionSender } from '../options/index.ts';
import type { CallbackState, ServiceInstance, SessionEvent } from './serviceInstance.ts';

/** A new instance, and the reply of its session. */
export interface CreatedService {
  readonly instance: ServiceInstance;
  /** Absent when the service has no session, or starts later. */
  readonly reply?: SessionReply;
}

/** The service that a request names. */
export interface ServiceUse {
  readonly name: string;
  /** 'callback': only callback services; 'service': only the others. */
  readonly scope: 'callback' | 'service';
  /** Idempotency key, of this service. */
  readonly key?: string;
}

export interface CreateService extends ServiceUse {
  /** Absent: customer. */
  readonly sender?: OptionSender;
  /** All fields. Those that begin with an underscore go to the session; the others are user data. */
  readonly fields: Readonly<Record<string, Json>>;
  readonly files: readonly {
    readonly key: string;
    readonly contentType: string;
    readonly bytes: Uint8Array;
  }[];
  /** A header of the request, which may be counted (option _throttle_request_parameters). */
  readonly header?: (name: string) => string | undefined;
  readonly gmsUser?: string;
  /** The session whose document asks for it. */
  readonly startedBy?: SessionId;
  /** Whose limits count for the user data. */
  readonly account?: string | undefined;
  /** ms since epoch; absent: now. */
  readonly desiredTime?: number;
  /** Only of callbacks. Absent: by the desired time. */
  readonly state?: CallbackState;
  /** With the state COMPLETED. */
  readonly reason?: string;
}

/** A report about a callback. */
export interface ServiceChange {
  /** Absent: customer. */
  readonly sender?: OptionSender;
  /** The session whose document reports; absent: another system. */
  readonly reporter?: SessionId;
  readonly state?: CallbackState;
  readonly reason?: string;
  /** For other systems that want to know; it changes nothing. */
  readonly event?: SessionEvent;
  /** ms since epoch; only for a scheduled callback. */
  readonly desiredTime?: number;
  /** Other properties, split as in CreateService. */
  readonly fields: Readonly<Record<string, Json>>;
}

/** A search for callbacks by their properties. */
export interface FindServices {
  /** Absent: all callback services. */
  readonly name?: string;
  readonly id?: ServiceId;
  readonly properties: Readonly<Record<string, string>>;
  readonly operand: 'AND' | 'OR';
  readonly state?: { readonly is: CallbackState } | { readonly isNot: CallbackState };
  /** ms since epoch, inclusive. */
  readonly desiredFrom?: number;
  readonly desiredTo?: number;
}

/** A property that finds a customer (option _customer_lookup_keys), and its value. */
export interface CustomerProperty {
  readonly name: string;
  readonly value: string;
}
