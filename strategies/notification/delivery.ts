import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import { defined, type Json, type Log, readId, type SessionId, shortUrls } from '../../engine/ports/index.ts';
import type { CometChannel, QueuedNotice } from './cometChannel.ts';
import { isDebugOf, type MobilePush, type PushResult } from './mobilePush.ts';
import {
  MediaType,
  messageText,
  type NotificationDetails,
  type NotificationLook,
  NotificationType,
  type Resend,
  type SubscriptionId,
} from './notificationRequests.ts';
import type { PushOptions } from './pushOptions.ts';
import { type StoredMessages, structured } from './storedMessages.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

/** The receiver of one copy of an event. */
export interface Destination {
  readonly details: NotificationDetails;
  readonly authorization?: string;
  /** The push provider of a mobile device. */
  readonly providerName?: string;
  /** The language of a localized message. */
  readonly language?: string;
  /** The subscriptions that end when the receiver does not exist any more. */
  readonly subscriptions?: readonly SubscriptionId[];
  /** The thing that named the receiver, and learns that it does not exist any more. */
  readonly holder?: string;
  readonly resend?: Resend;
}

/** The change that follows when the receiver that a holder named does not exist any more. */
export type ReceiverGone = (holder: string, details: NotificationDetails) => Batch;

/** One event; `id` is the same for every destination and every attempt. */
export interface Outgoing {
  readonly id: string;
  readonly tag: string;
  readonly message: Json;
  readonly mediaType?: MediaType;
  readonly properties?: PushOptions;
  readonly look?: NotificationLook;
}

/** An event to deliver. Without a message: StoredMessages has it. */
export type DeliveredEvent = Omit<Outgoing, 'message'> & {
  readonly message?: Json;
  /** Bytes of a message that is not given. */
  readonly bytes?: number;
};

export type DeliveryResult = PushResult;

/** Posts an event to the URL of a subscriber. Never rejects. */
export type PostEvent = (
  url: string,
  post: { readonly event: Outgoing; readonly authorization?: string },
) => Promise<DeliveryResult>;

const DELIVERED: DeliveryResult = { kind: 'delivered' };

/** Delivers events to destinations of every type. */
export class NotificationDelivery {
  readonly #durable: Durable;
  readonly #log: Log;
  readonly #subscriptions: Subscriptions;
  readonly #postEvent: PostEvent;
  readonly #sessions: Pick<Sessions, 'publish'>;
  readonly #comet: CometChannel;
  readonly #messages: StoredMessages;
  readonly #push: MobilePush;
  #receiverGone: ReceiverGone = () => ({});

  constructor(deps: {
    readonly durable: Durable;
    readonly log: Log;
    readonly subscriptions: Subscriptions;
    readonly postEvent: PostEvent;
    readonly sessions: Pick<Sessions, 'publish'>;
    readonly comet: CometChannel;
    readonly messages: StoredMessages;
    readonly push: MobilePush;
  }) {
    this.#durable = deps.durable;
    this.#log = deps.log;
    this.#subscriptions = deps.subscriptions;
    this.#postEvent = deps.postEvent;
    this.#sessions = deps.sessions;
    this.#comet = deps.comet;
    this.#messages = deps.messages;
    this.#push = deps.push;
  }

  /** Calls the listener for each receiver that is gone, and commits its batch. */
  onReceiverGone(listener: ReceiverGone): void {
    this.#receiverGone = listener;
  }

  /**
   * Delivers one event to one destination. `receipt` becomes part of the commit that delivers to comet; other
   * types need a commit of their own. Faults of the receiver are results, not rejections. A receiver that is
   * gone has no subscriptions afterwards (N6).
   */
  async deliver(destination: Destination, event: DeliveredEvent, receipt?: Batch): Promise<DeliveryResult> {
    const result = await this.#send(destination, event, receipt);
    if (result.kind === 'gone') await this.#endSubscriptions(destination, result.reason);
    return result;
  }

