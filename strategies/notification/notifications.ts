import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

/** How a notification reaches its subscriber. gms-api 8.1. */
export const NotificationType = {
  COMET: 'comet',
  HTTP_CALLBACK: 'httpcb',
  ORS_CALLBACK: 'orscb',
  IOS: 'ios',
  ANDROID: 'android',
  GCM: 'gcm',
  FCM: 'fcm',
} as const;
export type NotificationType = (typeof NotificationType)[keyof typeof NotificationType];

export interface NotificationDetails {
  readonly type: NotificationType;
  /** comet: the gms_user. httpcb: an http(s) URL. orscb: an ORS session id, or a URL of one. Else a device token. */
  readonly deviceId: string;
  readonly properties?: { readonly [name: string]: Json | undefined };
}

export interface SubscriptionRequest {
  readonly subscriberId: string;
  /** A tag, `tag.*` or `*`. */
  readonly filter: string;
  readonly notificationDetails: NotificationDetails;
  /** httpcb: value of the Authorization header; without a scheme it is taken as Basic credentials. */
  readonly authorization?: string;
  /** Seconds until the subscription ends. Default: one day. */
  readonly expire?: number;
  readonly providerName?: string;
  readonly language?: string;
}

export interface NotificationEvent {
  readonly tag: string;
  /** Text; text that is a JSON object or array reaches CometD clients as that object. Default: ''. */
  readonly message?: Json;
  readonly mediaType?: string;
  readonly providerName?: string;
  /** One more device to deliver to, beside the subscriptions. */
  readonly notificationDetails?: NotificationDetails;
  /** Idempotency key: no destination gets the event twice. It counts for this tag. */
  readonly key?: string;
}

/** An event to publish as a durable task. */
export interface NotificationTask extends NotificationEvent {
  /** The task's idempotency key. */
  readonly key: string;
  /** Events of one lane arrive in the order of their commit. */
  readonly lane?: string;
}

/** Subscriptions to tags, and events delivered to all that match. gms-api 8. */
export interface Notifications {
  /**
   * With an idempotency key that came before, the same subscription. Rejects with NotificationError
   * SUBSCRIPTION_INVALID, or TYPE_NOT_ENABLED.
   */
  subscribe(request: SubscriptionRequest, key?: string): Promise<{ readonly id: string }>;
  /** False when there is no such subscription. */
  unsubscribe(id: string): Promise<boolean>;
  /** False when the subscriber has none. */
  unsubscribeSubscriber(subscriberId: string): Promise<boolean>;
  /**
   * Resolves when every matching subscription, and the device of notificationDetails, has it (for comet: when
   * it is durably queued). Rejects with NotificationError EVENT_INVALID, or DELIVERY_FAILED after all were tried:
   * repeated with its key, those who have it already are passed over.
   */
  publish(event: NotificationEvent): Promise<void>;
  /** The same as a durable task, to be joined into the caller's commit. Throws NotificationError EVENT_INVALID. */
  publishBatch(event: NotificationTask): Batch;
}
