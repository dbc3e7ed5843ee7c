import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { jwtVerify } from 'jose';
import { TEST_TLS } from '../support/tlsFront.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/tls');
/** The certificate of an app, with its key. Its passphrase as .p12 is app-secret. */
export const APP_PEM = resolve(FIXTURES, 'app.pem');
export const APP_P12 = resolve(FIXTURES, 'app.p12');

/** The behaviour of the simulated service for one request. */
export type ApnsAnswer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'fault'; readonly status: number; readonly reason: string; readonly retryAfter?: string }
  | { readonly kind: 'silent' }
  /** The connection breaks after the headers of the answer. */
  | { readonly kind: 'cut' }
  /** The session ends, and this request was not processed. */
  | { readonly kind: 'goaway' }
  /** The stream is refused: the request was not processed. */
  | { readonly kind: 'refuse' };

/** A notification that the service took. */
export interface ApnsNotification {
  readonly device: string;
  readonly headers: IncomingHttpHeaders;
  readonly payload: { readonly aps: object; readonly message: string };
}

/**
 * SIMULATOR for tests of Apple Push Notification service: HTTP/2 with TLS. It checks what the real one
 * checks, and misbehaves as the tests ask. `clock`: the time of the tests, for the age of tokens.
 */
export class ApnsServer {
  readonly notifications: ApnsNotification[] = [];
  /** The answers to the next requests; after them all are taken. */
  next: ApnsAnswer[] = [];
  /** The answer to every request for a device. */
  readonly ofDevice = new Map<string, ApnsAnswer>();
  /** Sessions that were opened. */
  sessions = 0;
  readonly tokens = new Set<string>();
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #clock: { now(): number };
  readonly #server: Http2SecureServer;
  readonly #open = new Set<ServerHttp2Session>();
  readonly #held = new Set<ServerHttp2Stream>();

  constructor(clock: { now(): number }) {
    this.#clock = clock;
    this.#server = createSecureServer({
      cert: readFileSync(TEST_TLS.certificate),
      key: readFileSync(TEST_TLS.key),
      ca: readFileSync(APP_PEM),
      requestCert: true,
      rejectUnauthorized: false,
    });
    this.#server.on('session', (session) => {
      this.sessions += 1;
      this.#open.add(session);
      session.on('error', () => {});
      session.on('close', () => this.#open.delete(session));
    });
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      void this.#serve(stream, headers);
    });
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The key of the team (.p8), in PEM form. */
  get key(): string {
    return pemOf(this.#keys.privateKey);
  }

  /** Requests that wait for an answer. */
  get held(): number {
    return this.#held.size;
  }

  /** Answers the requests that wait. */
  release(): void {
    for (const stream of this.#held) stream.respond({ ':status': 200 }, { endStream: true });
    this.#held.clear();
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async close(): Promise<void> {
    for (const session of this.#open) session.destroy();
    await new Promise<void>((done) => this.#server.close(() => done()));
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const answer = this.next.shift() ?? this.ofDevice.get(deviceOf(headers)) ?? { kind: 'ok' };
    switch (answer.kind) {
      case 'goaway':
        // As when Apple restarts a server: the last stream that it processes is the one before.
        stream.session?.goaway(0, Math.max(0, stream.id! - 2));
        return;
      case 'refuse':
        stream.close(7);
        return;
      case 'silent':
        this.#held.add(stream);
        return;
      case 'cut':
        stream.respond({ ':status': 200 });
        stream.session?.destroy();
        return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const fault = answer.kind === 'fault' ? answer : await this.#refusalOf(stream, headers);
    if (fault !== undefined) {
      const { status, reason } = fault;
      const retryAfter = answer.kind === 'fault' ? answer.retryAfter : undefined;
      stream.respond({
        ':status': status,
        'content-type': 'application/json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      });
      stream.end(JSON.stringify({ reason }));
      return;
    }
    const payload = JSON.parse(Buffer.concat(chunks).toString('utf8')) as ApnsNotification['payload'];
    this.notifications.push({ device: deviceOf(headers), headers, payload });
    stream.respond({ ':status': 200, 'apns-id': String(headers['apns-id']) }, { endStream: true });
  }

  /** Checks the certificate or the token of a request. */
  async #refusalOf(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ): Promise<{ readonly status: number; readonly reason: string } | undefined> {
    if (headers['apns-topic'] !== 'com.example.support') return { status: 400, reason: 'TopicDisallowed' };
    const [scheme, token] = (headers.authorization ?? '').split(' ');
    if (scheme !== 'bearer' || token === undefined) {
      const isTrusted = (stream.session?.socket as TLSSocket | undefined)?.authorized === true;
      return isTrusted ? undefined : { status: 403, reason: 'MissingProviderToken' };
    }
    try {
      const now = this.#clock.now();
      const { payload, protectedHeader } = await jwtVerify(token, this.#keys.publicKey, {
        algorithms: ['ES256'],
        issuer: 'TEAM123456',
        currentDate: new Date(now),
      });
      if (protectedHeader.kid !== 'KEY1234567') return { status: 403, reason: 'InvalidProviderToken' };
      if (now / 1_000 - payload.iat! > 3_600) return { status: 403, reason: 'ExpiredProviderToken' };
      this.tokens.add(token);
      return undefined;
    } catch {
      return { status: 403, reason: 'InvalidProviderToken' };
    }
  }
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

function deviceOf(headers: IncomingHttpHeaders): string {
  return String(headers[':path']).replace('/3/device/', '');
}
