import type { SessionReply } from '../../engine/host/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { CallbackState, ServiceInstance } from './serviceInstance.ts';

/** Services in use: what GMS' Service API and Callback Services API do. Rejects with ServiceError. */
export interface Services {
  get(id: string): ServiceInstance | undefined;
  /** The service that a session serves. */
  bySession(sessionId: string): ServiceInstance | undefined;
  /**
   * Makes an instance of a configured service, its storage area, and its session, and asks the session to
   * `start`. Resolves with the session's reply; without one when the service has no session or starts later.
   * With a key that came before, within a day, for the same service: as `repeat`.
   */
  create(request: CreateService): Promise<CreatedService>;
  /**
   * What an earlier request with this key made, as that one was or would have been answered; undefined: there was
   * none. It can be asked before the rest of a repetition is looked at. The repetition of one that was broken off
   * starts its session.
   */
  repeat(use: ServiceUse): Promise<CreatedService | undefined>;
  /** A request of the client, passed to the instance's session. */
  request(
    id: string,
    request: {
      readonly name: string;
      readonly data: Readonly<Record<string, Json>>;
      /** Idempotency key: a repetition gets the same reply. */
      readonly id?: string;
    },
  ): Promise<SessionReply>;
  /** Ends a callback for its customer: CANCELLED, and its session is told. */
  cancel(name: string, id: string): Promise<void>;
  /** What a document (or an administrator) reports of a callback. */
  update(name: string, id: string, change: ServiceChange): Promise<void>;
  /** Callbacks by their properties, oldest first. */
  find(query: FindServices): readonly ServiceInstance[];
  /** The customer has been told that an agent is there: from now on a chat may begin. */
  announce(id: string): Promise<void>;
  /** Removes the instance and its storage; its session is told to end. */
  remove(id: string): Promise<void>;
}

export interface CreatedService {
  readonly instance: ServiceInstance;
  readonly reply?: SessionReply;
}

/** Which service is asked for. */
export interface ServiceUse {
  readonly name: string;
  /** 'callback': only services under /service/callback; 'service': the others. */
  readonly scope: 'callback' | 'service';
  /** Idempotency key: it counts for this service. */
  readonly key?: string;
}

export interface CreateService extends ServiceUse {
  /** All fields: those that begin with an underscore go to the session, the others are user data. */
  readonly fields: Readonly<Record<string, Json>>;
  readonly files: readonly {
    readonly key: string;
    readonly contentType: string;
    readonly bytes: Uint8Array;
  }[];
  readonly gmsUser?: string;
  /** ms since epoch; absent: now. */
  readonly desiredTime?: number;
}

export interface ServiceChange {
  readonly state?: CallbackState;
  readonly reason?: string;
  /** ms since epoch: for a callback that has not begun. */
  readonly desiredTime?: number;
  /** Other properties, split as in CreateService. */
  readonly fields: Readonly<Record<string, Json>>;
}

export interface FindServices {
  /** Absent: of all callback services. */
  readonly name?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly operand: 'AND' | 'OR';
  readonly state?: { readonly is: CallbackState } | { readonly isNot: CallbackState };
  /** ms since epoch, inclusive. */
  readonly desiredFrom?: number;
  readonly desiredTo?: number;
}
