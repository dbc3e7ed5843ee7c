import { type HttpClient, type HttpReply, isSuccess } from '../../engine/ports/index.ts';
import type { AskSession, RouteAnswer } from '../../strategies/routing/index.ts';

/** Time that a session has to answer. */
export const ANNOUNCE_TIMEOUT_MS = 10_000;
/** The request that tells a session of its agent. urs-routing 1. */
export const ROUTE_DONE_REQUEST = 'method_urs_request_route_done';

/** Exception of a session's negative response; the session chooses the status. */
const NEGATIVE_RESPONSE = 'NEGATIVE_RESPONSE';

/**
 * Tells sessions of their agents: POST {session URL}/request/method_urs_request_route_done. A status of 2xx
 * accepts. 404 and 410 say that the session is gone, unless a session chose them for its negative response.
 * Others refuse.
 */
export function createAskSession(http: HttpClient): AskSession {
  return async ({ sessionUrl, resource, key }) => {
    const reply = await http({
      method: 'POST',
      url: `${sessionUrl}/request/${ROUTE_DONE_REQUEST}`,
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ return: 'target', ...resource }),
      timeoutMs: ANNOUNCE_TIMEOUT_MS,
    });
    return { kind: kindOf(reply), detail: `status ${reply.status}` };
  };
}

function kindOf(reply: HttpReply): RouteAnswer['kind'] {
  if (isSuccess(reply)) return 'accepted';
  return isSessionGone(reply) ? 'gone' : 'refused';
}

function isSessionGone({ status, body }: HttpReply): boolean {
  return (status === 404 || status === 410) && !body.includes(`"${NEGATIVE_RESPONSE}"`);
}
