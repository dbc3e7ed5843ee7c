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
import type { Clock, HttpClient, Ids, Json, Log } from '../../engine/ports/index.ts';
import type { CometChannel } from './cometChannel.ts';
import {
  createDelivery,
  type DeliveryResult,
  type Destination,
  isEnabled,
  type Outgoing,
  sessionIdOf,
} from './delivery.ts';
import { NotificationError } from './errors.ts';
import { isFilter, isTag, MAX_TAG_LENGTH } from './filter.ts';
import {
  type NotificationDetails,
  type NotificationEvent,
  type Notifications,
  type NotificationTask,
  NotificationType,
  type SubscriptionRequest,
} from './notifications.ts';
import { createSubscriptions } from './subscriptions.ts';

/** Longest subscriber id, deviceId and authorization; they are parts of keys and headers. */
const MAX_TEXT_LENGTH = 256;
const MAX_DEVICE_ID_LENGTH = 2_048;
/** Beyond it a subscriber must remove some first. */
const MAX_SUBSCRIPTIONS_PER_SUBSCRIBER = 100;
const DEFAULT_EXPIRE_S = 86_400;
const MAX_EXPIRE_S = 366 * 86_400;

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
 * N1. An event has one id, made when it is published; every copy and every attempt carries it.
 * N2. A destination gets an event once, however many of its subscriptions match.
 * N3. Published with a key, the event has its id from that, and each destination notes that it has it: in the commit
 *     that delivers it, or (outside the store) after it, where the receiver knows a repetition by the event's id.
 * N4. As a task: one task finds the destinations, then each of several is a task of its own, so that a
 *     receiver that fails is tried again without the others getting the event twice.
 */
export function createNotifications(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly http: HttpClient;
  readonly sessions: Pick<Sessions, 'publish'>;
  readonly channels: { readonly comet: CometChannel };
}): Notifications {
  const { durable, clock, ids, log } = deps;
  const subscriptions = createSubscriptions(durable);
  const once = new Once({ durable, clock });
  const deliver = createDelivery({ http: deps.http, sessions: deps.sessions, comet: deps.channels.comet });

  durable.onTask<PublishPayload>(PUBLISH, async ({ key, lane, event, details }) => {
    const destinations = destinationsOf(event.tag, details);
    if (destinations.length === 1) return deliverTask({ destination: destinations[0]!, event });
    const schedule = destinations.map((destination, index) => ({
      key: `${key}>${index}`,
      kind: DELIVER,
      payload: { destination, event } as unknown as Json,
      dueAt: clock.now(),
      ...(lane === undefined ? {} : { lane: `${lane}>${addressOf(destination.details)}` }),
    }));
    if (schedule.length > 0) await durable.commit({ schedule });
  });
  durable.onTask<DeliverPayload>(DELIVER, deliverTask);

  async function deliverTask({ destination, event }: DeliverPayload): Promise<void> {
    const result = await deliver(destination, event);
    if (result.kind === 'delivered') return;
    if (result.retry) throw new NotificationError('DELIVERY_FAILED', result.reason);
    log.warn({ tag: event.tag, reason: result.reason }, 'a notification could not be delivered');
  }

  function destinationsOf(tag: string, details: NotificationDetails | undefined): readonly Destination[] {
    const found: Destination[] = subscriptions
      .matching(tag)
      .map(({ notificationDetails, authorization }) => ({
        details: notificationDetails,
        ...(authorization === undefined ? {} : { authorization }),
      }));
    if (details) found.push({ details });
    const byAddress = new Map<string, Destination>();
    for (const destination of found) {
      const address = addressOf(destination.details);
      if (!byAddress.has(address)) byAddress.set(address, destination);
    }
    return [...byAddress.values()];
  }

  function outgoing(event: NotificationEvent, id: string): Outgoing {
    checkEvent(event);
    return {
      id,
      tag: event.tag,
      message: event.message ?? '',
      ...(event.mediaType === undefined ? {} : { mediaType: event.mediaType }),
    };
  }

  function publish(event: NotificationEvent): Promise<void> {
    const keyed = keyedBy(event.key, 'notification.publish', event.tag);
    return once.perform(keyed, () => deliverToAll(event, keyed));
  }

  async function deliverToAll(event: NotificationEvent, keyed: KeyedEffect | undefined): Promise<void> {
    const copy = outgoing(event, keyed === undefined ? ids.hex(32) : recordKey(keyed).slice(0, 32));
    const results = await Promise.all(
      destinationsOf(event.tag, event.notificationDetails).map((destination) =>
        keyed === undefined ? deliver(destination, copy) : deliverOnce(destination, copy, keyed),
      ),
    );
    const failures = results.filter((result) => result.kind === 'failed');
    if (failures.length === 0) return;
    const reasons = failures.map((failure) => failure.reason).join('; ');
    log.warn({ tag: event.tag, reasons }, 'a notification could not be delivered everywhere');
    // A device of a push service that is not configured is no fault as long as the event went somewhere.
    if (failures.length < results.length && !failures.some((failure) => failure.retry)) return;
    throw new NotificationError('DELIVERY_FAILED', `The notification could not be delivered: ${reasons}.`);
  }

  async function deliverOnce(
    destination: Destination,
    event: Outgoing,
    { scope, key }: KeyedEffect,
  ): Promise<DeliveryResult> {
    const copy = { scope: [...scope, 'to', addressOf(destination.details)], key };
    if ((await once.earlier(copy)) !== undefined) return { kind: 'delivered' };
    const receipt = once.doneBatch(copy);
    const result = await deliver(destination, event, receipt);
    const isCommitted = destination.details.type === NotificationType.COMET;
    if (result.kind === 'delivered' && !isCommitted) await durable.commit(receipt);
    return result;
  }

  function publishBatch({ key, lane, ...event }: NotificationTask): Batch {
    const payload: PublishPayload = {
      key: `${PUBLISH} ${key}`,
      event: outgoing(event, ids.hex(32)),
      ...(lane === undefined ? {} : { lane }),
      ...(event.notificationDetails === undefined ? {} : { details: event.notificationDetails }),
    };
    return {
      schedule: [
        {
          key: payload.key,
          kind: PUBLISH,
          payload: payload as unknown as Json,
          dueAt: clock.now(),
          ...(lane === undefined ? {} : { lane: `${PUBLISH} ${lane}` }),
        },
      ],
    };
  }

  function subscribe(request: SubscriptionRequest, key?: string): Promise<{ readonly id: string }> {
    const keyed = keyedBy(key, 'notification.subscribe', request.subscriberId);
    return once.commit(keyed, () => subscribed(request));
  }

  function subscribed(request: SubscriptionRequest): {
    readonly batch: Batch;
    readonly answer: { readonly id: string };
  } {
    checkSubscription(request);
    if (!isEnabled(request.notificationDetails.type))
      throw new NotificationError(
        'TYPE_NOT_ENABLED',
        `Push of type '${request.notificationDetails.type}' is not enabled; comet, httpcb and orscb are.`,
      );
    const existing = subscriptions.ofSubscriber(request.subscriberId);
    if (existing.length >= MAX_SUBSCRIPTIONS_PER_SUBSCRIBER)
      throw invalidSubscription(
        `at most ${MAX_SUBSCRIPTIONS_PER_SUBSCRIBER} subscriptions of one subscriber`,
        `${existing.length} and one more`,
      );
    const id = ids.uuid();
    const expiresAt = clock.now() + (request.expire ?? DEFAULT_EXPIRE_S) * 1000;
    return { batch: subscriptions.addBatch({ ...request, id, expiresAt }), answer: { id } };
  }

  async function unsubscribe(id: string): Promise<boolean> {
    const subscription = subscriptions.get(id);
    await durable.commit(subscription ? subscriptions.removeBatch(subscription) : {});
    return subscription !== undefined;
  }

  async function unsubscribeSubscriber(subscriberId: string): Promise<boolean> {
    const found = subscriptions.ofSubscriber(subscriberId);
    await durable.commit(joinBatches(...found.map(subscriptions.removeBatch)));
    return found.length > 0;
  }

  return { subscribe, unsubscribe, unsubscribeSubscriber, publish, publishBatch };
}

