import type { IncomingMessage, ServerResponse } from 'node:http';
import { defined, type Ids, type Log } from '../../engine/ports/index.ts';
import type { Cookies } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import type { BayeuxCore, ConnectOutcome } from './bayeuxCore.ts';
import type { BayeuxSession, Outbound, ReleaseReason } from './bayeuxSession.ts';
import { type BayeuxMessage, type BayeuxReply, parseMessages } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import { refusal } from './replies.ts';
import type { BayeuxCustomer, Peer, SessionRegistry } from './sessionRegistry.ts';

const COOKIE = 'BAYEUX_BROWSER';
const JSON_HEADERS = {
  'Content-Type': 'application/json;charset=UTF-8',
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
};

/**
 * The long-polling transport (Bayeux 1.0, 6.2). It ignores the suffix of the path (`/handshake`, `/connect`).
 */
export class LongPolling {
  readonly #core: BayeuxCore;
  readonly #sessions: SessionRegistry;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #options: BayeuxOptions;
  readonly #cookies: Cookies;

  constructor(deps: {
    readonly core: BayeuxCore;
    readonly sessions: SessionRegistry;
    readonly ids: Ids;
    readonly log: Log;
    readonly options: BayeuxOptions;
    readonly cookies: Cookies;
  }) {
    this.#core = deps.core;
    this.#sessions = deps.sessions;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#options = deps.options;
    this.#cookies = deps.cookies;
  }

  /** Resolves when the response is finished or its socket closed. Never rejects. */
  async handle(req: IncomingMessage, res: ServerResponse, customer: BayeuxCustomer): Promise<void> {
    const finished = new Promise<void>((resolve) => res.once('close', resolve));
    try {
      await this.#answerRequest(req, res, customer);
    } catch (error) {
      this.#log.error({ url: req.url, err: error }, 'A Bayeux request failed.');
      if (!res.headersSent) answer(res, 500, 'The server failed to answer. Its log has the error.');
    }
    await finished;
  }

