import type { Batch } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import type { HttpClient, Json } from '../../engine/ports/index.ts';
import type { CometChannel } from './cometChannel.ts';
import { type NotificationDetails, NotificationType } from './notifications.ts';

/** Where one copy of an event goes. */
export interface Destination {
  readonly details: NotificationDetails;
  readonly authorization?: string;
}

/** One event on its way; `id` is the same for every destination and every attempt. */
export interface Outgoing {
  readonly id: string;
  readonly tag: string;
  readonly message: Json;
  readonly mediaType?: string;
}

/** `retry` says whether a later attempt can succeed. */
export type DeliveryResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly retry: boolean };

/** `receipt`: where the delivery is a commit of its own, it is part of that. */
export type Deliver = (destination: Destination, event: Outgoing, receipt?: Batch) => Promise<DeliveryResult>;

const HTTP_TIMEOUT_MS = 10_000;
const DELIVERED: DeliveryResult = { kind: 'delivered' };

/** Delivers one event to one destination, whatever its type. Never rejects for the receiver's faults. */
export function createDelivery(deps: {
  readonly http: HttpClient;
  readonly sessions: Pick<Sessions, 'publish'>;
  readonly comet: CometChannel;
}): Deliver {
  const byType: { readonly [K in NotificationType]?: Deliver } = {
    [NotificationType.COMET]: toComet,
    [NotificationType.HTTP_CALLBACK]: toUrl,
    [NotificationType.ORS_CALLBACK]: toSession,
  };

  async function toComet(
    { details }: Destination,
    { id, tag, message }: Outgoing,
    receipt?: Batch,
  ): Promise<DeliveryResult> {
    await deps.comet.deliver(details.deviceId, { id, message: structured(message), tag }, receipt);
    return DELIVERED;
  }

  /** "http post to specified url failed or did not return 200": Publish Event. */
  async function toUrl({ details, authorization }: Destination, event: Outgoing): Promise<DeliveryResult> {
    try {
      const reply = await deps.http({
        method: 'POST',
        url: details.deviceId,
        headers: {
          'content-type': 'application/json;charset=UTF-8',
          'idempotency-key': event.id,
          ...(authorization === undefined ? {} : { authorization: withScheme(authorization) }),
        },
        body: JSON.stringify({ ...event, message: asText(event.message) }),
        timeoutMs: HTTP_TIMEOUT_MS,
      });
      if (reply.status === 200) return DELIVERED;
      return failed(`POST ${details.deviceId}: expected 200, got ${reply.status}`, true);
    } catch (error) {
      return failed(`POST ${details.deviceId}: ${messageOf(error)}`, true);
    }
  }

  async function toSession(
    { details }: Destination,
    { id, tag, message }: Outgoing,
  ): Promise<DeliveryResult> {
    const sessionId = sessionIdOf(details.deviceId);
    if (sessionId === undefined) return failed(`'${details.deviceId}' names no ORS session`, false);
    try {
      await deps.sessions.publish(sessionId, { name: tag, data: structured(message), id });
      return DELIVERED;
    } catch (error) {
      const gone = error instanceof HostError && error.code === 'SESSION_NOT_FOUND';
      return failed(messageOf(error), !gone);
    }
  }

  return async (destination, event, receipt) => {
    const deliver = byType[destination.details.type];
    if (!deliver) return failed(`push of type '${destination.details.type}' is not enabled`, false);
    return deliver(destination, event, receipt);
  };
}

/** Types that can be delivered at present; the mobile push services are not configured. */
export function isEnabled(type: NotificationType): boolean {
  return (
    type === NotificationType.COMET ||
    type === NotificationType.HTTP_CALLBACK ||
    type === NotificationType.ORS_CALLBACK
  );
}

/** An ORS session id as it is, or in a URL: `http://host/scxml/session/<id>`, perhaps with more behind. */
export function sessionIdOf(deviceId: string): string | undefined {
  return /^(?:https?:\/\/[^/]+\/.*?session\/)?([A-Za-z0-9]{32})(?:[/?].*)?$/.exec(deviceId)?.[1];
}

/** gms-api 8.2: the message of `service.agentavailable` is published as JSON text and arrives as an object. */
function structured(message: Json): Json {
  if (typeof message !== 'string' || !/^\s*[{[]/.test(message)) return message;
  try {
    return JSON.parse(message) as Json;
  } catch {
    // Text that merely begins like JSON stays text: the service is message-agnostic.
    return message;
  }
}

function asText(message: Json): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}

/** The vendor's example holds bare Basic credentials (gms-api 8.1). */
function withScheme(authorization: string): string {
  return authorization.includes(' ') ? authorization : `Basic ${authorization}`;
}

function failed(reason: string, retry: boolean): DeliveryResult {
  return { kind: 'failed', reason, retry };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
