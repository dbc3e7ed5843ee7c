import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { type Clock, defined, type HttpClient, type HttpReply } from '../../engine/ports/index.ts';
import {
  type DevicePush,
  messageText,
  type PushConnection,
  type PushResult,
} from '../../strategies/notification/index.ts';
import {
  DEFAULT_PAUSE_MS,
  delivered,
  failed,
  MAX_MESSAGE_BYTES,
  retryAfterOf,
  textOption,
} from './pushResults.ts';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_SECONDS = 3_600;
/** A token is replaced this long before it expires. */
const RENEW_BEFORE_MS = 300_000;
/** Pause after the token endpoint failed. */
const TOKEN_PAUSE_MS = 1_000;

export const FCM_URL = 'https://fcm.googleapis.com';

const accountSchema = z.object({
  type: z.literal('service_account'),
  project_id: z.string().min(1),
  private_key_id: z.string().optional(),
  private_key: z.string().min(1),
  client_email: z.string().min(1),
  token_uri: z.url({ protocol: /^https?$/ }),
});

/** A service account of Google Cloud, as its key file has it. */
export interface ServiceAccount {
  readonly projectId: string;
  readonly email: string;
  readonly key: KeyObject;
  readonly keyId?: string;
  readonly tokenUrl: string;
}

/** Reads the content of a key file. Throws an Error for the operator. */
export function readServiceAccount(text: string): ServiceAccount {
  let account: z.infer<typeof accountSchema>;
  let key: KeyObject;
  try {
    account = accountSchema.parse(parsed(text) ?? 'no JSON');
    key = createPrivateKey(account.private_key);
  } catch (cause) {
    const fault = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new Error(`expected the JSON key file of a service account, got: ${fault}`, { cause });
  }
  return {
    projectId: account.project_id,
    email: account.client_email,
    key,
    tokenUrl: account.token_uri,
    ...defined({ keyId: account.private_key_id }),
  };
}

interface FcmDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly account: ServiceAccount;
  /** Base URL of the API. */
  readonly url: string;
  readonly timeoutMs: number;
}

/** Firebase Cloud Messaging, HTTP v1. https://firebase.google.com/docs/reference/fcm/rest/v1 */
export class FcmConnection implements PushConnection {
  readonly #deps: FcmDeps;
  readonly #tokens: AccessTokens;

  constructor(deps: FcmDeps) {
    this.#deps = deps;
    this.#tokens = new AccessTokens(deps);
  }

