import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import Koa from 'koa';
import inject, { type InjectOptions } from 'light-my-request';
import { defined, HttpFault, type HttpReply, type HttpRequest } from '../../../engine/ports/index.ts';
import { answerOwn } from '../../../server/adapters/ownMessages.ts';

const TARGET = { host: 'own.test', path: '/a?b=1', maxBytes: 1_000_000 };

/** The same request as a message that is written and parsed. */
async function overHttp(
  listener: RequestListener,
  { method, headers, body }: HttpRequest,
): Promise<HttpReply> {
  const reply = await inject(listener, {
    method: method as NonNullable<InjectOptions['method']>,
    url: TARGET.path,
    headers: { host: TARGET.host, ...headers },
    ...defined({ payload: typeof body === 'object' ? Buffer.from(body) : body }),
  });
  const received = Object.entries(reply.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return {
    status: reply.statusCode,
    headers: Object.fromEntries(received),
    // A client reads no body of a reply to HEAD.
    body: method === 'HEAD' ? '' : reply.rawPayload.toString(),
  };
}

function koa(answer: (ctx: Koa.Context) => unknown): RequestListener {
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx) => void (await answer(ctx)));
  const callback = app.callback();
  return (req, res) => void callback(req, res);
}

function request(more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: 'http://own.test/a?b=1', timeoutMs: 1_000, ...more };
}

async function contentOf(ctx: Koa.Context): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of ctx.req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('base64');
}

/** Everything of a reply but the time of day. */
function timeless({ headers, ...reply }: HttpReply): unknown {
  return {
    ...reply,
    headers: Object.entries(headers).map(([name, value]) => (name === 'date' ? name : [name, value])),
  };
}

const LISTENERS: Readonly<Record<string, RequestListener>> = {
  text: koa((ctx) => {
    ctx.body = 'é \ud800 text';
  }),
  'an empty text': koa((ctx) => {
    ctx.body = '';
  }),
  bytes: koa((ctx) => {
    ctx.body = Buffer.from('bytes');
  }),
  'an object': koa((ctx) => {
    ctx.body = { a: 'é' };
  }),
  'no content': koa((ctx) => {
    ctx.status = 204;
  }),
  'an explicit null': koa((ctx) => {
    ctx.body = null;
    ctx.status = 200;
  }),
  nothing: koa(() => {}),
  'a stream': koa((ctx) => {
    ctx.body = Readable.from(['a', Buffer.from('b')]);
  }),
  'several cookies': koa((ctx) => {
    ctx.append('Set-Cookie', 'a=1');
    ctx.append('Set-Cookie', 'b=2');
    ctx.set('Connection', 'close');
    ctx.body = 'x';
  }),
  'an error that Koa answers': koa((ctx) => ctx.throw(418, 'shown')),
  'the request': koa(async (ctx) => {
    const { host, 'content-length': length, 'content-type': type } = ctx.headers;
    ctx.body = { host, length, type, url: ctx.url, method: ctx.method, content: await contentOf(ctx) };
  }),
  'parts that are written': (_req, res) => {
    res.writeHead(201, { 'X-A': ['1', '2'] });
    res.write('a');
    res.end(Buffer.from('b'));
  },
  'a head that is written with its reason': (_req, res) => {
    res.writeHead(200, 'Fine', { 'Content-Type': 'text/x' }).end('YQ==', 'base64');
  },
  'an end alone': (_req, res) => void res.end('b'),
};

const REQUESTS: Readonly<Record<string, HttpRequest>> = {
  'a GET': request(),
  'a HEAD': request({ method: 'HEAD' }),
  'a form': request({
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'a=%C3%A9&b=',
  }),
  'compressed bytes': request({
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync('{"a":1}'),
  }),
  'an empty body': request({ method: 'DELETE', body: '' }),
};

describe('requests of the server to itself', () => {
  for (const [reply, listener] of Object.entries(LISTENERS)) {
    it(`get ${reply} as over HTTP, with the same headers in the same order`, async () => {
      for (const [name, sent] of Object.entries(REQUESTS)) {
        const found = await answerOwn(listener, sent, TARGET);
        expect(timeless(found), name).to.deep.equal(timeless(await overHttp(listener, sent)));
      }
    });
  }

  async function faultOf(pending: Promise<unknown>): Promise<string> {
    const error = await pending.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof HttpFault)) throw new Error(`Expected a HttpFault, got ${String(error)}.`);
    return `${error.reason}: ${error.message}`;
  }

  it('fail after their time, and the source of an endless reply is closed', async () => {
    const endless = new Readable({ read() {} });
    endless.push('first');
    const closed = new Promise((resolve) => endless.once('close', resolve));
    const listener = koa((ctx) => {
      ctx.body = endless;
    });
    expect(await faultOf(answerOwn(listener, request({ timeoutMs: 20 }), TARGET))).to.equal(
      "timeout: 'http://own.test/a?b=1' did not answer within 20 ms.",
    );
    await closed;
    expect(await faultOf(answerOwn(() => {}, request({ timeoutMs: 1 }), TARGET))).to.contain('timeout: ');
  });

  it('fail when the reply is given up, and for a method that HTTP does not have', async () => {
    expect(await faultOf(answerOwn((_req, res) => void res.destroy(), request(), TARGET))).to.equal(
      "unreachable: 'http://own.test/a?b=1' gave up its reply.",
    );
    expect(await faultOf(answerOwn(() => {}, request({ method: 'WALK' }), TARGET))).to.equal(
      "unreachable: 'http://own.test/a?b=1': expected a method of HTTP, got 'WALK'.",
    );
  });

  it('leave nothing behind on the connection that all of them share', async () => {
    const counts: number[] = [];
    const listener = koa((ctx) => {
      counts.push(
        ctx.req.socket.eventNames().reduce((sum, name) => sum + ctx.req.socket.listenerCount(name), 0),
      );
      ctx.body = 'x';
    });
    for (let n = 0; n < 50; n++) await answerOwn(listener, request({ method: 'POST', body: 'a' }), TARGET);
    expect(new Set(counts).size).to.equal(1);
  });
});
