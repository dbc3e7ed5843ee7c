import type { IncomingMessage } from 'node:http';
import { WireError } from '../errors/index.ts';
import { type BayeuxMessage, parseMessages } from './message.ts';
import type { BayeuxOptions } from './options.ts';
import type { BayeuxCustomer } from './sessionRegistry.ts';

/** The name of a function of a page: identifiers with dots between them. */
const CALLBACK = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/;
const MAX_CALLBACK_LENGTH = 128;
const MAX_SHOWN = 64;
/** Bayeux 1.0, 6.4.2. */
const DEFAULT_CALLBACK = 'jsonpcallback';

/** A request of a polling transport. */
export type PollRequest =
  | {
      readonly kind: 'messages';
      readonly messages: readonly BayeuxMessage[];
      /** The function of the page that gets the reply; absent with long-polling. */
      readonly callback?: string;
    }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly message: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'error'; readonly error: WireError }
  /** The client closed the connection, so no answer is possible. */
  | { readonly kind: 'aborted' };

/** Reads the messages of a request: POST for long-polling, GET for callback-polling. */
export async function readPollRequest(
  req: IncomingMessage,
  { options, body }: { readonly options: BayeuxOptions; readonly body: BayeuxCustomer['body'] },
): Promise<PollRequest> {
  if (req.method === 'GET') return readCallbackPoll(req, options);
  if (req.method === 'POST') return readLongPoll(req, { options, body });
  const message = `Expected GET or POST with Bayeux messages, got ${req.method}.`;
  return { kind: 'refused', status: 405, message, headers: { Allow: 'GET, POST' } };
}

/** Bayeux 1.0, 6.4: the messages and the name of the callback are parameters of the URL. */
function readCallbackPoll(req: IncomingMessage, options: BayeuxOptions): PollRequest {
  const parameters = new URLSearchParams((req.url ?? '').split('?').slice(1).join('?'));
  const texts = parameters.getAll('message');
  const callback = parameters.get('jsonp') ?? DEFAULT_CALLBACK;
  if (texts.length === 0) {
    return malformed('Expected the parameter message with Bayeux messages, or a WebSocket; got neither.');
  }
  if (callback.length > MAX_CALLBACK_LENGTH || !CALLBACK.test(callback)) {
    return malformed(
      `Expected jsonp to be the name of a function of at most ${MAX_CALLBACK_LENGTH} characters, got '${callback.slice(0, MAX_SHOWN)}'.`,
    );
  }
  const request = readTexts(texts, options);
  return request.kind === 'messages' ? { ...request, callback } : request;
}

async function readLongPoll(
  req: IncomingMessage,
  { options, body: count }: { readonly options: BayeuxOptions; readonly body: BayeuxCustomer['body'] },
): Promise<PollRequest> {
  const { maxBodyBytes } = options;
  const body = await readBody(req, { maxBytes: maxBodyBytes, count });
  switch (body.kind) {
    case 'aborted':
    case 'error':
      return body;
    case 'too-large':
      req.resume();
      return {
        kind: 'refused',
        status: 413,
        message: `Expected a body of at most ${maxBodyBytes} bytes.`,
        headers: { Connection: 'close' },
      };
    case 'not-utf8':
      return malformed('Expected a body in UTF-8.');
    case 'text':
      return readTexts(textsOf(req, body.text), options);
  }
}

/** Bayeux 1.0, 6.3.1: a form may have the parameter `message` several times. */
function textsOf(req: IncomingMessage, body: string): readonly string[] {
  if (!req.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return [body];
  const texts = new URLSearchParams(body).getAll('message');
  return texts.length === 0 ? [body] : texts;
}

function readTexts(texts: readonly string[], { maxMessagesPerBody }: BayeuxOptions): PollRequest {
  const messages: BayeuxMessage[] = [];
  for (const text of texts) {
    const parsed = parseMessages(text, maxMessagesPerBody);
    if (parsed.kind === 'malformed') return malformed(parsed.reason);
    messages.push(...parsed.messages);
    if (messages.length > maxMessagesPerBody) {
      return malformed(`Expected at most ${maxMessagesPerBody} messages in one request, got more.`);
    }
  }
  return { kind: 'messages', messages };
}

function malformed(message: string): PollRequest {
  return { kind: 'refused', status: 400, message };
}

type RequestBody =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'not-utf8' }
  /** Too many bytes of bodies are in memory. */
  | { readonly kind: 'error'; readonly error: WireError }
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
    if (error instanceof WireError) return { kind: 'error', error };
    // The client disconnected, so no answer is possible.
    return { kind: 'aborted' };
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch {
    return { kind: 'not-utf8' };
  }
}
