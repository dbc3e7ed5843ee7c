/** Bayeux 1.0, 2.1: segments of these characters; CometD also lets a dot through. */
const SEGMENTS = /^(?:\/[A-Za-z0-9\-_!~()$@.]+)+$/;
const PATTERN = /^(?:\/[A-Za-z0-9\-_!~()$@.]+)*\/\*{1,2}$/;

/** True for a channel that a message may be published on: `/a/b`, no wildcard. */
export function isChannel(name: string, maxLength: number): boolean {
  return name.length <= maxLength && SEGMENTS.test(name);
}

/** True for what may be subscribed to: a channel, or a pattern that ends in `/*` or `/**`. */
export function isSubscription(name: string, maxLength: number): boolean {
  return name.length <= maxLength && (SEGMENTS.test(name) || PATTERN.test(name));
}

/** Everything that a subscription to `channel` may be spelt as, the exact name first. Bayeux 1.0, 2.3. */
export function patternsOf(channel: string): readonly string[] {
  const segments = channel.split('/').slice(1);
  const patterns = [channel, `${parentOf(channel)}/*`];
  for (let depth = segments.length - 1; depth >= 0; depth -= 1) {
    patterns.push(`${['', ...segments.slice(0, depth)].join('/')}/**`);
  }
  return patterns;
}

function parentOf(channel: string): string {
  return channel.slice(0, channel.lastIndexOf('/'));
}
