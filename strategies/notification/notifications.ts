import {
  type Batch,
  type Durable,
  joinBatches,
  type KeyedEffect,
  keyedBy,
  Once,
  Postponed,
  recordKey,
} from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  defined,
  type Ids,
  type Json,
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
} from './delivery.ts';
import { addressOf, DELIVERIES_IN_A_COMMIT, deliveryGroupsOf, eachOnce, groupsOf } from './destinations.ts';
import { NotificationError } from './errors.ts';
import { type NotificationLimits, requireSmall } from './limits.ts';
import type { MessageUse } from './localizedMessages.ts';
import { MobilePush, PUSH_LANES, type PushSettings, pushServiceOf } from './mobilePush.ts';
import {
  MediaType,
  type NotificationDetails,
  type NotificationEvent,
  type NotificationTask,
  NotificationType,
  type SubscriptionId,
  type SubscriptionRequest,
} from './notificationRequests.ts';
import type { PushOptions } from './pushOptions.ts';
import { messageBytes, StoredMessages } from './storedMessages.ts';
import type { Subscription } from './subscriptions.ts';
import { Subscriptions } from './subscriptions.ts';

/** Failures that a message names. */
const MAX_REASONS = 10;

/** A push service may be down for some minutes. */
const MAX_PUSH_ATTEMPTS = 20;
/** Deliveries of one lane to push services that are under way at one time. */
const PUSHES_AT_ONCE = 64;
/** Age at which a push is given up, however long its service asks to wait. */
const MAX_PUSH_AGE_MS = 3_600_000;

const PUBLISH = 'notification.publish';
const DELIVER = 'notification.deliver';
const PUSH = 'notification.push';

/** Whether the things of an owner exist for the sender of a request. */
type Sees = (owner: string | undefined) => boolean;

const everything: Sees = () => true;

interface PublishPayload {
  readonly key: string;
  readonly lane?: string;
  readonly event: Outgoing;
  readonly details?: NotificationDetails;
  readonly providerName?: string;
  readonly whenAway?: SubscriptionId;
  readonly direct?: true;
}

type FailedDelivery = Extract<DeliveryResult, { readonly kind: 'failed' }>;

/** The result for one destination. */
type Delivered = DeliveryResult & Pick<Destination, 'details'>;

/** The device that the event itself names, and its provider. */
interface OwnDestination {
  readonly details?: NotificationDetails;
  readonly providerName?: string;
  readonly whenAway?: SubscriptionId;
  readonly direct?: true;
}

