import type { Json } from '../../engine/ports/index.ts';
import { NotificationError } from './errors.ts';
import { messageBytes } from './storedMessages.ts';

/** How much subscribers and publishers may use. The names are those of the configuration. */
export interface NotificationLimits {
  /** Subscriptions in all. */
  readonly subscriptions: number;
  /** Subscriptions of one subscriber, and of one device: a user of comet, a URL, a session. */
  readonly subscriptionsOfUser: number;
  /** Subscriptions with one filter. */
  readonly subscriptionsOfFilter: number;
  /** Destinations of one event. */
  readonly deliveriesOfPublish: number;
  /** Bytes of the message of a published event, as JSON. */
  readonly messageBytes: number;
}

export const NOTIFICATION_LIMITS: NotificationLimits = {
  subscriptions: 100_000,
  subscriptionsOfUser: 100,
  subscriptionsOfFilter: 2_000,
  deliveriesOfPublish: 5_000,
  messageBytes: 65_536,
};

/** Throws NotificationError QUOTA_EXCEEDED when the message of an event is too large. */
export function requireSmall(
  { tag, message }: { readonly tag: string; readonly message: Json },
  limits: NotificationLimits,
): void {
  const bytes = messageBytes(message);
  if (bytes <= limits.messageBytes) return;
  throw new NotificationError(
    'QUOTA_EXCEEDED',
    `The message of '${tag}' has ${bytes} bytes; limits.notifications.messageBytes is ${limits.messageBytes}.`,
  );
}
