import type { Batch, Durable } from '../../engine/durable/index.ts';
import { type Branded, readId } from '../../engine/ports/index.ts';
import { filtersOf } from './filter.ts';
import type { SubscriptionRequest } from './notificationRequests.ts';

/** Id of a subscription to notifications: a UUID. */
export type SubscriptionId = Branded<'SubscriptionId'>;

export interface Subscription extends SubscriptionRequest {
  readonly id: SubscriptionId;
  /** ms since epoch. */
  readonly expiresAt: number;
}

const BY_ID = 'notification.subscription';
/** Keys: filter and id. */
const BY_FILTER = 'notification.filter';
const BY_SUBSCRIBER = 'notification.subscriber';

/** The stored subscriptions, found by id, by subscriber, and by the tags that they match. */
export class Subscriptions {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  get(id: SubscriptionId): Subscription | undefined {
    return this.#durable.get<Subscription>(BY_ID, id);
  }

  /** One short scan for each filter that can match: the cost is independent of the other subscriptions. */
  matching(tag: string): readonly Subscription[] {
    return filtersOf(tag).flatMap((filter) => this.#byIndex(BY_FILTER, filterPrefix(filter)));
  }

  ofSubscriber(subscriberId: string): readonly Subscription[] {
    return this.#byIndex(BY_SUBSCRIBER, subscriberPrefix(subscriberId));
  }

  addBatch(subscription: Subscription): Batch {
    const { id, expiresAt } = subscription;
    return {
      put: [
        { table: BY_ID, key: id, value: subscription, expiresAt },
        ...indexKeys(subscription).map((index) => ({ ...index, value: { id }, expiresAt })),
      ],
    };
  }

  removeBatch(subscription: Subscription): Batch {
    return { remove: [{ table: BY_ID, key: subscription.id }, ...indexKeys(subscription)] };
  }

  #byIndex(table: string, prefix: string): Subscription[] {
    return [...this.#durable.scan<{ readonly id: SubscriptionId }>(table, { prefix })]
      .map(({ value }) => this.get(value.id))
      .filter((subscription) => subscription !== undefined);
  }
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

/** JSON text ends with a quote that cannot occur inside, so no prefix is a prefix of another subscriber's. */
function subscriberPrefix(subscriberId: string): string {
  return JSON.stringify(subscriberId);
}

/** A subscription's id in a request. Undefined: no subscription can have it. */
export const readSubscriptionId = (raw: unknown): SubscriptionId | undefined => readId<SubscriptionId>(raw);
