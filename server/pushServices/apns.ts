import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { createSecureContext, rootCertificates } from 'node:tls';
import { SignJWT } from 'jose';
import type { Clock } from '../../engine/ports/index.ts';
import type { DevicePush, PushConnection, PushResult } from '../../strategies/notification/index.ts';
import type { AddressGuard } from '../adapters/index.ts';
import { type ApnsReply, apnsMessage, apnsResult, reasonOf } from './apnsMessage.ts';
import { failed, MAX_MESSAGE_BYTES } from './pushResults.ts';

export const APNS_URL = 'https://api.push.apple.com';
export const APNS_SANDBOX_URL = 'https://api.sandbox.push.apple.com';

/** APNs wants a new token after 20 minutes at the earliest, and after an hour at the latest. */
const TOKEN_LIFE_MS = 40 * 60_000;
/** APNs answers with some dozen bytes. */
const MAX_REPLY_BYTES = 16_384;

/** Proves to APNs which app sends. */
export type ApnsCredentials =
  | { readonly kind: 'token'; readonly key: KeyObject; readonly keyId: string; readonly teamId: string }
  | { readonly kind: 'certificate'; readonly tls: CertificateOptions };

export type CertificateOptions =
  | { readonly pfx: Buffer; readonly passphrase?: string }
  | { readonly cert: string; readonly key: string; readonly passphrase?: string };

/** Reads a key of Apple (.p8). Throws an Error for the operator. */
export function readApnsKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw new Error(`expected a key of the curve P-256, got ${key.asymmetricKeyType}`);
}

/** Reads a certificate with its key: PKCS #12 (.p12), or PEM. Throws an Error for the operator. */
export function readApnsCertificate(content: Buffer, passphrase?: string): CertificateOptions {
  const isPem = content.includes('-----BEGIN ');
  const pem = content.toString('utf8');
  const options = {
    ...(isPem ? { cert: pem, key: pem } : { pfx: content }),
    ...(passphrase !== undefined && { passphrase }),
  } as CertificateOptions;
  createSecureContext(options);
  return options;
}

interface ApnsDeps {
  readonly clock: Clock;
  readonly credentials: ApnsCredentials;
  /** The bundle id of the app. */
  readonly topic: string;
  /** Origin of APNs. */
  readonly url: URL;
  readonly guard: AddressGuard;
  /** Certificates to trust besides those of Node.js, in PEM form. */
  readonly trusted?: readonly string[];
  readonly timeoutMs: number;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/** The session ended before the service saw the request, which may be sent again. */
class NotProcessed extends Error {}

/** Apple Push Notification service over HTTP/2: one session, opened when it is needed. */
export class ApnsConnection implements PushConnection {
  readonly #deps: ApnsDeps;
  #session: ClientHttp2Session | undefined;
  /** APNs refuses an app that makes tokens too often, so requests at one time share one. */
  #token: { readonly text: Promise<string>; readonly at: number } | undefined;

  constructor(deps: ApnsDeps) {
    this.#deps = deps;
    deps.closing.addEventListener('abort', this.#stop);
  }

  readonly #stop = (): void => {
    this.#session?.destroy();
  };

  close(): void {
    this.#deps.closing.removeEventListener('abort', this.#stop);
    this.#session?.close();
  }

  async send(push: DevicePush): Promise<PushResult> {
    const { clock } = this.#deps;
    const { headers, body } = apnsMessage(push, clock.now());
    const bytes = Buffer.byteLength(body);
    if (bytes > MAX_MESSAGE_BYTES) {
      return failed(`the notification has ${bytes} bytes; APNs takes ${MAX_MESSAGE_BYTES}`, 'final');
    }
    const request = { path: `/3/device/${encodeURIComponent(push.deviceId)}`, headers, body };
    try {
      const reply = await this.#ask(request);
      if (reasonOf(reply) !== 'ExpiredProviderToken') return apnsResult(reply, clock.now());
      this.#token = undefined;
      return apnsResult(await this.#ask(request), clock.now());
    } catch (error) {
      return failed(`APNs: ${(error as Error).message}`, 'retry');
    }
  }

  /** Sends a request, and once more if a session ended before it was processed. */
  async #ask(request: ApnsRequest): Promise<ApnsReply> {
    try {
      return await this.#askOnce(request);
    } catch (error) {
      if (!(error instanceof NotProcessed)) throw error;
      return this.#askOnce(request);
    }
  }

