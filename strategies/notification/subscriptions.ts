import type { Batch, Durable } from '../../engine/durable/index.ts';
import { filtersOf } from './filter.ts';
import type { SubscriptionRequest } from './notifications.ts';

export interface Subscription extends SubscriptionRequest {
  readonly id: string;
  /** ms since epoch. */
  readonly expiresAt: number;
}

const BY_ID = 'notification.subscription';
/** Keys: filter and id; the value repeats neither. */
const BY_FILTER = 'notification.filter';
const BY_SUBSCRIBER = 'notification.subscriber';

/** The stored subscriptions, found by id, by subscriber, and by the tags that they match. */
export interface Subscriptions {
  get(id: string): Subscription | undefined;
  matching(tag: string): readonly Subscription[];
  ofSubscriber(subscriberId: string): readonly Subscription[];
  addBatch(subscription: Subscription): Batch;
  removeBatch(subscription: Subscription): Batch;
}

export function createSubscriptions(durable: Durable): Subscriptions {
  function byIndex(table: string, prefix: string): Subscription[] {
    return [...durable.scan<{ readonly id: string }>(table, { prefix })]
      .map(({ value }) => durable.get<Subscription>(BY_ID, value.id))
      .filter((subscription) => subscription !== undefined);
  }

  return {
    get: (id) => durable.get<Subscription>(BY_ID, id),
    // One short scan a filter that could match: the cost does not grow with the subscriptions that do not.
    matching: (tag) => filtersOf(tag).flatMap((filter) => byIndex(BY_FILTER, filterPrefix(filter))),
    ofSubscriber: (subscriberId) => byIndex(BY_SUBSCRIBER, subscriberPrefix(subscriberId)),
    addBatch: (subscription) => {
      const { id, expiresAt } = subscription;
      return {
        put: [
          { table: BY_ID, key: id, value: subscription, expiresAt },
          ...indexKeys(subscription).map((index) => ({ ...index, value: { id }, expiresAt })),
        ],
      };
    },
    removeBatch: (subscription) => ({
      remove: [{ table: BY_ID, key: subscription.id }, ...indexKeys(subscription)],
    }),
  };
}

function indexKeys({ id, filter, subscriberId }: Subscription): { table: string; key: string }[] {
  return [
    { table: BY_FILTER, key: `${filterPrefix(filter)}${id}` },
    { table: BY_SUBSCRIBER, key: `${subscriberPrefix(subscriberId)}${id}` },
  ];
}

/** No filter holds a space. */
function filterPrefix(filter: string): string {
  return `${filter} `;
}

/** JSON text ends with a quote that cannot occur inside: no subscriber's prefix is a prefix of another's. */
function subscriberPrefix(subscriberId: string): string {
  return JSON.stringify(subscriberId);
}