  async #answerRequest(req: IncomingMessage, res: ServerResponse, customer: BayeuxCustomer): Promise<void> {
    const messages = await this.#readMessages(req, res, customer);
    if (messages === undefined) return;
    const isHandshake = messages.some((message) => message.channel === '/meta/handshake');
    const peer = this.#peerOf(req, res, { customer, isHandshake });
    const replies: BayeuxReply[] = [];
    let connect: ConnectOutcome | undefined;
    let handshakes = 0;
    for (const message of messages) {
      if (message.channel === '/meta/handshake') handshakes += 1;
      if (handshakes > 1) {
        // Bayeux 1.0, 4.1: a handshake comes alone. Otherwise one request would be many clients.
        replies.push(refusal(message, '400::Expected one handshake in a body, got several', 'none').reply);
        continue;
      }
      const outcome = await this.#core.receive(message, peer);
      if (outcome.kind === 'reply') replies.push(outcome.reply);
      // A second connect in one body displaces the first, which then gets no reply.
      else connect = outcome;
    }
    if (!connect) return write(res, replies.map(stringify));
    await this.#answerConnect(res, replies, messages.length > 1 ? { ...connect, holdMs: 0 } : connect);
  }

  /**
   * The messages of a request. Undefined: it was answered with an error, or its client closed the connection.
   */
  async #readMessages(
    req: IncomingMessage,
    res: ServerResponse,
    customer: BayeuxCustomer,
  ): Promise<readonly BayeuxMessage[] | undefined> {
    if (req.method !== 'POST') {
      res.setHeader('Allow', 'POST');
      answer(res, 405, `Expected POST with Bayeux messages, got ${req.method}.`);
      return undefined;
    }
    const { maxBodyBytes, maxMessagesPerBody } = this.#options;
    const body = await readBody(req, { maxBytes: maxBodyBytes, count: customer.body });
    if (body.kind === 'aborted') return undefined;
    if (body.kind === 'refused') {
      const { status, headers } = body.error;
      res.writeHead(status, { ...JSON_HEADERS, ...headers }).end(JSON.stringify(body.error.body()));
      return undefined;
    }
    if (body.kind === 'too-large') {
      res.setHeader('Connection', 'close');
      req.resume();
      answer(res, 413, `Expected a body of at most ${maxBodyBytes} bytes.`);
      return undefined;
    }
    if (body.kind === 'not-utf8') {
      answer(res, 400, 'Expected a body in UTF-8.');
      return undefined;
    }
    const parsed = parseMessages(messageText(req, body.text), maxMessagesPerBody);
    if (parsed.kind === 'messages') return parsed.messages;
    answer(res, 400, parsed.reason);
    return undefined;
  }

  async #answerConnect(
    res: ServerResponse,
    replies: readonly BayeuxReply[],
    { session, reply, holdMs }: ConnectOutcome,
  ): Promise<void> {
    // A displaced connect may have set an expiry just now. It must not end the session during this connect.
    this.#sessions.connecting(session);
    const why = await waitFor(res, session, holdMs);
    if (why === 'closed' || isGone(res)) return this.#sessions.expectConnect(session);
    if (why === 'displaced') return answer(res, 500, 'Displaced by a later connect of the same client.');
    if (why === 'disconnected') {
      return write(res, [...replies, { ...reply, advice: { reconnect: 'none' } }].map(stringify));
    }
    const outbound = session.take();
    onceSettled(res, outbound, () => this.#sessions.expectConnect(session));
    const ext = outbound.batch === undefined ? {} : { ext: { ack: outbound.batch } };
    write(res, [...replies.map(stringify), ...outbound.texts, stringify({ ...reply, ...ext })]);
  }

  /**
   * A client without the cookie gets one at its handshake. If it loses the cookie later, gms_user identifies
   * it.
   */
  #peerOf(
    req: IncomingMessage,
    res: ServerResponse,
    { customer, isHandshake }: { readonly customer: BayeuxCustomer; readonly isHandshake: boolean },
  ): Peer {
    const known = cookieOf(req);
    const browser = known ?? (isHandshake ? this.#ids.hex(32) : undefined);
    if (browser !== undefined && known === undefined) {
      res.setHeader('Set-Cookie', this.#cookies.header(req, COOKIE, browser));
    }
    return { ...customer, ...defined({ browser }) };
  }
}

/** Holds a connect until the session releases it or its socket closes. */
function waitFor(
  res: ServerResponse,
  session: BayeuxSession,
  holdMs: number,
): Promise<ReleaseReason | 'closed'> {
  return new Promise((resolve) => {
    if (isGone(res)) return resolve('closed');
    const onClose = () => {
      session.abandonHold();
      resolve('closed');
    };
    res.once('close', onClose);
    session.hold(holdMs, (reason) => {
      res.off('close', onClose);
      resolve(reason);
    });
  });
}

/** Calls written() when the operating system has all bytes, or lost() when the socket closes before. */
function onceSettled(res: ServerResponse, outbound: Outbound, settled: () => void): void {
  const onFinish = () => {
    res.off('close', onClose);
    outbound.written();
    settled();
  };
  const onClose = () => {
    res.off('finish', onFinish);
    outbound.lost();
    settled();
  };
  res.once('finish', onFinish);
  res.once('close', onClose);
}

function isGone(res: ServerResponse): boolean {
  return res.closed || res.destroyed || res.socket === null || res.socket.destroyed;
}

function stringify(reply: BayeuxReply): string {
  return JSON.stringify(reply);
}

function write(res: ServerResponse, texts: readonly string[]): void {
  res.writeHead(200, JSON_HEADERS);
  res.end(`[${texts.join(',')}]`);
}

function answer(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, JSON_HEADERS);
  res.end(JSON.stringify({ message, exception: 'orsay.BayeuxException' }));
}

/** Bayeux 1.0, 6.2: the messages may also come as the form parameter `message`. */
function messageText(req: IncomingMessage, body: string): string {
  if (!req.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return body;
  return new URLSearchParams(body).get('message') ?? body;
}

function cookieOf(req: IncomingMessage): string | undefined {
  return /(?:^|;\s*)BAYEUX_BROWSER="?([\w-]{1,64})"?\s*(?:;|$)/.exec(req.headers.cookie ?? '')?.[1];
}

type RequestBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'not-utf8' }
  /** Too many bytes of bodies are in memory. */
  | { readonly kind: 'refused'; readonly error: WireError }
  /** The client disconnected before the end. */
  | { readonly kind: 'aborted' };

/** Reads a request body of at most `maxBytes`. */
async function readBody(
  req: IncomingMessage,
  { maxBytes, count }: { readonly maxBytes: number; readonly count: BayeuxCustomer['body'] },
): Promise<RequestBody> {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) return { kind: 'too-large' };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // By default the iterator destroys the socket when the loop ends early, and the 413 could not be sent.
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) return { kind: 'too-large' };
      count?.take(chunk.length);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof WireError) return { kind: 'refused', error };
    // The client disconnected, so no answer is possible.
    return { kind: 'aborted' };
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { kind: 'not-utf8' };
  }
}
