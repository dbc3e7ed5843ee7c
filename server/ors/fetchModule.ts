import type { Durable } from '../../engine/durable/index.ts';
import type { ModuleCall, ModuleEvent, Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  type HttpClient,
  HttpFault,
  type HttpReply,
  type Json,
} from '../../engine/ports/index.ts';
import { FetchFault, type FetchRequest, readFetch } from './fetchRequest.ts';

export interface FetchModuleDeps {
  readonly sessions: Sessions;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly http: HttpClient;
  /** Relative URLs, and method 'urs', stand against it. */
  readonly baseUrl: () => string;
  /** ms, where the document says none. */
  readonly timeoutMs: number;
}

const RETRY = 'session.fetch.retry';

/**
 * <session:fetch>: session.fetch.done {requestid, content, hints}, or error.session.fetch {requestid, error,
 * description} with `error` as '<protocol>.<code>'. Real documents compare the error with HTTP statuses, so
 * `status` and `content` of the reply are there too. ors-dialect 2.8.
 */
export function registerFetchModule(deps: FetchModuleDeps): void {
  const { sessions, durable, clock } = deps;

  /** The result, or undefined when a failure is to be tried again. */
  const attempt = async (call: ModuleCall, tried: number): Promise<ModuleEvent | undefined> => {
    let fetch: FetchRequest;
    try {
      fetch = readFetch(call, { baseUrl: deps.baseUrl(), timeoutMs: deps.timeoutMs });
    } catch (error) {
      if (!(error instanceof FetchFault)) {
        throw error;
      }
      return failure(call, { error: error.error, description: error.message });
    }
    const protocol = new URL(fetch.request.url).protocol.replace(':', '');
    const again = async (): Promise<undefined> => {
      await durable.commit({
        schedule: [
          {
            key: `${RETRY}.${call.requestId}`,
            kind: RETRY,
            payload: { call: call as unknown as Json, tried: tried + 1 },
            dueAt: clock.now() + fetch.retryAfterMs,
          },
        ],
      });
    };
    try {
      const reply = await deps.http(fetch.request);
      return reply.status >= 500 && tried < fetch.retries
        ? await again()
        : resultOf(call, fetch, reply, protocol);
    } catch (error) {
      if (!(error instanceof HttpFault)) {
        throw error;
      }
      return error.reason !== 'refused' && tried < fetch.retries
        ? await again()
        : failure(call, { error: `${protocol}.${error.reason}`, description: error.message });
    }
  };

  sessions.onModule('session.fetch', async (call) => {
    const result = await attempt(call, 0);
    return result === undefined ? [] : [result];
  });

  durable.onTask<{ call: ModuleCall; tried: number }>(RETRY, async ({ call, tried }) => {
    const result = await attempt(call, tried);
    if (result !== undefined) {
      await durable.commit(
        sessions.eventBatch(call.sessionId, { ...result, id: `${call.requestId}.result` }, clock.now()),
      );
    }
  });
}

function resultOf(call: ModuleCall, fetch: FetchRequest, reply: HttpReply, protocol: string): ModuleEvent {
  const { status, headers, body } = reply;
  if (status < 200 || status > 299) {
    return failure(call, {
      error: `${protocol}.${status}`,
      description: `'${fetch.request.url}' answered ${status}.`,
      status,
      content: body,
      hints: headers,
    });
  }
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (fetch.expects !== undefined && type !== '' && !matchesType(type, fetch.expects)) {
    return failure(call, {
      error: `${protocol}.badtype`,
      description: `Expected '${fetch.request.url}' to answer with ${fetch.expects}, got ${type}.`,
      status,
      content: body,
      hints: headers,
    });
  }
  return {
    name: 'session.fetch.done',
    data: { requestid: call.requestId, content: body, hints: headers, status },
  };
}

function matchesType(type: string, expected: string): boolean {
  const plain = expected.split(';')[0]?.trim() ?? '';
  return plain === '*/*' || type === plain || (plain.endsWith('/*') && type.startsWith(plain.slice(0, -1)));
}

function failure(call: ModuleCall, data: Record<string, Json>): ModuleEvent {
  return { name: 'error.session.fetch', data: { requestid: call.requestId, ...data } };
}
