/** The channel on which GMS pushes notifications to a user (gms-api 7.2, `comet_channel`). */
export const NOTIFICATION_CHANNEL = '/_genesys';

/** Bayeux 1.0, 2.1: segments of these characters. CometD also allows a dot. */
const SEGMENTS = /^(?:\/[A-Za-z0-9\-_!~()$@.]+)+$/;
const PATTERN = /^(?:\/[A-Za-z0-9\-_!~()$@.]+)*\/\*{1,2}$/;

/** True for a channel that a message may be published on: `/a/b`, no wildcard. */
export function isChannel(name: string, maxLength: number): boolean {
  return name.length <= maxLength && SEGMENTS.test(name);
}

/** True for the name of a subscription: a channel, or a pattern that ends in `/*` or `/**`. */
export function isSubscription(name: string, maxLength: number): boolean {
  return name.length <= maxLength && (SEGMENTS.test(name) || PATTERN.test(name));
}

/** All names and patterns of subscriptions that match `channel`, the exact name first. Bayeux 1.0, 2.3. */
export function patternsOf(channel: string): readonly string[] {
  const segments = channel.split('/').slice(1);
  const patterns = [channel, `${parentOf(channel)}/*`];
  for (let depth = segments.length - 1; depth >= 0; depth -= 1) {
    patterns.push(`${['', ...segments.slice(0, depth)].join('/')}/**`);
  }
  return patterns;
}

/** The subscriptions by which a client gets the notifications of its user. */
export const NOTIFICATION_PATTERNS: readonly string[] = patternsOf(NOTIFICATION_CHANNEL);

/** True for the channel `root` and all channels below it. */
export function isUnder(channel: string, root: string): boolean {
  return channel === root || channel.startsWith(`${root}/`);
}

function parentOf(channel: string): string {
  return channel.slice(0, channel.lastIndexOf('/'));
}