  async #send(
    destination: Destination,
    given: DeliveredEvent,
    receipt: Batch | undefined,
  ): Promise<DeliveryResult> {
    const { details, authorization } = destination;
    const event = this.#inLanguageOf(destination, given);
    if (details.type === NotificationType.COMET) {
      await this.#comet.deliver(details.deviceId, noticeOf(event), receipt);
      return DELIVERED;
    }
    const message = event.message ?? this.#messages.read(event.id);
    if (message === undefined) return failed('its message has expired', { retry: false });
    const { bytes: _bytes, ...rest } = event;
    const outgoing: Outgoing = { ...rest, message };
    switch (details.type) {
      case NotificationType.HTTP_CALLBACK:
        return this.#postEvent(details.deviceId, { event: outgoing, ...defined({ authorization }) });
      case NotificationType.ORS_CALLBACK:
        return this.#toSession(details.deviceId, outgoing);
      default:
        return this.#toDevice(destination, outgoing);
    }
  }

  async #endSubscriptions(destination: Destination, reason: string): Promise<void> {
    const { details, holder } = destination;
    const found = await this.#subscriptionsOf(destination);
    // Computed after the search: no other change may come before the commit.
    const forgotten = holder === undefined ? {} : this.#receiverGone(holder, details);
    await this.#durable.commit(joinBatches(this.#subscriptions.removeBatch(found), forgotten));
    const { type } = details;
    const subscriptions = found.map(({ id }) => id);
    this.#log.info(
      { type, subscriptions, reason: shortUrls(reason) },
      'A receiver is gone; its subscriptions have ended.',
    );
  }

  /** A device that a holder named may have subscriptions too, which were not looked for. */
  async #subscriptionsOf({
    details,
    subscriptions,
    holder,
    providerName,
  }: Destination): Promise<readonly Subscription[]> {
    if (holder === undefined) {
      return (subscriptions ?? [])
        .map((id) => this.#subscriptions.get(id))
        .filter((one) => one !== undefined);
    }
    return this.#subscriptions.select(
      ({ notificationDetails: { type, deviceId }, providerName: provider }) =>
        type === details.type && deviceId === details.deviceId && provider === providerName,
    );
  }

  /** gms-api 8.1: without a language, a localized message is treated as a normal one. */
  #inLanguageOf({ language }: Destination, event: DeliveredEvent): DeliveredEvent {
    if (event.mediaType !== MediaType.LOCALIZED || language === undefined) return event;
    const message = event.message ?? this.#messages.read(event.id);
    if (message === undefined || this.#push.messages === undefined) return event;
    const { bytes: _bytes, ...rest } = event;
    return { ...rest, message: this.#push.messages.textOf(message, language) };
  }

  /** gms-api 8.5: the tag is the event's name, and the message its `message`. */
  async #toSession(deviceId: string, { id, tag, message }: Outgoing): Promise<DeliveryResult> {
    const sessionId = sessionIdOf(deviceId);
    if (sessionId === undefined) return failed(`'${deviceId}' names no ORS session`, { retry: false });
    try {
      await this.#sessions.publish(sessionId, { name: tag, data: { message: messageText(message) }, id });
      return DELIVERED;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isGone = error instanceof HostError && error.code === 'SESSION_NOT_FOUND';
      return isGone ? { kind: 'gone', reason } : failed(reason, { retry: true });
    }
  }

  async #toDevice(
    { details, authorization, providerName: provider }: Destination,
    { id, tag, message, look, properties = {} }: Outgoing,
  ): Promise<DeliveryResult> {
    if (!this.#push.isEnabled(details.type)) {
      return failed(`push of type '${details.type}' is not enabled`, { retry: false });
    }
    const chosen = this.#push.connectionOf(details, provider);
    if (chosen === undefined) {
      const kind = isDebugOf(details) ? 'debug' : 'production';
      const whose = provider === undefined ? 'the section push' : `the provider '${provider}'`;
      return failed(`${whose} has no ${kind} connection for type '${details.type}'`, { retry: false });
    }
    const options = this.#push.optionsOf({
      tag,
      provider,
      isDebug: isDebugOf(details),
      given: properties,
      ...defined({ look }),
    });
    return chosen.connection.send({
      id,
      deviceId: details.deviceId,
      message,
      options,
      ...defined({ authorization }),
    });
  }
}

/**
 * The id in a deviceId of type orscb: an ORS session id, or the URL of a session with or without a longer
 * path.
 */
export function sessionIdOf(deviceId: string): SessionId | undefined {
  const found =
    /^(?:https?:\/\/[^/]+\/.*?session\/)?((?:[a-z][a-z0-9-]{0,39}_)?[A-Za-z0-9]{32})(?:[/?].*)?$/.exec(
      deviceId,
    )?.[1];
  return readId<SessionId>(found);
}

export function noticeOf({ id, tag, message, bytes }: DeliveredEvent): QueuedNotice {
  return message === undefined
    ? { id, tag, ...defined({ bytes }) }
    : { id, tag, message: structured(message) };
}

function failed(reason: string, { retry }: { readonly retry: boolean }): DeliveryResult {
  return { kind: 'failed', reason, retry };
}
