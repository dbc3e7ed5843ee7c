import type { IncomingMessage, ServerResponse } from 'node:http';
import { defined, type Ids, type Log } from '../../engine/ports/index.ts';
import type { Cookies } from '../access/index.ts';
import type { BayeuxCore, ConnectOutcome } from './bayeuxCore.ts';
import type { BayeuxSession, Outbound, ReleaseReason } from './bayeuxSession.ts';
import { BROWSER_COOKIE, browserOf } from './browserCookie.ts';
import { exchange } from './exchange.ts';
import type { BayeuxMessage, BayeuxReply } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import { readPollRequest } from './pollRequest.ts';
import type { BayeuxCustomer, Peer, SessionRegistry } from './sessionRegistry.ts';

const NO_CACHE = { 'Cache-Control': 'no-cache, no-store', Pragma: 'no-cache' };
const JSON_HEADERS = { 'Content-Type': 'application/json;charset=UTF-8', ...NO_CACHE };
/** The response is a script of the page, and of no other type. */
const SCRIPT_HEADERS = {
  'Content-Type': 'text/javascript;charset=UTF-8',
  'X-Content-Type-Options': 'nosniff',
  ...NO_CACHE,
};

/** Sends messages as the reply to a request. */
type Write = (texts: readonly string[]) => void;

/**
 * The transports long-polling and callback-polling (Bayeux 1.0, 6.3 and 6.4). They ignore the suffix of the
 * path (`/handshake`, `/connect`).
 */
export class Polling {
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
      // The query may have a signature.
      const path = req.url?.split('?')[0];
      this.#log.error({ path, err: error }, 'A Bayeux request failed.');
      if (!res.headersSent) answer(res, 500, 'The server failed to answer. Its log has the error.');
    }
    await finished;
  }

  async #answerRequest(req: IncomingMessage, res: ServerResponse, customer: BayeuxCustomer): Promise<void> {
    const request = await readPollRequest(req, { options: this.#options, body: customer.body });
    switch (request.kind) {
      case 'aborted':
        return;
      case 'error':
        res.writeHead(request.error.status, { ...JSON_HEADERS, ...request.error.headers });
        res.end(JSON.stringify(request.error.body()));
        return;
      case 'refused':
        for (const [name, value] of Object.entries(request.headers ?? {})) res.setHeader(name, value);
        return answer(res, request.status, request.message);
      case 'messages':
        return this.#answerMessages(res, request.messages, {
          peer: this.#peerOf(req, res, { customer, messages: request.messages }),
          write: writerOf(res, request.callback),
        });
    }
  }

  async #answerMessages(
    res: ServerResponse,
    messages: readonly BayeuxMessage[],
    { peer, write }: { readonly peer: Peer; readonly write: Write },
  ): Promise<void> {
    const { replies, connect } = await exchange(this.#core, messages, peer);
    if (!connect) return write(replies.map(stringify));
    const outcome = messages.length > 1 ? { ...connect, holdMs: 0 } : connect;
    await this.#answerConnect(res, outcome, { replies, write });
  }

  async #answerConnect(
    res: ServerResponse,
    { session, reply, holdMs }: ConnectOutcome,
    { replies, write }: { readonly replies: readonly BayeuxReply[]; readonly write: Write },
  ): Promise<void> {
    session.attach(undefined);
    // A displaced connect may have set an expiry just now. It must not end the session during this connect.
    this.#sessions.connecting(session);
    const why = await waitFor(res, session, holdMs);
    if (why === 'closed' || isGone(res)) return this.#sessions.expectConnect(session);
    if (why === 'displaced') return answer(res, 500, 'Displaced by a later connect of the same client.');
    if (why === 'disconnected') {
      return write([...replies, { ...reply, advice: { reconnect: 'none' } }].map(stringify));
    }
    const outbound = await this.#taken(session);
    if (isGone(res)) {
      outbound.lost();
      return this.#sessions.expectConnect(session);
    }
    onceSettled(res, outbound, () => this.#sessions.expectConnect(session));
    const ext = outbound.batch === undefined ? {} : { ext: { ack: outbound.batch } };
    write([...replies.map(stringify), ...outbound.texts, stringify({ ...reply, ...ext })]);
  }

  async #taken(session: BayeuxSession): Promise<Outbound> {
    try {
      return await this.#core.take(session);
    } catch (error) {
      this.#sessions.expectConnect(session);
      throw error;
    }
  }

  /**
   * A client without the cookie gets one at its handshake. If it loses the cookie later, gms_user identifies
   * it.
   */
  #peerOf(
    req: IncomingMessage,
    res: ServerResponse,
    {
      customer,
      messages,
    }: { readonly customer: BayeuxCustomer; readonly messages: readonly BayeuxMessage[] },
  ): Peer {
    const known = browserOf(req);
    const isHandshake = messages.some((message) => message.channel === '/meta/handshake');
    const browser = known ?? (isHandshake ? `${this.#ids.prefix}${this.#ids.hex(32)}` : undefined);
    if (browser !== undefined && known === undefined) {
      res.setHeader('Set-Cookie', this.#cookies.header(req, BROWSER_COOKIE, browser));
    }
    return { ...customer, transport: 'polling', ...defined({ browser }) };
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

function writerOf(res: ServerResponse, callback: string | undefined): Write {
  return (texts) => {
    const array = `[${texts.join(',')}]`;
    res.writeHead(200, callback === undefined ? JSON_HEADERS : SCRIPT_HEADERS);
    // The comment keeps a browser from reading the begin of the reply as a file of another type.
    res.end(callback === undefined ? array : `/**/${callback}(${scriptOf(array)});`);
  };
}

/** JSON as an expression of scripts. Older browsers end a line at U+2028 and U+2029 inside of a text. */
function scriptOf(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function answer(res: ServerResponse, status: number, message: string): void {
  res.writeHead(status, JSON_HEADERS);
  res.end(JSON.stringify({ message, exception: 'orsay.BayeuxException' }));
}
