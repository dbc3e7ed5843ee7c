import { type Json, textOf } from '../../engine/ports/index.ts';
import { LocalizedMessages, type MessageTexts } from './localizedMessages.ts';
import { type NotificationDetails, type NotificationLook, NotificationType } from './notificationRequests.ts';
import { optionsOf, type PushOptions, type PushSections } from './pushOptions.ts';

/** A notification for one device. */
export interface DevicePush {
  /** 32 hexadecimal digits; the same for every attempt. */
  readonly id: string;
  readonly deviceId: string;
  readonly message: Json;
  readonly options: PushOptions;
  /** customhttp: as SubscriptionRequest.authorization. */
  readonly authorization?: string;
}

/**
 * - delivered: `receipt`: the name that the push service gave to the notification.
 * - gone: the push service does not know the device any more.
 * - failed: `retry`: a later attempt may succeed, at the earliest after `retryAfterMs`.
 */
export type PushResult =
  | { readonly kind: 'delivered'; readonly receipt?: string }
  | { readonly kind: 'gone'; readonly reason: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly retry: boolean;
      readonly retryAfterMs?: number;
    };

/** A connection to a push service, with the credentials of one app. */
export interface PushConnection {
  /** Never rejects. */
  send(push: DevicePush): Promise<PushResult>;
  /** Lets the notifications under way end, and then closes what is open. Absent: nothing stays open. */
  close?(): void;
}

/** The push services behind the types of devices. */
export const PUSH_SERVICES = ['fcm', 'apple', 'customhttp'] as const;
export type PushService = (typeof PUSH_SERVICES)[number];

/** A connection of the configuration. Without a provider: the one of the section push. */
export interface ConfiguredConnection {
  readonly service: PushService;
  readonly provider?: string;
  readonly isDebug: boolean;
  readonly connection: PushConnection;
}

export interface PushSettings {
  /** The types of devices that subscribers may name. */
  readonly enabled: readonly NotificationType[];
  readonly providers: readonly string[];
  readonly sections: PushSections;
  readonly connections: readonly ConfiguredConnection[];
  /** Seconds after which a subscription ends that does not say when. */
  readonly defaultExpireSeconds: number;
  /** Undefined: there is no localization file. */
  readonly texts?: MessageTexts;
}

/** The types that need no push service. */
export const PLAIN_TYPES: readonly NotificationType[] = [
  NotificationType.COMET,
  NotificationType.HTTP_CALLBACK,
  NotificationType.ORS_CALLBACK,
];

/** An installation without a push service. */
export const NO_PUSH: PushSettings = {
  enabled: PLAIN_TYPES,
  providers: [],
  sections: {},
  connections: [],
  defaultExpireSeconds: 86_400,
};

/** GCM's and C2DM's devices are reached by FCM, which replaced them. */
export function pushServiceOf(type: NotificationType): PushService | undefined {
  switch (type) {
    case NotificationType.ANDROID:
    case NotificationType.GCM:
    case NotificationType.FCM:
      return 'fcm';
    case NotificationType.IOS:
      return 'apple';
    case NotificationType.CUSTOM_HTTP:
      return 'customhttp';
    default:
      return undefined;
  }
}

/** The connection that reaches a device, and its lane. */
export interface ChosenConnection {
  readonly connection: PushConnection;
  /** Deliveries of different lanes do not wait for each other. */
  readonly lane: number;
}

/** Lanes of deliveries to push services; connections beyond this number share them. */
export const PUSH_LANES = 16;

/** Which push services there are, and what they are told about an event. */
export class MobilePush {
  #settings: PushSettings;
  #messages: LocalizedMessages | undefined;
  readonly #connections = new Map<string, ChosenConnection>();

  constructor(settings: PushSettings) {
    this.#settings = settings;
    this.replace(settings);
  }

  /** Other settings count from now on. Notifications that are under way end with the earlier ones. */
  replace(settings: PushSettings): void {
    this.#settings = settings;
    this.#messages = settings.texts && new LocalizedMessages(settings.texts);
    this.#connections.clear();
    for (const [index, { service, provider, isDebug, connection }] of settings.connections.entries()) {
      const key = connectionKey(service, provider, isDebug);
      this.#connections.set(key, { connection, lane: index % PUSH_LANES });
    }
  }

  get enabled(): readonly NotificationType[] {
    return this.#settings.enabled;
  }

  /** Undefined: there is no localization file. */
  get messages(): LocalizedMessages | undefined {
    return this.#messages;
  }

  get defaultExpireSeconds(): number {
    return this.#settings.defaultExpireSeconds;
  }

  isEnabled(type: string): boolean {
    return (this.enabled as readonly string[]).includes(type);
  }

  get providers(): readonly string[] {
    return this.#settings.providers;
  }

  /** The connection of the provider, or that of the section push. Undefined: there is none. */
  connectionOf(device: NotificationDetails, provider: string | undefined): ChosenConnection | undefined {
    const service = pushServiceOf(device.type);
    if (service === undefined) return undefined;
    const isDebug = isDebugOf(device);
    const own = this.#connections.get(connectionKey(service, provider, isDebug));
    return own ?? this.#connections.get(connectionKey(service, undefined, isDebug));
  }

  /** The lane of deliveries to a mobile device. Undefined: the device has no connection, or needs none. */
  laneOf(device: NotificationDetails, provider: string | undefined): number | undefined {
    return this.connectionOf(device, provider)?.lane;
  }

  /** The options of an event for a subscription of this provider. */
  optionsOf(event: {
    readonly tag: string;
    readonly provider: string | undefined;
    readonly isDebug: boolean;
    readonly given: PushOptions;
    readonly look?: NotificationLook;
  }): PushOptions {
    return optionsOf(this.#settings.sections, event);
  }
}

/** gms-api 8.1: the debug connection is used if `properties.debug` is debug or true. */
export function isDebugOf({ properties }: NotificationDetails): boolean {
  return /^(?:debug|true)$/i.test(textOf(properties?.debug as Json | undefined));
}

function connectionKey(service: PushService, provider: string | undefined, isDebug: boolean): string {
  return `${service} ${isDebug} ${provider ?? ''}`;
}