  async #askOnce({ path, headers, body }: ApnsRequest): Promise<ApnsReply> {
    const authorization = await this.#authorization();
    const session = this.#open();
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'apns-topic': this.#deps.topic,
      ...headers,
      ...authorization,
    });
    stream.end(body);
    return new Promise((resolve, reject) => {
      new Exchange({ session, stream, timeoutMs: this.#deps.timeoutMs, resolve, reject, drop: this.#drop });
    });
  }

  /** A session that is not usable any more: the next request opens another one. */
  readonly #drop = (session: ClientHttp2Session): void => {
    if (this.#session === session) this.#session = undefined;
  };

  #open(): ClientHttp2Session {
    if (this.#deps.closing.aborted) throw new Error('the server stops');
    const present = this.#session;
    if (present !== undefined && !present.closed && !present.destroyed) return present;
    const { url, guard, trusted, credentials } = this.#deps;
    guard.checkHost(url.hostname);
    const session = connect(url, {
      lookup: guard.lookupWith(() => {}),
      ...(trusted !== undefined && { ca: [...rootCertificates, ...trusted] }),
      ...(credentials.kind === 'certificate' && credentials.tls),
    });
    // Exchanges report the errors of their streams; this listener keeps the process alive.
    session.on('error', () => this.#drop(session));
    session.on('goaway', () => this.#drop(session));
    session.on('close', () => this.#drop(session));
    // Each exchange listens, and there are as many as the limits of the connection allow.
    session.setMaxListeners(0);
    // An idle session does not keep the process from ending.
    session.unref();
    this.#session = session;
    return session;
  }

  async #authorization(): Promise<{ readonly authorization?: string }> {
    const { credentials, clock } = this.#deps;
    if (credentials.kind === 'certificate') return {};
    const now = clock.now();
    if (this.#token === undefined || now >= this.#token.at + TOKEN_LIFE_MS) {
      const text = new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: credentials.keyId })
        .setIssuer(credentials.teamId)
        .setIssuedAt(Math.floor(now / 1_000))
        .sign(credentials.key);
      this.#token = { text, at: now };
    }
    return { authorization: `bearer ${await this.#token.text}` };
  }
}

interface ApnsRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One request and its answer. */
class Exchange {
  readonly #stream: ClientHttp2Stream;
  readonly #session: ClientHttp2Session;
  readonly #resolve: (reply: ApnsReply) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #status = 0;
  #headers: ApnsReply['headers'] = {};
  #body = '';
  /** The last request that the service will process, from its GOAWAY. */
  #lastProcessed: number | undefined;
  #goAway = '';
  #fault: Error | undefined;

  constructor(deps: {
    readonly session: ClientHttp2Session;
    readonly stream: ClientHttp2Stream;
    readonly timeoutMs: number;
    readonly resolve: (reply: ApnsReply) => void;
    readonly reject: (error: Error) => void;
    readonly drop: (session: ClientHttp2Session) => void;
  }) {
    const { session, stream, timeoutMs } = deps;
    this.#session = session;
    this.#stream = stream;
    this.#resolve = deps.resolve;
    this.#reject = deps.reject;
    this.#timer = setTimeout(() => {
      // Later requests would wait on the same dead session.
      deps.drop(session);
      this.#fault = new Error(`no answer within ${timeoutMs} ms`);
      stream.close(constants.NGHTTP2_CANCEL);
    }, timeoutMs);
    session.once('goaway', this.#onGoAway);
    session.once('error', this.#onError);
    stream.setEncoding('utf8');
    stream.on('response', (headers) => {
      this.#status = Number(headers[':status']);
      this.#headers = headers;
    });
    stream.on('data', (chunk: string) => {
      if (this.#body.length < MAX_REPLY_BYTES) this.#body += chunk;
    });
    stream.on('error', this.#onError);
    stream.on('close', () => this.#end());
  }

  readonly #onGoAway = (_code: number, lastStreamId: number, data?: Uint8Array): void => {
    this.#lastProcessed = lastStreamId;
    this.#goAway = data === undefined ? '' : Buffer.from(data).toString('utf8');
  };

  readonly #onError = (error: Error): void => {
    this.#fault ??= error;
  };

  #end(): void {
    clearTimeout(this.#timer);
    this.#session.off('goaway', this.#onGoAway);
    this.#session.off('error', this.#onError);
    const { id, rstCode } = this.#stream;
    if (this.#status !== 0 && rstCode === constants.NGHTTP2_NO_ERROR && this.#fault === undefined) {
      this.#resolve({ status: this.#status, headers: this.#headers, body: this.#body });
      return;
    }
    const isRefused = rstCode === constants.NGHTTP2_REFUSED_STREAM;
    const isAfterLast = this.#lastProcessed !== undefined && (id === undefined || id > this.#lastProcessed);
    const reason = this.#goAway || this.#fault?.message || `the stream ended with code ${rstCode}`;
    this.#reject(isRefused || isAfterLast ? new NotProcessed(reason) : new Error(reason));
  }
}