function addressOf({ type, deviceId }: NotificationDetails): string {
  return `${type} ${deviceId}`;
}

function checkEvent(event: NotificationEvent): void {
  if (!isTag(event.tag))
    throw new NotificationError(
      'EVENT_INVALID',
      `Expected 'tag' to be words of letters, digits, '_' and '-' joined by dots, at most ${MAX_TAG_LENGTH} characters, got '${event.tag.slice(0, 64)}'.`,
    );
  const problem = event.notificationDetails && deviceIdProblem(event.notificationDetails);
  if (problem !== undefined) throw new NotificationError('EVENT_INVALID', problem);
}

function checkSubscription(request: SubscriptionRequest): void {
  const { subscriberId, filter, expire, authorization } = request;
  const { type, deviceId } = request.notificationDetails;
  if (subscriberId === '' || subscriberId.length > MAX_TEXT_LENGTH)
    throw invalidSubscription(
      `'subscriberId' of 1 to ${MAX_TEXT_LENGTH} characters`,
      `${subscriberId.length} characters`,
    );
  if (!isFilter(filter))
    throw invalidSubscription(
      `'filter' to be a tag, a tag with '.*' at its end, or '*'`,
      `'${filter.slice(0, 64)}'`,
    );
  if (expire !== undefined && !(expire > 0 && expire <= MAX_EXPIRE_S))
    throw invalidSubscription(`'expire' of 1 to ${MAX_EXPIRE_S} seconds`, String(expire));
  if (authorization !== undefined && !/^[\x20-\x7e]{1,1024}$/.test(authorization))
    throw invalidSubscription(`'authorization' of 1 to 1024 printable ASCII characters`, 'something else');
  const problem = deviceIdProblem(request.notificationDetails);
  if (problem !== undefined) throw new NotificationError('SUBSCRIPTION_INVALID', problem);
  if (type === NotificationType.HTTP_CALLBACK && !isHttpUrl(deviceId))
    throw invalidSubscription(
      `'notificationDetails.deviceId' of httpcb to be an http(s) URL`,
      `'${deviceId}'`,
    );
  if (type === NotificationType.ORS_CALLBACK && sessionIdOf(deviceId) === undefined)
    throw invalidSubscription(
      `'notificationDetails.deviceId' of orscb to be an ORS session id or its URL`,
      `'${deviceId}'`,
    );
}

/** A gms_user becomes part of a store key. */
function deviceIdProblem({ type, deviceId }: NotificationDetails): string | undefined {
  const max = type === NotificationType.COMET ? MAX_TEXT_LENGTH : MAX_DEVICE_ID_LENGTH;
  if (deviceId.length >= 1 && deviceId.length <= max) return undefined;
  return `Expected 'notificationDetails.deviceId' of 1 to ${max} characters, got ${deviceId.length}.`;
}

function invalidSubscription(expected: string, got: string): NotificationError {
  return new NotificationError('SUBSCRIPTION_INVALID', `Expected ${expected}, got ${got}.`);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
