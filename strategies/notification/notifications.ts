import {
  type Batch,
  type Durable,
  joinBatches,
  type KeyedEffect,
  keyedBy,
  Once,
  recordKey,
} from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Ids, type Json, type Log, ownId } from '../../engine/ports/index.ts';
import { checkEvent, checkSubscription, invalidSubscription } from './checkRequest.ts';
import type { CometChannel } from './cometChannel.ts';
import {
  type DeliveryResult,
  type Destination,
  NotificationDelivery,
  type Outgoing,
  type PostEvent,
} from './delivery.ts';
import { NotificationError } from './errors.ts';
import {
  type NotificationDetails,
  type NotificationEvent,
  type NotificationTask,
  NotificationType,
  type SubscriptionRequest,
} from './notificationRequests.ts';
import type { SubscriptionId } from './subscriptions.ts';
import { Subscriptions } from './subscriptions.ts';

/** A subscriber with this many subscriptions must remove some before adding another. */
const MAX_SUBSCRIPTIONS_PER_SUBSCRIBER = 100;
const DEFAULT_EXPIRE_S = 86_400;

const PUBLISH = 'notification.publish';
const DELIVER = 'notification.deliver';

interface PublishPayload {
  readonly key: string;
  readonly lane?: string;
  readonly event: Outgoing;
  readonly details?: NotificationDetails;
}

