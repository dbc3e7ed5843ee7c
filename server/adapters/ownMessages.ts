import { IncomingMessage, METHODS, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { HttpFault, type HttpReply, type HttpRequest } from '../../engine/ports/index.ts';

/**
 * Gives a request of the server to its own listener, as the objects that a listener of Node.js expects. It is
 * no message: nothing is written and parsed again. All of the content is in memory from the start, and the
 * reply is the headers that were set and the text that was given. `host` and `path` replace the URL, and
 * `maxBytes` bounds the body of the reply. Rejects with HttpFault.
 */
export async function answerOwn(
  listener: RequestListener,
  request: HttpRequest,
  target: { readonly host: string; readonly path: string; readonly maxBytes: number },
): Promise<HttpReply> {
  const { url, timeoutMs } = request;
  const message = new OwnMessage(request, target);
  return new Promise((resolve, reject) => {
    const settle = (outcome: HttpReply | HttpFault): void => {
      clearTimeout(timer);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    const reply = new OwnReply(message, { url, settle, maxBytes: target.maxBytes });
    const timer = setTimeout(() => {
      settle(new HttpFault('timeout', `'${url}' did not answer within ${timeoutMs} ms.`));
      message.destroy();
      reply.destroy();
    }, timeoutMs);
    timer.unref();
    listener(message, reply);
  });
}

/** The fault of a reply that is too large, of this server or of another one. */
export function replyTooLarge(url: string, cause?: unknown): HttpFault {
  return new HttpFault('too-large', `The reply of '${url}' is larger than http.maxBytes allows.`, { cause });
}

/** Stands for the connection of all own requests. It is never opened. */
const NO_CONNECTION = Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' });

class OwnMessage extends IncomingMessage {
  constructor(
    { method, url, headers = {}, body = '' }: HttpRequest,
    { host, path }: { readonly host: string; readonly path: string },
  ) {
    super(NO_CONNECTION);
    this.method = method.toUpperCase();
    if (!METHODS.includes(this.method)) {
      throw new HttpFault('unreachable', `'${url}': expected a method of HTTP, got '${method}'.`);
    }
    this.url = path;
    this.httpVersionMajor = 1;
    this.httpVersionMinor = 1;
    this.httpVersion = '1.1';
    this.headers = { host };
    for (const [name, value] of Object.entries(headers)) this.headers[name.toLowerCase()] = value;
    if (body.length > 0) {
      const content = Buffer.from(body as string);
      this.headers['content-length'] ??= String(content.length);
      this.push(content);
    }
    this.push(null);
    this.complete = true;
  }

  /** Everything was pushed. */
  override _read(): void {}

  /** Leaves the connection alone: it stands for those of others too. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    done(error);
  }
}

/** Keeps the reply in place of sending it. */
class OwnReply extends ServerResponse {
  readonly #url: string;
  readonly #settle: (outcome: HttpReply | HttpFault) => void;
  /** Bytes of the body that may still come. */
  #room: number;
  readonly #chunks: (string | Uint8Array)[] = [];

  constructor(
    message: OwnMessage,
    to: {
      readonly url: string;
      readonly settle: (outcome: HttpReply | HttpFault) => void;
      readonly maxBytes: number;
    },
  ) {
    super(message);
    this.#room = to.maxBytes;
    this.#url = to.url;
    this.#settle = to.settle;
  }

  override writeHead(...args: unknown[]): this {
    // getHeaders() has the headers that are given here only if a header was set before.
    this.setHeader('date', '');
    this.removeHeader('date');
    return Reflect.apply(super.writeHead, this, args) as this;
  }

  override write(chunk: unknown, encoding?: unknown): boolean {
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.#take(chunk, encoding);
    return true;
  }

  override end(chunk?: unknown, encoding?: unknown): this {
    if (this.finished || this.destroyed) return this;
    this.#take(chunk, encoding);
    if (this.destroyed) return this;
    this.finished = true;
    this.emit('finish');
    this.#close();
    this.#settle({ status: this.statusCode, headers: this.#sentHeaders(), body: this.#text() });
    return this;
  }

  override destroy(): this {
    return this.#giveUp(new HttpFault('unreachable', `'${this.#url}' gave up its reply.`));
  }

  #giveUp(fault: HttpFault): this {
    if (this.finished || this.destroyed) return this;
    this.destroyed = true;
    this.#chunks.length = 0;
    this.#close();
    this.#settle(fault);
    return this;
  }

  #take(chunk: unknown, encoding: unknown): void {
    if (this.destroyed || this.req.method === 'HEAD') return;
    if (chunk instanceof Uint8Array) this.#keep(chunk, chunk.length);
    else if (typeof chunk !== 'string') return;
    else if (typeof encoding !== 'string') this.#keep(chunk, Buffer.byteLength(chunk));
    else this.#take(Buffer.from(chunk, encoding as BufferEncoding), undefined);
  }

  #keep(chunk: string | Uint8Array, bytes: number): void {
    this.#room -= bytes;
    if (this.#room >= 0) this.#chunks.push(chunk);
    else this.#giveUp(replyTooLarge(this.#url));
  }

  #text(): string {
    const [first = '', ...others] = this.#chunks;
    if (typeof first === 'string' && others.length === 0) return first.toWellFormed();
    const bytes = [first, ...others].map((one) => (typeof one === 'string' ? Buffer.from(one) : one));
    return Buffer.concat(bytes).toString('utf8');
  }

  /** The headers that Node.js would send. */
  #sentHeaders(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.getHeaders())) {
      headers[name] = Array.isArray(value) ? value.join(', ') : String(value);
    }
    headers.date ??= new Date().toUTCString();
    headers.connection ??= 'keep-alive';
    const hasNoBody = this.req.method === 'HEAD' || this.statusCode === 204 || this.statusCode === 304;
    if (!hasNoBody && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
    return headers;
  }

  /** Tells everybody who writes or waits that nobody takes the rest. */
  #close(): void {
    process.nextTick(() => this.emit('close'));
  }
}