  async send(push: DevicePush): Promise<PushResult> {
    const body = JSON.stringify({ message: fcmMessage(push) });
    const bytes = Buffer.byteLength(messageText(push.message));
    if (bytes > MAX_MESSAGE_BYTES) {
      return failed(`the message has ${bytes} bytes; FCM takes ${MAX_MESSAGE_BYTES}`, 'final');
    }
    try {
      const reply = await this.#post(body);
      if (reply.status !== 401) return resultOf(reply, this.#deps.clock.now());
      // The token may have been revoked before its time.
      this.#tokens.forget();
      return resultOf(await this.#post(body), this.#deps.clock.now());
    } catch (error) {
      return failed(`FCM: ${(error as Error).message}`, 'retry');
    }
  }

  async #post(body: string): Promise<HttpReply> {
    const { http, url, account, timeoutMs } = this.#deps;
    const token = await this.#tokens.get();
    return http({
      method: 'POST',
      url: `${url}/v1/projects/${encodeURIComponent(account.projectId)}/messages:send`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
      timeoutMs,
    });
  }
}

/**
 * gms-api 8.5: apps read the text under `message`. A title or a body makes the visible part; its tag
 * lets a repetition replace the notification that it repeats.
 */
function fcmMessage({ id, deviceId, message, options }: DevicePush): object {
  const title = textOption(options, 'fcm.title');
  const body = textOption(options, 'fcm.body');
  const isVisible = title !== undefined || body !== undefined;
  return {
    token: deviceId,
    data: { message: messageText(message) },
    ...(isVisible && { notification: defined({ title, body }) }),
    android: { priority: 'HIGH', ...(isVisible && { notification: { tag: id } }) },
  };
}

/** The error codes of FCM v1, which replaced those of GCM. */
function resultOf(reply: HttpReply, now: number): PushResult {
  if (reply.status === 200) return delivered(nameSchema.safeParse(parsed(reply.body)).data?.name);
  const { code, reason } = faultOf(reply);
  const retryAfterMs = retryAfterOf(reply.headers['retry-after'], now);
  if (code === 'UNREGISTERED') return { kind: 'gone', reason };
  if (reply.status === 429) return failed(reason, 'retry', retryAfterMs ?? DEFAULT_PAUSE_MS);
  const mayPass = reply.status >= 500 || reply.status === 401 || reply.status === 403;
  return code !== 'SENDER_ID_MISMATCH' && mayPass
    ? failed(reason, 'retry', retryAfterMs)
    : failed(reason, 'final');
}

/** `error.details` of a reply names FCM's own code; other replies have the status of Google's APIs only. */
function faultOf({ status, body }: HttpReply): { readonly code: string; readonly reason: string } {
  const fault = faultSchema.safeParse(parsed(body)).data?.error;
  const details = fault?.details ?? [];
  const named = details.find(({ errorCode }) => errorCode !== undefined)?.errorCode ?? fault?.status ?? '';
  const isToken = details.some(({ fieldViolations = [] }) =>
    fieldViolations.some(({ field }) => field === 'message.token'),
  );
  // FCM calls a token that it cannot read an invalid argument.
  const code = named === 'INVALID_ARGUMENT' && isToken ? 'UNREGISTERED' : named;
  return { code, reason: `FCM answered ${status} ${named} ${fault?.message ?? ''}`.trim() };
}

const faultSchema = z.object({
  error: z.object({
    message: z.string().optional(),
    status: z.string().optional(),
    details: z
      .array(
        z.object({
          errorCode: z.string().optional(),
          fieldViolations: z.array(z.object({ field: z.string().optional() })).optional(),
        }),
      )
      .optional(),
  }),
});

/** `projects/<project>/messages/<id>` */
const nameSchema = z.object({ name: z.string() });

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/** OAuth access tokens of a service account (RFC 7523), each used until it is near its end. */
class AccessTokens {
  readonly #deps: FcmDeps;
  #token: { readonly text: string; readonly until: number } | undefined;
  #asking: Promise<string> | undefined;
  #failure: { readonly error: Error; readonly until: number } | undefined;

  constructor(deps: FcmDeps) {
    this.#deps = deps;
  }

  /** Rejects with an Error when the token endpoint gives none. */
  async get(): Promise<string> {
    const now = this.#deps.clock.now();
    if (this.#token !== undefined && now < this.#token.until) return this.#token.text;
    if (this.#failure !== undefined && now < this.#failure.until) throw this.#failure.error;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  forget(): void {
    this.#token = undefined;
  }

  async #ask(): Promise<string> {
    const { http, clock, account, timeoutMs } = this.#deps;
    try {
      const reply = await http({
        method: 'POST',
        url: account.tokenUrl,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: GRANT, assertion: await this.#assertion() }).toString(),
        timeoutMs,
      });
      const token = tokenSchema.safeParse(parsed(reply.body)).data;
      if (reply.status !== 200 || token === undefined) {
        throw new Error(`expected a token, got ${reply.status} ${reply.body.slice(0, 200)}`);
      }
      const lifeMs = token.expires_in * 1_000;
      const until = clock.now() + Math.max(lifeMs - RENEW_BEFORE_MS, lifeMs / 2);
      this.#token = { text: token.access_token, until };
      this.#failure = undefined;
      return token.access_token;
    } catch (cause) {
      const error = new Error(`the token endpoint ${account.tokenUrl}: ${(cause as Error).message}`, {
        cause,
      });
      this.#failure = { error, until: clock.now() + TOKEN_PAUSE_MS };
      throw error;
    }
  }

  #assertion(): Promise<string> {
    const { clock, account } = this.#deps;
    const now = Math.floor(clock.now() / 1_000);
    return new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...defined({ kid: account.keyId }) })
      .setIssuer(account.email)
      .setAudience(account.tokenUrl)
      .setIssuedAt(now)
      .setExpirationTime(now + TOKEN_SECONDS)
      .sign(account.key);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy in between may answer with a page.
    return undefined;
  }
}