interface DeliverPayload {
  readonly destination: Destination;
  readonly event: Outgoing;
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
 */
export class Notifications {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #once: Once;
  readonly #subscriptions: Subscriptions;
  readonly #delivery: NotificationDelivery;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly postEvent: PostEvent;
    readonly sessions: Pick<Sessions, 'publish'>;
    readonly comet: CometChannel;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#once = new Once(deps);
    this.#subscriptions = new Subscriptions(deps.durable);
    this.#delivery = new NotificationDelivery(deps);
    deps.durable.onTask(PUBLISH, (payload: PublishPayload) => this.#publishTask(payload));
    deps.durable.onTask(DELIVER, (payload: DeliverPayload) => this.#deliverTask(payload));
  }

  /**
   * Adds a subscription. A key that this subscriber used before gets the same subscription. Rejects with
   * NotificationError SUBSCRIPTION_INVALID or TYPE_NOT_ENABLED.
   */
  subscribe(request: SubscriptionRequest, key?: string): Promise<{ readonly id: SubscriptionId }> {
    const keyed = keyedBy(key, 'notification.subscribe', request.subscriberId);
    return this.#once.commit(keyed, () => this.#subscribed(request));
  }

  /** Removes a subscription; resolves with false when it is unknown. */
  async unsubscribe(id: SubscriptionId): Promise<boolean> {
    const subscription = this.#subscriptions.get(id);
    await this.#durable.commit(subscription ? this.#subscriptions.removeBatch(subscription) : {});
    return subscription !== undefined;
  }

  /** Removes all subscriptions of a subscriber; resolves with false when there is none. */
  async unsubscribeSubscriber(subscriberId: string): Promise<boolean> {
    const found = this.#subscriptions.ofSubscriber(subscriberId);
    await this.#durable.commit(joinBatches(...found.map((one) => this.#subscriptions.removeBatch(one))));
    return found.length > 0;
  }

  /**
   * Delivers an event. Resolves when every matching subscription, and the device of notificationDetails, has
   * it (comet: when it is durably queued). Rejects with NotificationError EVENT_INVALID, or with
   * DELIVERY_FAILED after all destinations were tried; a repetition with the same key skips the destinations
   * that have the event.
   */
  publish(event: NotificationEvent): Promise<void> {
    const keyed = keyedBy(event.key, 'notification.publish', event.tag);
    return this.#once.perform(keyed, () => this.#deliverToAll(event, keyed));
  }

  /** Delivers an event as a durable task of the caller's commit. Throws NotificationError EVENT_INVALID. */
  publishBatch({ key, lane, ...event }: NotificationTask): Batch {
    const payload: PublishPayload = {
      key: `${PUBLISH} ${key}`,
      event: outgoing(event, this.#ids.hex(32)),
      ...defined({ lane, details: event.notificationDetails }),
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
    checkSubscription(request);
    const existing = this.#subscriptions.ofSubscriber(request.subscriberId);
    if (existing.length >= MAX_SUBSCRIPTIONS_PER_SUBSCRIBER) {
      throw invalidSubscription(
        `at most ${MAX_SUBSCRIPTIONS_PER_SUBSCRIBER} subscriptions of one subscriber`,
        `${existing.length} and one more`,
      );
    }
    const id = ownId<SubscriptionId>(this.#ids.uuid());
    const expiresAt = this.#clock.now() + (request.expire ?? DEFAULT_EXPIRE_S) * 1000;
    return { batch: this.#subscriptions.addBatch({ ...request, id, expiresAt }), answer: { id } };
  }

  async #publishTask({ key, lane, event, details }: PublishPayload): Promise<void> {
    const destinations = this.#destinationsOf(event.tag, details);
    if (destinations.length === 1) return this.#deliverTask({ destination: destinations[0]!, event });
    const schedule = destinations.map((destination, index) => ({
      key: `${key}>${index}`,
      kind: DELIVER,
      payload: { destination, event } as unknown as Json,
      dueAt: this.#clock.now(),
      ...defined({ lane: lane && `${lane}>${addressOf(destination.details)}` }),
    }));
    if (schedule.length > 0) await this.#durable.commit({ schedule });
  }

  async #deliverTask({ destination, event }: DeliverPayload): Promise<void> {
    const result = await this.#delivery.deliver(destination, event);
    if (result.kind === 'delivered') return;
    if (result.retry) throw new NotificationError('DELIVERY_FAILED', result.reason);
    this.#log.warn({ tag: event.tag, reason: result.reason }, 'A notification could not be delivered.');
  }

  /** The destinations of the matching subscriptions and of the event itself, each once. N2. */
  #destinationsOf(tag: string, details: NotificationDetails | undefined): readonly Destination[] {
    const found: Destination[] = this.#subscriptions
      .matching(tag)
      .map(({ notificationDetails, authorization }) => ({
        details: notificationDetails,
        ...defined({ authorization }),
      }));
    if (details) found.push({ details });
    const byAddress = new Map<string, Destination>();
    for (const destination of found) {
      const address = addressOf(destination.details);
      if (!byAddress.has(address)) byAddress.set(address, destination);
    }
    return [...byAddress.values()];
  }

  async #deliverToAll(event: NotificationEvent, keyed: KeyedEffect | undefined): Promise<void> {
    const id = keyed === undefined ? this.#ids.hex(32) : recordKey(keyed).slice(0, 32);
    const copy = outgoing(event, id);
    const results = await Promise.all(
      this.#destinationsOf(event.tag, event.notificationDetails).map((destination) =>
        keyed === undefined
          ? this.#delivery.deliver(destination, copy)
          : this.#deliverOnce(destination, copy, keyed),
      ),
    );
    const failures = results.filter((result) => result.kind === 'failed');
    if (failures.length === 0) return;
    const reasons = failures.map((failure) => failure.reason).join('; ');
    this.#log.warn({ tag: event.tag, reasons }, 'A notification could not be delivered everywhere.');
    // A device of a push service that is not configured is no fault if the event reached another destination.
    if (failures.length < results.length && !failures.some((failure) => failure.retry)) return;
    throw new NotificationError('DELIVERY_FAILED', `The notification could not be delivered: ${reasons}.`);
  }

  /** N3. */
  async #deliverOnce(
    destination: Destination,
    event: Outgoing,
    { scope, key }: KeyedEffect,
  ): Promise<DeliveryResult> {
    const copy = { scope: [...scope, 'to', addressOf(destination.details)], key };
    if ((await this.#once.earlier(copy)) !== undefined) return { kind: 'delivered' };
    const receipt = this.#once.doneBatch(copy);
    const result = await this.#delivery.deliver(destination, event, receipt);
    const isCommitted = destination.details.type === NotificationType.COMET;
    if (result.kind === 'delivered' && !isCommitted) await this.#durable.commit(receipt);
    return result;
  }
}

/** Throws NotificationError EVENT_INVALID. */
function outgoing(event: NotificationEvent, id: string): Outgoing {
  checkEvent(event);
  const { tag, message = '', mediaType } = event;
  return { id, tag, message, ...defined({ mediaType }) };
}

function addressOf({ type, deviceId }: NotificationDetails): string {
  return `${type} ${deviceId}`;
}
