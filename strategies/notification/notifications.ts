import {
  type Batch,
  type Durable,
  type KeyedEffect,
  keyedBy,
  Once,
  recordKey,
} from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  defined,
  type Ids,
  type Log,
  ownId,
  pushAll,
  shortUrls,
} from '../../engine/ports/index.ts';
import {
  checkEvent,
  checkSubscription,
  deviceProblem,
  requireEnabled,
  requireSession,
} from './checkRequest.ts';
import type { CometChannel } from './cometChannel.ts';
import {
  type DeliveredEvent,
  type DeliveryResult,
  type Destination,
  NotificationDelivery,
  type Outgoing,
  type PostEvent,
  type ReceiverGone,
} from './delivery.ts';
import { DestinationFinder } from './destinationFinder.ts';
import { addressOf, deliveryGroupsOf } from './destinations.ts';
import { NotificationError } from './errors.ts';
import { type NotificationLimits, requireSmall } from './limits.ts';
import type { MessageUse } from './localizedMessages.ts';
import { MessageSharing } from './messageSharing.ts';
import type { MobilePush } from './mobilePush.ts';
import {
  type NotificationDetails,
  type NotificationEvent,
  type NotificationTask,
  NotificationType,
  type SubscriptionId,
  type SubscriptionRequest,
} from './notificationRequests.ts';
import { NotificationTasks } from './notificationTasks.ts';
import type { PushOptions } from './pushOptions.ts';
import { StoredMessages } from './storedMessages.ts';
import type { Subscription } from './subscriptions.ts';
import { Subscriptions } from './subscriptions.ts';

/** Failures that a message names. */
const MAX_REASONS = 10;

/** Whether the things of an owner exist for the sender of a request. */
type Sees = (owner: string | undefined) => boolean;

const everything: Sees = () => true;

/** The result for one destination. */
type Delivered = DeliveryResult & Pick<Destination, 'details'>;

/**
 * Subscriptions to tags, and the delivery of events to all subscriptions that match. gms-api 8.
 *
 * N1. An event gets one id when it is published; every copy and every attempt has this id.
 * N2. A destination gets an event once, even if several of its subscriptions match.
 * N3. The id of an event with a key follows from the key. A receipt records each destination that has the
 *     event: in the commit that delivers it, or after a delivery outside the store. There the receiver
 *     recognises a repetition by the id of the event.
 * N4. As a task: one task finds the destinations. If there are several, each gets a task of its own, so that
 *     a receiver that fails is tried again while the others get the event once.
 *     Devices get tasks of kinds of their own, one for each lane of push services: a slow service delays
 *     nobody else.
 * N5. A long message is stored once for all destinations. Deliveries come in groups, each in commits of
 *     its own, so that no commit is large and other commits come between them.
 * N6. A receiver that does not exist any more ends the subscriptions that named it.
 * N7. An event for the CometD clients of one user alone is queued for them by the commit of its change, and
 *     needs no task, unless an earlier event of its lane still is one.
 */
