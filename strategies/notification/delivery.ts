import type { Batch } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import { assertNever, defined, type Json, readId, type SessionId } from '../../engine/ports/index.ts';
import type { CometChannel, QueuedNotice } from './cometChannel.ts';
import { type NotificationDetails, NotificationType } from './notificationRequests.ts';
import { type StoredMessages, structured } from './storedMessages.ts';

/** The receiver of one copy of an event. */
export interface Destination {
  readonly details: NotificationDetails;
  readonly authorization?: string;
}

/** One event; `id` is the same for every destination and every attempt. */
export interface Outgoing {
  readonly id: string;
  readonly tag: string;
  readonly message: Json;
  readonly mediaType?: string;
}

/** An event to deliver. Without a message: StoredMessages has it. */
export type DeliveredEvent = Omit<Outgoing, 'message'> & {
  readonly message?: Json;
  /** Bytes of a message that is not given. */
  readonly bytes?: number;
};

/** `retry`: a later attempt may succeed. */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retry: boolean };

/** Posts an event to the URL of a subscriber. Never rejects. */
export type PostEvent = (
  url: string,
  post: { readonly event: Outgoing; readonly authorization?: string },
) => Promise<DeliveryResult>;

const DELIVERED: DeliveryResult = { kind: 'delivered' };

/** Delivers events to destinations of every type. */
export class NotificationDelivery {
  readonly #postEvent: PostEvent;
  readonly #sessions: Pick<Sessions, 'publish'>;
  readonly #comet: CometChannel;
  readonly #messages: StoredMessages;

  constructor(deps: {
    readonly postEvent: PostEvent;
    readonly sessions: Pick<Sessions, 'publish'>;
    readonly comet: CometChannel;
    readonly messages: StoredMessages;
  }) {
    this.#postEvent = deps.postEvent;
    this.#sessions = deps.sessions;
    this.#comet = deps.comet;
    this.#messages = deps.messages;
  }

  /**
   * Delivers one event to one destination. `receipt` becomes part of the commit that delivers to comet; other
   * types need a commit of their own. Faults of the receiver are results, not rejections.
   */
  async deliver(destination: Destination, event: DeliveredEvent, receipt?: Batch): Promise<DeliveryResult> {
    const { details, authorization } = destination;
    if (details.type === NotificationType.COMET) {
      await this.#comet.deliver(details.deviceId, noticeOf(event), receipt);
      return DELIVERED;
    }
    const message = event.message ?? this.#messages.read(event.id);
    if (message === undefined) return failed('its message has expired', { retry: false });
    const { id, tag, mediaType } = event;
    const outgoing: Outgoing = { id, tag, message, ...defined({ mediaType }) };
    switch (details.type) {
      case NotificationType.HTTP_CALLBACK:
        return this.#postEvent(details.deviceId, { event: outgoing, ...defined({ authorization }) });
      case NotificationType.ORS_CALLBACK:
        return this.#toSession(details.deviceId, outgoing);
      case NotificationType.IOS:
      case NotificationType.ANDROID:
      case NotificationType.GCM:
      case NotificationType.FCM:
        return failed(`push of type '${details.type}' is not enabled`, { retry: false });
      default:
        return assertNever(details.type);
    }
  }

  async #toSession(deviceId: string, { id, tag, message }: Outgoing): Promise<DeliveryResult> {
    const sessionId = sessionIdOf(deviceId);
    if (sessionId === undefined) return failed(`'${deviceId}' names no ORS session`, { retry: false });
    try {
      await this.#sessions.publish(sessionId, { name: tag, data: structured(message), id });
      return DELIVERED;
    } catch (error) {
      const isGone = error instanceof HostError && error.code === 'SESSION_NOT_FOUND';
      return failed(error instanceof Error ? error.message : String(error), { retry: !isGone });
    }
  }
}

/** Types that can be delivered now; the mobile push services are not configured. */
export const ENABLED_TYPES: readonly string[] = [
  NotificationType.COMET,
  NotificationType.HTTP_CALLBACK,
  NotificationType.ORS_CALLBACK,
];

/** True for a type that can be delivered now. */
export function isEnabledType(type: string): boolean {
  return ENABLED_TYPES.includes(type);
}

/**
 * The id in a deviceId of type orscb: an ORS session id, or the URL of a session with or without a longer
 * path.
 */
export function sessionIdOf(deviceId: string): SessionId | undefined {
  const found = /^(?:https?:\/\/[^/]+\/.*?session\/)?([A-Za-z0-9]{32})(?:[/?].*)?$/.exec(deviceId)?.[1];
  return readId<SessionId>(found);
}

function noticeOf({ id, tag, message, bytes }: DeliveredEvent): QueuedNotice {
  return message === undefined
    ? { id, tag, ...defined({ bytes }) }
    : { id, tag, message: structured(message) };
}

function failed(reason: string, { retry }: { readonly retry: boolean }): DeliveryResult {
  return { kind: 'failed', reason, retry };
}
