import { type Branded, type Json, readId } from '../../engine/ports/index.ts';
import type { PushOptions } from './pushOptions.ts';

/** Id of a subscription to notifications: a UUID. */
export type SubscriptionId = Branded<'SubscriptionId'>;

/** A subscription's id in a request. Undefined: no subscription can have it. */
export const readSubscriptionId = (raw: unknown): SubscriptionId | undefined => readId<SubscriptionId>(raw);

/** The ways in which a notification reaches its subscriber. gms-api 8.1. */
export const NotificationType = {
  COMET: 'comet',
  HTTP_CALLBACK: 'httpcb',
  ORS_CALLBACK: 'orscb',
  IOS: 'ios',
  ANDROID: 'android',
  GCM: 'gcm',
  FCM: 'fcm',
  CUSTOM_HTTP: 'customhttp',
} as const;
export type NotificationType = (typeof NotificationType)[keyof typeof NotificationType];

/** localizestring: each subscriber with a language gets the text of the localization file in it. */
export const MediaType = { STRING: 'string', LOCALIZED: 'localizestring' } as const;
export type MediaType = (typeof MediaType)[keyof typeof MediaType];

export interface NotificationDetails {
  readonly type: NotificationType;
  /**
   * comet: the gms_user. httpcb: an http(s) URL. orscb: an ORS session id, or a URL of one. customhttp: any
   * text that its receiver knows. Else a device token.
   */
  readonly deviceId: string;
  readonly properties?: { readonly [name: string]: Json | undefined };
}

export interface SubscriptionRequest {
  readonly subscriberId: string;
  /** The gms_user of the customer who subscribes; absent: another sender does. */
  readonly owner?: string;
  /** A tag, `tag.*` or `*`. */
  readonly filter: string;
  readonly notificationDetails: NotificationDetails;
  /** httpcb, customhttp: value of the Authorization header. A value without a scheme is Basic credentials. */
  readonly authorization?: string;
  /** Seconds until the subscription ends. Default: push.defaultSubscriptionExpiration. */
  readonly expire?: number;
  /** The push provider of the device. Default: the section push. */
  readonly providerName?: string;
  /** The language of messages of mediaType localizestring, such as 'de' or 'en_US'. */
  readonly language?: string;
}

export interface NotificationEvent {
  readonly tag: string;
  /** Text. CometD clients get text that is a JSON object or array as that object or array. Default: ''. */
  readonly message?: Json;
  /** Default: string. */
  readonly mediaType?: MediaType;
  /** The push provider of devices whose subscriptions name none. */
  readonly providerName?: string;
  /** Options of the notification on mobile devices; others have no meaning. */
  readonly properties?: { readonly [name: string]: Json | undefined };
  /** One more destination, besides the subscriptions. */
  readonly notificationDetails?: NotificationDetails;
  /** Idempotency key, of this tag: no destination gets the event twice. */
  readonly key?: string;
}

/** How an event looks on a mobile device. */
export interface NotificationLook {
  readonly defaults: PushOptions;
  /** Stands for `%s` in the texts of the configuration. */
  readonly party: string;
}

/** never: the first failure is the last attempt. Else ms between the attempts. */
export type Resend = 'never' | { readonly delayMs: number };

/** An event to publish as a durable task. */
export interface NotificationTask extends NotificationEvent {
  /** The task's idempotency key. */
  readonly key: string;
  /** Events of one lane arrive in the order of their commit. Their keys begin with the lane. */
  readonly lane?: string;
  /** Only the device of notificationDetails gets the event, and no subscription. */
  readonly direct?: true;
  /** The thing that named the device, in a direct event: it learns that the device is gone. */
  readonly holder?: string;
  /** Attempts after one that failed; absent: as for other events. */
  readonly resend?: Resend;
  /** The texts of the event where the configuration has none. */
  readonly look?: NotificationLook;
  /** The device of this subscription gets the event too while the gms_user of the event is not connected. */
  readonly whenAway?: SubscriptionId;
  /** Nobody but this device gets the event. */
  readonly awayOnly?: true;
}

/** Messages are texts (gms-api 8.2); a publisher who sends an object means its JSON text. */
export function messageText(message: Json): string {
  return typeof message === 'string' ? message : JSON.stringify(message);
}
