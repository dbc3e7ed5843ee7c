import type { IncomingMessage } from 'node:http';

/** Names the browser of a client. Bayeux 1.0, 8.1. */
export const BROWSER_COOKIE = 'BAYEUX_BROWSER';

export function browserOf(req: IncomingMessage): string | undefined {
  return /(?:^|;\s*)BAYEUX_BROWSER="?([\w-]{1,80})"?\s*(?:;|$)/.exec(req.headers.cookie ?? '')?.[1];
}