export class Notifications {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #once: Once;
  readonly #subscriptions: Subscriptions;
  readonly #comet: CometChannel;
  readonly #sessions: Pick<Sessions, 'publish' | 'query'>;
  readonly #push: MobilePush;
  readonly #delivery: NotificationDelivery;
  readonly #sharing: MessageSharing;
  readonly #limits: NotificationLimits;
  readonly #finder: DestinationFinder;
  readonly #tasks: NotificationTasks;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly postEvent: PostEvent;
    readonly sessions: Pick<Sessions, 'publish' | 'query'>;
    readonly comet: CometChannel;
    readonly push: MobilePush;
    readonly limits: NotificationLimits;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#once = new Once(deps);
    this.#subscriptions = new Subscriptions(deps);
    const messages = new StoredMessages(deps.durable);
    this.#sharing = new MessageSharing({ ...deps, messages });
    this.#comet = deps.comet;
    this.#sessions = deps.sessions;
    this.#push = deps.push;
    this.#delivery = new NotificationDelivery({
      ...deps,
      subscriptions: this.#subscriptions,
      messages,
    });
    this.#limits = deps.limits;
    this.#finder = new DestinationFinder({ ...deps, subscriptions: this.#subscriptions });
    this.#tasks = new NotificationTasks({
      ...deps,
      finder: this.#finder,
      delivery: this.#delivery,
      messages,
      sharing: this.#sharing,
    });
  }

  /**
   * Adds a subscription. A key that this subscriber used before gets the same subscription. Rejects with
   * NotificationError SUBSCRIPTION_INVALID, TYPE_NOT_ENABLED or QUOTA_EXCEEDED.
   */
  async subscribe(request: SubscriptionRequest, key?: string): Promise<{ readonly id: SubscriptionId }> {
    const keyed = keyedBy(key, 'notification.subscribe', request.subscriberId);
    const isRepeated = keyed !== undefined && (await this.#once.earlier(keyed)) !== undefined;
    if (!isRepeated) await requireSession(request, this.#sessions);
    return this.#once.commit(keyed, () => this.#subscribed(request));
  }

  /** Why no device of this kind can be reached now; undefined: it can. */
  deviceProblem(device: NotificationDetails, providerName: string | undefined): string | undefined {
    return deviceProblem(device, providerName, this.#push);
  }

  /** A text of the localization file; undefined: it has no such message. */
  localizedText(use: MessageUse, language: string): string | undefined {
    return this.#push.messages?.find(use, language);
  }

  /** The number of subscriptions that name a provider. */
  async subscriptionsTo(providerName: string): Promise<number> {
    return (await this.#subscriptions.select((one) => one.providerName === providerName)).length;
  }

  /** Whether the subscription exists for the sender of a request. */
  has(id: SubscriptionId, sees: Sees): boolean {
    const subscription = this.#subscriptions.get(id);
    return subscription !== undefined && sees(subscription.owner);
  }

  /**
   * Removes a subscription; resolves with false when it is unknown. `sees` tells whether the subscriptions of
   * an owner exist for the sender of the request.
   */
  async unsubscribe(id: SubscriptionId, sees: Sees = everything): Promise<boolean> {
    const found = [this.#subscriptions.get(id)].filter((one) => one !== undefined && sees(one.owner));
    await this.#durable.commit(this.#subscriptions.removeBatch(found as Subscription[]));
    return found.length > 0;
  }

  /** Removes all subscriptions of a subscriber; resolves with false when there is none. */
  async unsubscribeSubscriber(subscriberId: string, sees: Sees = everything): Promise<boolean> {
    const found = this.#subscriptions.ofSubscriber(subscriberId).filter(({ owner }) => sees(owner));
    await this.#durable.commit(this.#subscriptions.removeBatch(found));
    return found.length > 0;
  }

  /**
   * Removes the subscriptions and waiting notices of these users, and the subscriptions that name one of the
   * ids. Resolves with their numbers.
   */
  async forget(
    users: ReadonlySet<string>,
    ids: ReadonlySet<string>,
  ): Promise<{ readonly subscriptions: number; readonly notices: number }> {
    const found = await this.#subscriptions.select(({ subscriberId, filter, notificationDetails }) => {
      const { deviceId } = notificationDetails;
      const isTheirs = users.has(subscriberId) || users.has(deviceId);
      return isTheirs || [...ids].some((id) => filter.includes(id) || deviceId.includes(id));
    });
    await this.#durable.commit(this.#subscriptions.removeBatch(found));
    let notices = 0;
    for (const user of users) {
      const forgotten = this.#comet.forgetBatch(user);
      await this.#durable.commit(forgotten.batch);
      notices += forgotten.notices;
    }
    return { subscriptions: found.length, notices };
  }

  /** NotificationDelivery.onReceiverGone. */
  onReceiverGone(listener: ReceiverGone): void {
    this.#delivery.onReceiverGone(listener);
  }

  /** Cancels the tasks of publishBatch whose keys begin with this text, and their deliveries. */
  cancelBatch(keyPrefix: string): Batch {
    return this.#tasks.cancelBatch(keyPrefix);
  }

  /**
   * Delivers an event. Resolves when every matching subscription, and the device of notificationDetails, has
   * it (comet: when it is durably queued). Rejects with NotificationError EVENT_INVALID or QUOTA_EXCEEDED, or
   * with DELIVERY_FAILED after all destinations were tried; a repetition with the same key skips the
   * destinations that have the event.
   */
  publish(event: NotificationEvent): Promise<void> {
    const keyed = keyedBy(event.key, 'notification.publish', event.tag);
    return this.#once.perform(keyed, () => this.#deliverToAll(event, keyed));
  }

  /** Delivers an event after the commit that the batch joins. Throws NotificationError EVENT_INVALID. */
  publishBatch({
    key,
    lane,
    whenAway,
    awayOnly,
    direct,
    holder,
    resend,
    look,
    ...event
  }: NotificationTask): Batch {
    const { notificationDetails: details, providerName } = event;
    return this.#tasks.publishBatch({
      key,
      lane,
      event: { ...this.#outgoing(event, this.#ids.hex(32)), ...defined({ look }) },
      own: defined({ details, providerName, whenAway, awayOnly, direct, holder, resend }),
    });
  }

  #subscribed(request: SubscriptionRequest): {
    readonly batch: Batch;
    readonly answer: { readonly id: SubscriptionId };
  } {
    checkSubscription(request, this.#push);
    const id = ownId<SubscriptionId>(`${this.#ids.prefix}${this.#ids.uuid()}`);
    const expiresAt = this.#clock.now() + (request.expire ?? this.#push.defaultExpireSeconds) * 1000;
    return { batch: this.#subscriptions.addBatch({ ...request, id, expiresAt }), answer: { id } };
  }

  async #deliverToAll(event: NotificationEvent, keyed: KeyedEffect | undefined): Promise<void> {
    const id = keyed === undefined ? this.#ids.hex(32) : recordKey(keyed).slice(0, 32);
    const copy = this.#outgoing(event, id);
    requireSmall(copy, this.#limits);
    const { notificationDetails: details, providerName } = event;
    const destinations = this.#finder.find(copy, defined({ details, providerName }));
    const { comet, others } = deliveryGroupsOf(destinations, (one) =>
      this.#push.laneOf(one.details, one.providerName),
    );
    const results = await this.#sharing.during(copy, destinations.length, async (shared) => {
      const all: Delivered[] = [];
      const deliverChannel = async (groups: readonly (readonly Destination[])[]): Promise<void> => {
        for (const group of groups) {
          pushAll(all, await Promise.all(group.map((one) => this.#deliverOnce(one, shared, keyed))));
        }
      };
      await deliverChannel(comet);
      await Promise.all(others.map(deliverChannel));
      return all;
    });
    const failures = results.filter(hasFailed);
    if (failures.length === 0) return;
    const shown = failures.slice(0, MAX_REASONS);
    const reasons = shown
      .map(({ reason, details: { type, deviceId } }) => `${type} '${deviceId}': ${reason}`)
      .join('; ');
    const logged = shown.map(({ reason, details: { type } }) => `${type}: ${shortUrls(reason)}`).join('; ');
    this.#log.warn({ tag: event.tag, reasons: logged }, 'A notification could not be delivered everywhere.');
    // The other destinations have the event.
    if (details !== undefined) requireEnabled(details.type, this.#push);
    const isRetryable = failures.some((failure) => failure.kind === 'failed' && failure.retry);
    const isOwn = failures.some((failure) => details && addressOf(failure.details) === addressOf(details));
    if (failures.length < results.length && !isRetryable && !isOwn) return;
    throw new NotificationError(
      'DELIVERY_FAILED',
      `The notification could not be delivered to ${failures.length} of ${results.length} destinations: ${reasons}.`,
    );
  }

  /** N3. */
  async #deliverOnce(
    destination: Destination,
    event: DeliveredEvent,
    keyed: KeyedEffect | undefined,
  ): Promise<Delivered> {
    const { details } = destination;
    const copy = keyed && { scope: [...keyed.scope, 'to', addressOf(details)], key: keyed.key };
    if (copy !== undefined && (await this.#once.earlier(copy)) !== undefined) {
      return { kind: 'delivered', details };
    }
    const receipt = copy && this.#once.doneBatch(copy);
    const result = await this.#delivery.deliver(destination, event, receipt);
    const isCommitted = receipt === undefined || details.type === NotificationType.COMET;
    if (result.kind === 'delivered' && !isCommitted) await this.#durable.commit(receipt);
    return { ...result, details };
  }

  /** Throws NotificationError EVENT_INVALID. */
  #outgoing(event: NotificationEvent, id: string): Outgoing {
    checkEvent(event, this.#push);
    const { tag, message = '', mediaType, properties } = event;
    return { id, tag, message, ...defined({ mediaType, properties: properties as PushOptions | undefined }) };
  }
}

function hasFailed(result: Delivered): result is Exclude<Delivered, { readonly kind: 'delivered' }> {
  return result.kind !== 'delivered';
}
