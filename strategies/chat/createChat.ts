import { defined, type Ids, type Json, type SessionId, textOf } from '../../engine/ports/index.ts';
import type { InteractionId, ServiceId, StorageId } from '../ids/index.ts';
import type { SubscriptionId } from '../notification/index.ts';
import { type AwayNotice, type ChatRecord, clientOf } from './chatRecord.ts';
import { CUSTOMER_ID, Visibility } from './party.ts';
import type { PushTarget } from './pushTarget.ts';

const ASYNC_MODE = 'GCTI_Chat_AsyncMode';

/** The request for a chat. */
export interface CreateChat {
  readonly serviceId?: ServiceId;
  /** The chat service of Chat V2, in place of a service instance. */
  readonly chatService?: string;
  readonly sessionId?: SessionId;
  readonly dataId?: StorageId;
  readonly nickname: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly subject: string;
  /** User data of the service; the chat attaches it to the interaction. */
  readonly userData: { readonly [name: string]: Json };
  readonly notifyBy?: 'comet';
  readonly gmsUser?: string;
  /** Properties that find the customer of the service. */
  readonly lookup?: Readonly<Record<string, string>>;
  /** Interaction queue that the chat enters. */
  readonly queue: string;
  readonly subscriptionId?: SubscriptionId;
  /** Types of entries that this subscription does not get. */
  readonly quietEvents?: readonly string[];
  /** Notices about messages that a customer who is away has not got; only with `notifyBy`. */
  readonly awayNotice?: AwayNotice;
  /** The device that gets the entries. */
  readonly pushTo?: PushTarget;
  /**
   * A customer who sends no request and keeps no CometD connection for this long has left, and the chat ends;
   * 0: never.
   */
  readonly clientTimeoutMs: number;
}

/**
 * User data that the chat attaches to its interaction; documents read it by these names. The fldn names are
 * documented (gms-api 7.1). The three ids tell inbound_chat which service,
 * session and storage area the chat belongs to. The platform's names for them are not documented (gms-api 5);
 * these are ours.
 */
export function interactionUserData(request: CreateChat): Record<string, Json> {
  const own: Record<string, string | undefined> = {
    fldnFirstName: request.firstName,
    fldnLastName: request.lastName,
    fldnEmailAddress: request.email,
    Subject: request.subject,
    _id: request.serviceId,
    _ors_session_id: request.sessionId,
    _data_id: request.dataId,
  };
  const present = Object.entries(own).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...request.userData, ...Object.fromEntries(present) };
}

/** Whether user data asks for the asynchronous mode. gms-api 7.5. */
export function isAsyncMode(userData: { readonly [name: string]: Json }): boolean {
  return Object.hasOwn(userData, ASYNC_MODE) && /^true$/i.test(textOf(userData[ASYNC_MODE]));
}

/** The record of a new chat without entries. */
export function newChat(
  request: CreateChat,
  given: { readonly id: InteractionId; readonly ids: Ids; readonly now: number },
): ChatRecord {
  const { serviceId, chatService, nickname, subject, notifyBy, gmsUser } = request;
  const { lookup, subscriptionId, quietEvents, awayNotice, pushTo } = request;
  const isAsync = chatService !== undefined && isAsyncMode(request.userData) ? (true as const) : undefined;
  const clientTimeoutMs = request.clientTimeoutMs > 0 ? request.clientTimeoutMs : undefined;
  return {
    id: given.id,
    ...defined({ serviceId, chatService, isAsync }),
    nickname,
    subject,
    userId: given.ids.hex(16).toUpperCase(),
    secureKey: given.ids.hex(16),
    startedAt: given.now,
    status: { kind: 'open' },
    position: 1,
    shown: 1,
    ...(pushTo !== undefined && { pushTo, pushedSince: given.now }),
    participants: [{ ...clientOf(request), id: CUSTOMER_ID, visibility: Visibility.ALL, isPresent: true }],
    ...defined({ notifyBy, gmsUser, lookup, subscriptionId, quietEvents, awayNotice, clientTimeoutMs }),
  };
}
