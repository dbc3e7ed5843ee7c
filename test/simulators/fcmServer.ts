import { generateKeyPairSync, type KeyObject, type KeyPairKeyObjectResult } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jwtVerify } from 'jose';

/** The behaviour of the simulated service for one request. */
export type FcmAnswer =
  | { readonly kind: 'ok' }
  | {
      readonly kind: 'fault';
      readonly status: number;
      readonly code: string;
      readonly retryAfter?: string;
      readonly field?: string;
    }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cut' };

/** A message that the service took. */
export interface FcmMessage {
  readonly token: string;
  readonly data: { readonly message: string };
  readonly notification?: { readonly title?: string; readonly body?: string };
  readonly android: object;
}

let made: KeyPairKeyObjectResult | undefined;

/** One pair for all simulators of a process: a new one takes half a second. */
function keys(): KeyPairKeyObjectResult {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return made;
}

/**
 * SIMULATOR for tests of Firebase Cloud Messaging (HTTP v1) and of Google's token endpoint. It checks
 * requests as the real ones do, and misbehaves as the tests ask.
 */
export class FcmServer {
  /** The key file of the service account. */
  accountFile = '';
  readonly messages: FcmMessage[] = [];
  tokensGiven = 0;
  /** Status of the token endpoint. */
  tokenStatus = 200;
  /** The answers to the next messages; after them all are taken. */
  next: FcmAnswer[] = [];
  /** The answer to every message of a device. */
  readonly ofDevice = new Map<string, FcmAnswer>();
  readonly #server: Server;
  readonly #held = new Set<ServerResponse>();

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    this.accountFile = this.accountWith(keys().privateKey);
  }

  /** A key file with another key. */
  accountWith(key: KeyObject): string {
    return JSON.stringify({
      type: 'service_account',
      project_id: 'orsay-test',
      private_key_id: 'key-1',
      private_key: key.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'push@orsay-test.iam.gserviceaccount.com',
      token_uri: `${this.url}/token`,
    });
  }

  /** Requests that wait for an answer. */
  get held(): number {
    return this.#held.size;
  }

  /** Answers the requests that wait. */
  release(): void {
    for (const response of this.#held) accept(response);
    this.#held.clear();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (request.url === '/token') return this.#token(body, response);
    if (request.url !== '/v1/projects/orsay-test/messages:send' || request.method !== 'POST') {
      return fault(response, { kind: 'fault', status: 404, code: 'NOT_FOUND' });
    }
    if (request.headers.authorization !== `Bearer access-${this.tokensGiven}`) {
      return fault(response, { kind: 'fault', status: 401, code: 'UNAUTHENTICATED' });
    }
    const { message } = JSON.parse(body) as { readonly message: FcmMessage };
    const answer = this.next.shift() ?? this.ofDevice.get(message.token) ?? { kind: 'ok' };
    switch (answer.kind) {
      case 'ok':
        this.messages.push(message);
        return accept(response);
      case 'fault':
        return fault(response, answer);
      case 'silent':
        this.#held.add(response);
        return;
      case 'cut':
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"name":');
        setImmediate(() => response.destroy());
    }
  }

  async #token(body: string, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(body);
    const assertion = form.get('assertion') ?? '';
    try {
      if (this.tokenStatus !== 200) throw new Error('the token endpoint is down');
      const { payload } = await jwtVerify(assertion, keys().publicKey, {
        issuer: 'push@orsay-test.iam.gserviceaccount.com',
        audience: `${this.url}/token`,
        // Tests have a clock of their own.
        currentDate: new Date((decodeSeconds(assertion) + 1) * 1_000),
      });
      const isGrant = form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:jwt-bearer';
      if (!isGrant || payload.scope !== 'https://www.googleapis.com/auth/firebase.messaging') {
        throw new Error('not the grant or the scope of FCM');
      }
      this.tokensGiven += 1;
      const token = { access_token: `access-${this.tokensGiven}`, expires_in: 3599, token_type: 'Bearer' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
    } catch (error) {
      const status = this.tokenStatus === 200 ? 400 : this.tokenStatus;
      const refusal = { error: 'invalid_grant', error_description: (error as Error).message };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
    }
  }
}

function decodeSeconds(assertion: string): number {
  const payload = Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(payload) as { readonly iat: number }).iat;
}

function accept(response: ServerResponse): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ name: 'projects/orsay-test/messages/1' }));
}

function fault(response: ServerResponse, answer: Extract<FcmAnswer, { readonly kind: 'fault' }>): void {
  const { status, code, retryAfter, field } = answer;
  const error = {
    code: status,
    message: `The simulator answers ${code}.`,
    status: code,
    details: [
      { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code },
      ...(field === undefined
        ? []
        : [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field }] }]),
    ],
  };
  response
    .writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    })
    .end(JSON.stringify({ error }));
}