interface DeliverPayload {
  readonly destination: Destination;
  readonly event: DeliveredEvent;
  /** ms since epoch; absent in tasks of earlier versions. */
  readonly at?: number;
}

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
  readonly #messages: StoredMessages;
  readonly #limits: NotificationLimits;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly postEvent: PostEvent;
    readonly sessions: Pick<Sessions, 'publish' | 'query'>;
    readonly comet: CometChannel;
    readonly push: PushSettings;
    readonly limits: NotificationLimits;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#once = new Once(deps);
    this.#subscriptions = new Subscriptions(deps);
    this.#messages = new StoredMessages(deps.durable);
    this.#comet = deps.comet;
    this.#sessions = deps.sessions;
    this.#push = new MobilePush(deps.push);
    this.#delivery = new NotificationDelivery({ ...deps, messages: this.#messages, push: this.#push });
    this.#limits = deps.limits;
    deps.durable.onTask(PUBLISH, (payload: PublishPayload) => this.#publishTask(payload));
    const deliver = (payload: DeliverPayload, { key }: { readonly key: string }): Promise<void> =>
      this.#deliverTask(payload, key);
    deps.durable.onTask(DELIVER, deliver);
    const options = { maxAttempts: MAX_PUSH_ATTEMPTS, maxRunning: PUSHES_AT_ONCE };
    for (let lane = 0; lane < PUSH_LANES; lane += 1) {
      deps.durable.onTask(`${PUSH}.${lane}`, deliver, options);
    }
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

  /** Cancels the tasks of publishBatch whose keys begin with this text, and their deliveries. */
  cancelBatch(keyPrefix: string): Batch {
    return { cancel: this.#durable.taskKeys(`${PUBLISH} ${keyPrefix}`) };
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

  /** Delivers an event as a durable task of the caller's commit. Throws NotificationError EVENT_INVALID. */
  publishBatch({ key, lane, whenAway, direct, look, ...event }: NotificationTask): Batch {
    const payload: PublishPayload = {
      key: `${PUBLISH} ${key}`,
      event: { ...this.#outgoing(event, this.#ids.hex(32)), ...defined({ look }) },
      ...defined({ lane, details: event.notificationDetails, providerName: event.providerName }),
      ...defined({ whenAway, direct }),
    };
    const task = {
      key: payload.key,
      kind: PUBLISH,
      payload: payload as unknown as Json,
      dueAt: this.#clock.now(),
      ...defined({ lane: lane && `${PUBLISH} ${lane}` }),
    };
    return { schedule: [task] };
  }

  #subscribed(request: SubscriptionRequest): {
    readonly batch: Batch;
    readonly answer: { readonly id: SubscriptionId };
  } {
    checkSubscription(request, this.#push);
    const id = ownId<SubscriptionId>(this.#ids.uuid());
    const expiresAt = this.#clock.now() + (request.expire ?? this.#push.defaultExpireSeconds) * 1000;
    return { batch: this.#subscriptions.addBatch({ ...request, id, expiresAt }), answer: { id } };
  }

  async #publishTask({ key, lane, event, ...own }: PublishPayload): Promise<void> {
    let destinations: readonly Destination[];
    try {
      destinations = this.#destinationsOf(event, own);
    } catch (error) {
      // Another attempt would fail as well, and the tasks of the lane after it would wait.
      this.#log.error({ tag: event.tag, err: error }, 'A notification was dropped.');
      return;
    }
    const [first] = destinations;
    if (first !== undefined && destinations.length === 1 && this.#laneOf(first) === undefined) {
      return this.#deliverTask({ destination: first, event }, key);
    }
    const at = this.#clock.now();
    const tasks = destinations.map((destination, index) => ({
      key: `${key}>${index}`,
      destination,
      ...defined({ lane: lane && `${lane}>${addressOf(destination.details)}` }),
    }));
    await this.#sharing(event, destinations.length, async (shared) => {
      for (const group of groupsOf(tasks, DELIVERIES_IN_A_COMMIT)) {
        const schedule = group.map(({ destination, ...task }) => ({
          ...task,
          kind: this.#kindOf(destination),
          payload: { destination, event: shared, at } as unknown as Json,
          dueAt: at,
        }));
        const uses = isStored(shared)
          ? group.map((task) => this.#messages.useBatch(shared.id, { use: task.key, now: at }))
          : [];
        await this.#durable.commit(joinBatches({ schedule }, ...uses));
      }
    });
  }

  /** `use`: the key of the task, by which it uses a stored message. */
  async #deliverTask({ destination, event, at }: DeliverPayload, use: string): Promise<void> {
    const result = await this.#delivery.deliver(destination, event);
    if (result.kind === 'failed' && result.retry) throw this.#laterAttempt(result, at);
    if (result.kind === 'gone') await this.#endSubscriptions(destination, result.reason);
    if (result.kind !== 'delivered') {
      this.#log.warn(
        { tag: event.tag, reason: shortUrls(result.reason) },
        'A notification could not be delivered.',
      );
    }
    if (isStored(event)) await this.#durable.commit(this.#messages.releaseBatch(event.id, use));
  }

  /** The error that makes a task wait: for the time that the receiver asks for, or as any other task. */
  #laterAttempt({ reason, retryAfterMs = 0 }: FailedDelivery, at: number | undefined): Error {
    const until = this.#clock.now() + retryAfterMs;
    const isTimely = at !== undefined && until < at + MAX_PUSH_AGE_MS;
    return retryAfterMs > 0 && isTimely
      ? new Postponed(until)
      : new NotificationError('DELIVERY_FAILED', reason);
  }

  /** N6. */
  async #endSubscriptions({ details, subscriptions = [] }: Destination, reason: string): Promise<void> {
    const found = subscriptions.map((id) => this.#subscriptions.get(id)).filter((one) => one !== undefined);
    await this.#durable.commit(this.#subscriptions.removeBatch(found));
    const { type } = details;
    this.#log.info(
      { type, subscriptions, reason: shortUrls(reason) },
      'A receiver is gone; its subscriptions have ended.',
    );
  }

  #laneOf({ details, providerName }: Destination): number | undefined {
    return this.#push.laneOf(details, providerName);
  }

  #kindOf(destination: Destination): string {
    const lane = this.#laneOf(destination);
    return lane === undefined ? DELIVER : `${PUSH}.${lane}`;
  }

  /** N5. Stores the message while `work` runs, if that pays; its deliveries then keep it. */
  async #sharing<T>(
    event: Outgoing,
    deliveries: number,
    work: (shared: DeliveredEvent) => Promise<T>,
  ): Promise<T> {
    const { id, message, ...rest } = event;
    if (!this.#messages.pays(message, deliveries)) return work(event);
    const stored = { message, use: PUBLISH, now: this.#clock.now() };
    await this.#durable.commit(this.#messages.putBatch(id, stored));
    const result = await work({ id, ...rest, bytes: messageBytes(message) });
    // When the work fails, the message stays for its repetition, or expires.
    await this.#durable.commit(this.#messages.releaseBatch(id, PUBLISH));
    return result;
  }

  /** The destinations of the matching subscriptions and of the event itself. Throws QUOTA_EXCEEDED. */
  #destinationsOf(event: Outgoing, own: OwnDestination): readonly Destination[] {
    const { deliveriesOfPublish } = this.#limits;
    const { tag } = event;
    const found = eachOnce(this.#found(event, own), deliveriesOfPublish);
    if (found.length <= deliveriesOfPublish) return found;
    throw new NotificationError(
      'QUOTA_EXCEEDED',
      `'${tag}' has more destinations than limits.notifications.deliveriesOfPublish (${deliveriesOfPublish}).`,
    );
  }

  *#found({ tag, mediaType }: Outgoing, own: OwnDestination): Iterable<Destination> {
    const matching = own.direct === true ? [] : this.#subscriptions.matching(tag);
    for (const subscription of [...matching, ...this.#insteadOf(own)]) {
      const { id, notificationDetails: details, authorization } = subscription;
      const isMobile = pushServiceOf(details.type) !== undefined;
      const mayBeGone = isMobile || details.type === NotificationType.ORS_CALLBACK;
      yield {
        details,
        ...defined({
          authorization,
          language: mediaType === MediaType.LOCALIZED ? subscription.language : undefined,
          providerName: isMobile ? (subscription.providerName ?? own.providerName) : undefined,
          subscriptions: mayBeGone ? [id] : undefined,
        }),
      };
    }
    const { details, providerName } = own;
    if (details) yield { details, ...defined({ providerName }) };
  }

  /** The subscription that stands in for a CometD client who is not connected. */
  #insteadOf({ details, whenAway }: OwnDestination): readonly Subscription[] {
    const subscription = whenAway && this.#subscriptions.get(whenAway);
    if (subscription === undefined || details?.type !== NotificationType.COMET) return [];
    return this.#comet.isActive(details.deviceId) ? [] : [subscription];
  }

  async #deliverToAll(event: NotificationEvent, keyed: KeyedEffect | undefined): Promise<void> {
    const id = keyed === undefined ? this.#ids.hex(32) : recordKey(keyed).slice(0, 32);
    const copy = this.#outgoing(event, id);
    requireSmall(copy, this.#limits);
    const { notificationDetails: details, providerName } = event;
    const destinations = this.#destinationsOf(copy, defined({ details, providerName }));
    const { comet, others } = deliveryGroupsOf(destinations, (one) => this.#laneOf(one));
    const results = await this.#sharing(copy, destinations.length, async (shared) => {
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
    if (result.kind === 'gone') await this.#endSubscriptions(destination, result.reason);
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

function isStored({ message }: DeliveredEvent): boolean {
  return message === undefined;
}
