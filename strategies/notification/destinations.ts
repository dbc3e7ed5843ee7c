import type { Destination } from './delivery.ts';
import { type NotificationDetails, NotificationType } from './notificationRequests.ts';

/** Deliveries to comet that share a commit, and the tasks of one commit. */
export const DELIVERIES_IN_A_COMMIT = 64;
/** Deliveries to other receivers that are under way at one time. */
const POSTS_AT_ONCE = 256;

/** The destinations, each once, at most `max` and one more. N2. */
export function eachOnce(destinations: Iterable<Destination>, max: number): readonly Destination[] {
  const byAddress = new Map<string, Destination>();
  for (const destination of destinations) {
    if (byAddress.size > max) break;
    const address = addressOf(destination.details);
    if (!byAddress.has(address)) byAddress.set(address, destination);
  }
  return [...byAddress.values()];
}

/** N5. Comet comes first: other receivers may take seconds. */
export function deliveryGroupsOf(destinations: readonly Destination[]): readonly (readonly Destination[])[] {
  const isComet = ({ details }: Destination): boolean => details.type === NotificationType.COMET;
  const others = destinations.filter((one) => !isComet(one));
  return [
    ...groupsOf(destinations.filter(isComet), DELIVERIES_IN_A_COMMIT),
    ...groupsOf(others, POSTS_AT_ONCE),
  ];
}

export function groupsOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

export function addressOf({ type, deviceId }: NotificationDetails): string {
  return `${type} ${deviceId}`;
}
