import {
  type Batch,
  type Counted,
  type Durable,
  ExpiringCounts,
  joinBatches,
  visitRecords,
} from '../../engine/durable/index.ts';
import { type Clock, recentEntries } from '../../engine/ports/index.ts';
import { NotificationError } from './errors.ts';
import { filtersOf } from './filter.ts';
import type { NotificationLimits } from './limits.ts';
import type { SubscriptionId, SubscriptionRequest } from './notificationRequests.ts';

export interface Subscription extends SubscriptionRequest {
  readonly id: SubscriptionId;
  /** ms since epoch. */
  readonly expiresAt: number;
  /** Until when ExpiringCounts has it; undefined for a subscription of an earlier version. */
  readonly countedUntil?: number;
}

const BY_ID = 'notification.subscription';
/** Keys: filter and id. */
const BY_FILTER = 'notification.filter';
const BY_SUBSCRIBER = 'notification.subscriber';
const COUNTS = 'notification.subscriptionCount';

/** Filters that are known to have no subscription. */
const MAX_EMPTY_FILTERS = 10_000;

/** The stored subscriptions, found by id, by subscriber, and by the tags that they match. */
export class Subscriptions {
  readonly #durable: Durable;
  readonly #limits: NotificationLimits;
  readonly #counts: ExpiringCounts;
  readonly #empty = recentEntries<string, true>(MAX_EMPTY_FILTERS);

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly limits: NotificationLimits;
  }) {
    this.#durable = deps.durable;
    this.#limits = deps.limits;
    this.#counts = new ExpiringCounts({ ...deps, table: COUNTS });
    deps.durable.onChange([BY_FILTER], ({ key }) => this.#empty.delete(filterOf(key)));
  }

  get(id: SubscriptionId): Subscription | undefined {
    return this.#durable.get<Subscription>(BY_ID, id);
  }

  /**
   * One short scan for each filter that can match, but for those that are known to have no subscription: the
   * cost is independent of the other subscriptions.
   */
  *matching(tag: string): Iterable<Subscription> {
    for (const filter of filtersOf(tag)) {
      if (this.#empty.has(filter)) continue;
      let isEmpty = true;
      for (const subscription of this.#byIndex(BY_FILTER, filterPrefix(filter))) {
        isEmpty = false;
        yield subscription;
      }
      if (isEmpty) this.#empty.set(filter, true);
    }
  }

  ofSubscriber(subscriberId: string): readonly Subscription[] {
    return [...this.#byIndex(BY_SUBSCRIBER, subscriberPrefix(subscriberId))];
  }

  /** Those for which `fits` is true. Reads all subscriptions. */
  async select(fits: (subscription: Subscription) => boolean): Promise<readonly Subscription[]> {
    const found: Subscription[] = [];
    await visitRecords<Subscription>(this.#durable, BY_ID, ({ value }) => {
      if (fits(value)) found.push(value);
    });
    return found;
  }

  /** Throws NotificationError QUOTA_EXCEEDED. */
  addBatch(subscription: Subscription): Batch {
    this.#requireRoom(subscription);
    const { id, expiresAt } = subscription;
    const countedUntil = this.#counts.until(expiresAt);
    return joinBatches(
      {
        put: [
          { table: BY_ID, key: id, value: { ...subscription, countedUntil }, expiresAt },
          ...indexKeys(subscription).map((index) => ({ ...index, value: { id }, expiresAt })),
        ],
      },
      this.#counts.batch({ add: countsOf(subscription, countedUntil) }),
    );
  }

  /** Removes subscriptions, each of which is in the list once. */
  removeBatch(subscriptions: readonly Subscription[]): Batch {
    return joinBatches(
      ...subscriptions.map((one) => ({ remove: [{ table: BY_ID, key: one.id }, ...indexKeys(one)] })),
      this.#counts.batch({
        remove: subscriptions.flatMap((one) =>
          one.countedUntil === undefined ? [] : countsOf(one, one.countedUntil),
        ),
      }),
    );
  }

  #requireRoom(subscription: Subscription): void {
    const { subscriptions, subscriptionsOfUser, subscriptionsOfFilter } = this.#limits;
    const { all, subscriber, device, filter } = countKeys(subscription);
    this.#requireBelow(subscriber, { subscriptionsOfUser });
    this.#requireBelow(device, { subscriptionsOfUser });
    this.#requireBelow(filter, { subscriptionsOfFilter });
    this.#requireBelow(all, { subscriptions });
  }

  /** `limit` has one entry. */
  #requireBelow(key: string, limit: Partial<NotificationLimits>): void {
    const [name, value] = Object.entries(limit)[0]!;
    const { count } = this.#counts.of(key);
    if (count < value) return;
    throw new NotificationError(
      'QUOTA_EXCEEDED',
      `There are ${count} subscriptions ${key}; limits.notifications.${name} is ${value}.`,
    );
  }

  *#byIndex(table: string, prefix: string): Iterable<Subscription> {
    for (const { value } of this.#durable.scan<{ readonly id: SubscriptionId }>(table, { prefix })) {
      const subscription = this.get(value.id);
      if (subscription !== undefined) yield subscription;
    }
  }
}

/** The keys under which a subscription is counted. The message of QUOTA_EXCEEDED shows them. */
function countKeys({ subscriberId, filter, notificationDetails }: Subscription) {
  const { type, deviceId } = notificationDetails;
  return {
    all: 'in all',
    subscriber: `of subscriber '${subscriberId}'`,
    device: `of ${type} device '${deviceId}'`,
    filter: `to '${filter}'`,
  };
}

function countsOf(subscription: Subscription, until: number): Counted[] {
  return Object.values(countKeys(subscription)).map((key) => ({ key, until, count: 1, bytes: 0 }));
}

function indexKeys({ id, filter, subscriberId }: Subscription): { table: string; key: string }[] {
  return [
    { table: BY_FILTER, key: `${filterPrefix(filter)}${id}` },
    { table: BY_SUBSCRIBER, key: `${subscriberPrefix(subscriberId)}${id}` },
  ];
}

/** No filter has a space, so no prefix is a prefix of another filter's. */
function filterPrefix(filter: string): string {
  return `${filter} `;
}

/** The filter of a key in BY_FILTER. */
function filterOf(key: string): string {
  return key.slice(0, key.indexOf(' '));
}

/** JSON text ends with a quote that cannot occur inside, so no prefix is a prefix of another subscriber's. */
function subscriberPrefix(subscriberId: string): string {
  return JSON.stringify(subscriberId);
}
