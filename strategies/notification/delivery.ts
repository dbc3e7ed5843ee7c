import type { Batch } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import { assertNever, defined, type Json, readId, type SessionId } from '../../engine/ports/index.ts';
import type { CometChannel } from './cometChannel.ts';
import { type NotificationDetails, NotificationType } from './notificationRequests.ts';

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

  constructor(deps: {
    readonly postEvent: PostEvent;
    readonly sessions: Pick<Sessions, 'publish'>;
    readonly comet: CometChannel;
  }) {
    this.#postEvent = deps.postEvent;
    this.#sessions = deps.sessions;
    this.#comet = deps.comet;
  }

  /**
   * Delivers one event to one destination. `receipt` becomes part of the commit that delivers to comet; other
   * types need a commit of their own. Faults of the receiver are results, not rejections.
   */
  async deliver(destination: Destination, event: Outgoing, receipt?: Batch): Promise<DeliveryResult> {
    const { details, authorization } = destination;
    switch (details.type) {
      case NotificationType.COMET:
        await this.#comet.deliver(details.deviceId, noticeOf(event), receipt);
        return DELIVERED;
      case NotificationType.HTTP_CALLBACK:
        return this.#postEvent(details.deviceId, { event, ...defined({ authorization }) });
      case NotificationType.ORS_CALLBACK:
        return this.#toSession(details.deviceId, event);
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
export function isEnabled(type: NotificationType): boolean {
  return (
    type === NotificationType.COMET ||
    type === NotificationType.HTTP_CALLBACK ||
    type === NotificationType.ORS_CALLBACK
  );
}

/**
 * The id in a deviceId of type orscb: an ORS session id, or the URL of a session with or without a longer
 * path.
 */
export function sessionIdOf(deviceId: string): SessionId | undefined {
  const found = /^(?:https?:\/\/[^/]+\/.*?session\/)?([A-Za-z0-9]{32})(?:[/?].*)?$/.exec(deviceId)?.[1];
  return readId<SessionId>(found);
}

function noticeOf({ id, tag, message }: Outgoing): Parameters<CometChannel['deliver']>[1] {
  return { id, message: structured(message), tag };
}

/**
 * gms-api 8.2: the message of `service.agentavailable` is published as JSON text and arrives as an object.
 */
function structured(message: Json): Json {
  if (typeof message !== 'string' || !/^\s*[{[]/.test(message)) return message;
  try {
    return JSON.parse(message) as Json;
  } catch {
    // Text that only begins like JSON stays text: messages may have any content.
    return message;
  }
}

function failed(reason: string, { retry }: { readonly retry: boolean }): DeliveryResult {
  return { kind: 'failed', reason, retry };
}
