import { pushAll } from '../../engine/ports/index.ts';
import type { Destination } from './delivery.ts';
import { type NotificationDetails, NotificationType, type SubscriptionId } from './notificationRequests.ts';

/** Deliveries to comet that share a commit, and the tasks of one commit. */
export const DELIVERIES_IN_A_COMMIT = 64;
/** Deliveries to other receivers that are under way at one time. */
const POSTS_AT_ONCE = 256;

/** The destinations, each once, at most `max` and one more. The first of an address counts. N2. */
export function eachOnce(destinations: Iterable<Destination>, max: number): readonly Destination[] {
  const byAddress = new Map<string, { readonly first: Destination; readonly ids: SubscriptionId[] }>();
  for (const destination of destinations) {
    if (byAddress.size > max) break;
    const { subscriptions = [] } = destination;
    const address = addressOf(destination.details);
    const present = byAddress.get(address);
    if (present === undefined) byAddress.set(address, { first: destination, ids: [...subscriptions] });
    else pushAll(present.ids, subscriptions);
  }
  return [...byAddress.values()].map(({ first, ids }) =>
    ids.length === 0 ? first : { ...first, subscriptions: ids },
  );
}

type Groups = readonly (readonly Destination[])[];

/**
 * The groups of each channel. Comet comes first: other receivers may take seconds. They do not wait for
 * each other.
 */
export function deliveryGroupsOf(
  destinations: readonly Destination[],
  laneOf: (destination: Destination) => number | undefined,
): { readonly comet: Groups; readonly others: readonly Groups[] } {
  const channels = new Map<string, Destination[]>();
  for (const destination of destinations) {
    const { type } = destination.details;
    const lane = laneOf(destination);
    const name = lane === undefined ? type : `push ${lane}`;
    const channel = channels.get(name);
    if (channel === undefined) channels.set(name, [destination]);
    else channel.push(destination);
  }
  const { COMET } = NotificationType;
  const others = [...channels].filter(([name]) => name !== COMET);
  return {
    comet: groupsOf(channels.get(COMET) ?? [], DELIVERIES_IN_A_COMMIT),
    others: others.map(([, channel]) => groupsOf(channel, POSTS_AT_ONCE)),
  };
}

export function groupsOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export function addressOf({ type, deviceId }: NotificationDetails): string {
  return `${type} ${deviceId}`;
}
