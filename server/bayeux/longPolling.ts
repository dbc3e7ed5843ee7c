import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ids, Log } from '../../engine/ports/index.ts';
import type { BayeuxCore, Outcome } from './bayeuxCore.ts';
import type { Delivery, ReleaseReason } from './bayeuxSession.ts';
import { type BayeuxReply, parseMessages } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import type { Peer } from './peer.ts';
import { readBody } from './requestBody.ts';

const COOKIE = 'BAYEUX_BROWSER';
const JSON_HEADERS = {
  'Content-Type': 'application/json;charset=UTF-8',
  'Cache-Control': 'no-cache, no-store',
  Pragma: 'no-cache',
};

type Connect = Extract<Outcome, { kind: 'connect' }>;

export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/**
 * The long-polling transport (Bayeux 1.0, 6.2) as a plain Node handler. Resolves when the response is
 * finished or its socket closed; never rejects. Suffixes of the path (`/handshake`, `/connect`) mean nothing.
 */
export function createLongPolling(deps: {
  readonly core: BayeuxCore;
  readonly ids: Ids;
  readonly log: Log;
  readonly options: BayeuxOptions;
}): RequestHandler {
  const { core, options, log } = deps;

  return async (req, res) => {
    const finished = new Promise<void>((resolve) => res.once('close', resolve));
    try {
      await handle(req, res);
    } catch (error) {
      log.error({ url: req.url, err: error }, 'Bayeux request failed');
      if (!res.headersSent) answer(res, 500, 'The server failed to answer. Its log has the error.');
    }
    await finished;
  };

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== 'POST') {
      res.setHeader('Allow', 'POST');
      return answer(res, 405, `Expected POST with Bayeux messages, got ${req.method}.`);
    }
    const body = await readBody(req, options.maxBodyBytes);
    if (body.kind === 'aborted') return;
    if (body.kind === 'too-large') {
      res.setHeader('Connection', 'close');
      req.resume();
      return answer(res, 413, `Expected a body of at most ${options.maxBodyBytes} bytes.`);
    }
    if (body.kind === 'not-utf8') return answer(res, 400, 'Expected a body in UTF-8.');
    const parsed = parseMessages(messageText(req, body.text), options.maxMessagesPerBody);
    if (parsed.kind === 'malformed') return answer(res, 400, parsed.reason);

    const isHandshake = parsed.messages.some((message) => message.channel === '/meta/handshake');
    const peer = peerOf(req, res, isHandshake);
    const replies: BayeuxReply[] = [];
    let connect: Connect | undefined;
    for (const message of parsed.messages) {
      const outcome = await core.receive(message, peer);
      if (outcome.kind === 'reply') replies.push(outcome.reply);
      // A second connect in one body displaces the first, which then has nothing to say.
      else connect = outcome;
    }
    if (!connect) return write(res, replies.map(stringify));
    await answerConnect(res, replies, parsed.messages.length > 1 ? { ...connect, holdMs: 0 } : connect);
  }

  async function answerConnect(
    res: ServerResponse,
    replies: readonly BayeuxReply[],
    { session, reply, holdMs }: Connect,
  ): Promise<void> {
    // The expiry that a displaced connect has just set must not fall into this one.
    core.sessions.connecting(session);
    const why = await new Promise<ReleaseReason | 'closed'>((resolve) => {
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
    if (why === 'closed' || isGone(res)) return core.sessions.expectConnect(session);
    if (why === 'displaced') return answer(res, 500, 'Displaced by a later connect of the same client.');
    if (why === 'disconnected')
      return write(res, [...replies, { ...reply, advice: { reconnect: 'none' } }].map(stringify));
    const delivery = session.take();
    onceSettled(res, delivery, () => core.sessions.expectConnect(session));
    const ext = delivery.batch === undefined ? {} : { ext: { ack: delivery.batch } };
    write(res, [...replies.map(stringify), ...delivery.texts, stringify({ ...reply, ...ext })]);
  }

  /** A client without the cookie gets one at its handshake; later it may have lost it, then gms_user binds. */
  function peerOf(req: IncomingMessage, res: ServerResponse, isHandshake: boolean): Peer {
    const gmsUser = gmsUserOf(req);
    const known = cookieOf(req);
    const browser = known ?? (isHandshake ? deps.ids.hex(32) : undefined);
    if (browser !== undefined && known === undefined)
      res.setHeader('Set-Cookie', `${COOKIE}=${browser}; Path=/; HttpOnly`);
    return {
      ...(browser === undefined ? {} : { browser }),
      ...(gmsUser === undefined ? {} : { gmsUser }),
    };
  }
}

/** Calls written() once all bytes are with the operating system, lost() when the socket closed before. */
function onceSettled(res: ServerResponse, delivery: Delivery, settled: () => void): void {
  const onFinish = () => {
    res.off('close', onClose);
    delivery.written();
    settled();
  };
  const onClose = () => {
    res.off('finish', onFinish);
    delivery.lost();
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

/** Browsers can set no header on some transports: there it is a query parameter (or ext of the handshake). */
function gmsUserOf(req: IncomingMessage): string | undefined {
  const header = req.headers.gms_user;
  if (typeof header === 'string' && header !== '') return header;
  const query = (req.url ?? '').split('?')[1];
  const parameter = query === undefined ? null : new URLSearchParams(query).get('gms_user');
  return parameter === null || parameter === '' ? undefined : parameter;
}
