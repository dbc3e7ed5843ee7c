import { defined, type HttpClient } from '../../engine/ports/index.ts';
import { messageText, type PostEvent } from '../../strategies/notification/index.ts';

const HTTP_TIMEOUT_MS = 10_000;

/**
 * Posts the messages of events to subscribers of type httpcb. A reply other than 200 is a failed delivery.
 * gms-api 8.1, 8.2.
 */
export function createPostEvent(http: HttpClient): PostEvent {
  return async (url, { event, authorization }) => {
    try {
      const reply = await http({
        method: 'POST',
        url,
        headers: {
          'content-type': 'text/plain;charset=UTF-8',
          'idempotency-key': event.id,
          'notification-tag': event.tag,
          ...defined({ authorization: authorization && withScheme(authorization) }),
        },
        body: messageText(event.message),
        timeoutMs: HTTP_TIMEOUT_MS,
      });
      if (reply.status === 200) return { kind: 'delivered' };
      return failed(`POST ${url}: expected 200, got ${reply.status}`);
    } catch (error) {
      return failed(`POST ${url}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

function failed(reason: string): Awaited<ReturnType<PostEvent>> {
  return { kind: 'failed', reason, retry: true };
}

/** The vendor's example holds bare Basic credentials (gms-api 8.1). */
function withScheme(authorization: string): string {
  return authorization.includes(' ') ? authorization : `Basic ${authorization}`;
}
