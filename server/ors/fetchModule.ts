import type { Durable } from '../../engine/durable/index.ts';
import type { ModuleEvent, ModuleRequest, Sessions } from '../../engine/host/index.ts';
import {
  type Clock,
  type HttpClient,
  HttpFault,
  type HttpReply,
  isSuccess,
  type Json,
} from '../../engine/ports/index.ts';
import { FetchFault, type FetchRequest, readFetch } from './fetchRequest.ts';

export interface FetchModuleDeps {
  readonly sessions: Sessions;
  readonly durable: Durable;
  readonly clock: Clock;
  readonly http: HttpClient;
  /** Base of relative URLs and of method 'urs'. */
  readonly baseUrl: () => string;
  /** Milliseconds, if the document sets no timeout. */
  readonly timeoutMs: number;
}

const RETRY = 'session.fetch.retry';

/** A task that repeats a fetch. The store keeps it, so the names of its fields stay. */
interface Retry {
  /** The request to fetch. */
  readonly call: ModuleRequest;
  /** Attempts before this one. */
  readonly tried: number;
}

/**
 * Performs <session:fetch>. Its events are session.fetch.done {requestid, content, hints} and
 * error.session.fetch {requestid, error, description} with `error` as '<protocol>.<code>'. Real documents
 * compare the error with HTTP statuses, so it also has `status` and `content` of the reply. ors-dialect 2.8.
 */
export function registerFetchModule(deps: FetchModuleDeps): void {
  const { sessions, durable, clock } = deps;
  const fetches = new Fetches(deps);

  sessions.onModule('session.fetch', async (request) => {
    const result = await fetches.attempt({ call: request, tried: 0 });
    return result === undefined ? [] : [result];
  });

  durable.onTask<Retry>(RETRY, async (retry) => {
    const result = await fetches.attempt(retry);
    if (result === undefined) return;
    const { sessionId, requestId } = retry.call;
    const event = { ...result, id: `${requestId}.result` };
    await durable.commit(sessions.eventBatch(sessionId, event, clock.now()));
  });
}

class Fetches {
  readonly #deps: FetchModuleDeps;

  constructor(deps: FetchModuleDeps) {
    this.#deps = deps;
  }

  /** The resulting event. Undefined: it failed and another attempt is scheduled. */
  async attempt({ call: request, tried }: Retry): Promise<ModuleEvent | undefined> {
    const fetch = this.#read(request);
    if (fetch instanceof FetchFault) {
      return failure(request, { error: fetch.error, description: fetch.message });
    }
    const protocol = new URL(fetch.request.url).protocol.replace(':', '');
    const mayRetry = tried < fetch.retries;
    try {
      const reply = await this.#deps.http({ ...fetch.request, sessionId: request.sessionId });
      if (reply.status < 500 || !mayRetry) return resultOf(request, fetch, reply, protocol);
    } catch (error) {
      if (!(error instanceof HttpFault)) throw error;
      if (error.reason === 'refused' || !mayRetry) {
        return failure(request, { error: `${protocol}.${error.reason}`, description: error.message });
      }
    }
    await this.#schedule({ call: request, tried: tried + 1 }, fetch.retryAfterMs);
    return undefined;
  }

  #read(request: ModuleRequest): FetchRequest | FetchFault {
    const { baseUrl, timeoutMs } = this.#deps;
    try {
      return readFetch(request, { baseUrl: baseUrl(), timeoutMs });
    } catch (error) {
      if (error instanceof FetchFault) return error;
      throw error;
    }
  }

  async #schedule(retry: Retry, afterMs: number): Promise<void> {
    const { durable, clock } = this.#deps;
    const task = {
      key: `${RETRY}.${retry.call.requestId}`,
      kind: RETRY,
      payload: retry as unknown as Json,
      dueAt: clock.now() + afterMs,
    };
    await durable.commit({ schedule: [task] });
  }
}

function resultOf(
  request: ModuleRequest,
  fetch: FetchRequest,
  reply: HttpReply,
  protocol: string,
): ModuleEvent {
  const { status, headers, body } = reply;
  if (!isSuccess({ status })) {
    return failure(request, {
      error: `${protocol}.${status}`,
      description: `'${fetch.request.url}' answered ${status}.`,
      status,
      content: body,
      hints: headers,
    });
  }
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (fetch.expects !== undefined && type !== '' && !matchesType(type, fetch.expects)) {
    return failure(request, {
      error: `${protocol}.badtype`,
      description: `Expected '${fetch.request.url}' to answer with ${fetch.expects}, got ${type}.`,
      status,
      content: body,
      hints: headers,
    });
  }
  return {
    name: 'session.fetch.done',
    data: { requestid: request.requestId, content: body, hints: headers, status },
  };
}

function matchesType(type: string, expected: string): boolean {
  const plain = expected.split(';')[0]?.trim() ?? '';
  return plain === '*/*' || type === plain || (plain.endsWith('/*') && type.startsWith(plain.slice(0, -1)));
}

function failure(request: ModuleRequest, data: Record<string, Json>): ModuleEvent {
  return { name: 'error.session.fetch', data: { requestid: request.requestId, ...data } };
}
