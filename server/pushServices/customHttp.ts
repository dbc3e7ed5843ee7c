import { type Clock, defined, type HttpClient, type HttpReply } from '../../engine/ports/index.ts';
import {
  type DevicePush,
  messageText,
  type PushConnection,
  type PushResult,
} from '../../strategies/notification/index.ts';
import { DEFAULT_PAUSE_MS, failed, retryAfterOf, textOption } from './pushResults.ts';

interface CustomHttpDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly url: string;
  readonly timeoutMs: number;
}

/**
 * A push server of the operator's own. It gets a POST with a JSON object of the two properties `deviceId` and
 * `message`. gms-api 8.5.
 */
export class CustomHttpConnection implements PushConnection {
  readonly #deps: CustomHttpDeps;

  constructor(deps: CustomHttpDeps) {
    this.#deps = deps;
  }

  async send({ id, deviceId, message, options, authorization }: DevicePush): Promise<PushResult> {
    const { http, clock, url, timeoutMs } = this.#deps;
    const own = messageText(message);
    const text = own === '' ? (textOption(options, 'customhttp.message') ?? '') : own;
    try {
      const reply = await http({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json;charset=UTF-8',
          'idempotency-key': id,
          ...defined({ authorization: authorization && withScheme(authorization) }),
        },
        body: JSON.stringify({ deviceId, message: text }),
        timeoutMs,
      });
      return resultOf(reply, clock.now());
    } catch (error) {
      return failed(`The push server: ${(error as Error).message}`, 'retry');
    }
  }
}

/** 410: the receiver does not know the device any more. */
function resultOf({ status, headers }: HttpReply, now: number): PushResult {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const reason = `The push server answered ${status}`;
  if (status === 410) return { kind: 'gone', reason };
  const retryAfterMs = retryAfterOf(headers['retry-after'], now);
  if (status === 429) return failed(reason, 'retry', retryAfterMs ?? DEFAULT_PAUSE_MS);
  // 401 and 403: an operator may correct the credentials.
  const mayPass = status >= 500 || status === 401 || status === 403 || status === 408;
  return mayPass ? failed(reason, 'retry', retryAfterMs) : failed(reason, 'final');
}

/** The vendor's example holds bare Basic credentials (gms-api 8.1). */
function withScheme(authorization: string): string {
  return authorization.includes(' ') ? authorization : `Basic ${authorization}`;
}
