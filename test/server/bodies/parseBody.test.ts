import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import Koa from 'koa';
import inject from 'light-my-request';
import { BODY_LIMITS } from '../../../server/bodies/limits.ts';
import { parseBody } from '../../../server/bodies/parseBody.ts';
import { errorBoundary } from '../../../server/middleware/errorBoundary.ts';
import { createBodyBudget } from '../../support/bodyBudget.ts';
import { silentLog } from '../../support/silentLog.ts';

const BOUNDARY = '----WebKitFormBoundary0WnE36LruxJ4S5nu';
const MULTIPART = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };

/** Answers with what the middleware made of the request. */
function echo(): Koa {
  const app = new Koa();
  app.use(errorBoundary({ log: silentLog }));
  app.use(parseBody(createBodyBudget(), (path) => path === '/raw'));
  app.use((ctx) => {
    ctx.body = {
      form: ctx.state.form,
      files: ctx.state.files.map((file) => ({ ...file, bytes: Buffer.from(file.bytes).toString('utf8') })),
      raw: ctx.state.rawBody === undefined ? null : Buffer.from(ctx.state.rawBody).toString('utf8'),
    };
  });
  return app;
}

async function send(
  payload: string | Buffer,
  headers: Record<string, string>,
  url = '/',
): Promise<{ status: number; body: Record<string, unknown> }> {
  const reply = await inject(echo().callback(), { method: 'POST', url, headers, payload });
  return { status: reply.statusCode, body: reply.json() };
}

function part(name: string, value: string, headers = ''): string {
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${headers}\r\n\r\n${value}\r\n`;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));
}

/** Whether a temporary file has the bytes of the file that the test sends. */
function hasBytes(name: string): boolean {
  try {
    return readFileSync(join(tmpdir(), name)).includes('PNG\r\n\0bytes');
  } catch {
    // Its process has removed it.
    return false;
  }
}

describe('the body of a request', () => {
  it("is the client's error when the client disconnects in the middle", async () => {
    for (const headers of [FORM, JSON_BODY, { 'content-type': 'application/zip' }, {}]) {
      const reply = await inject(echo().callback(), {
        method: 'POST',
        url: '/raw',
        payload: '{"a":1',
        headers: { ...headers, 'content-length': '100' },
        simulate: { end: false, split: false, error: true, close: false },
      });
      expect(reply.json()).to.include({ code: 'BODY_MALFORMED' });
    }
  });

  it('reads the multipart form of the Chat Delayed page', async () => {
    const payload = `${part('_customer_number', '4082652649')}${part('usr_customer_name', 'Bob Markel')}${part('usr_reason', 'billing question')}--${BOUNDARY}--\r\n`;
    const { status, body } = await send(payload, MULTIPART);
    expect(status).to.equal(200);
    expect(body).to.deep.equal({
      form: {
        _customer_number: '4082652649',
        usr_customer_name: 'Bob Markel',
        usr_reason: 'billing question',
      },
      files: [],
      raw: null,
    });
  });

  it('reads a multipart body with only the closing boundary as no fields', async () => {
    for (const payload of [`--${BOUNDARY}--\r\n`, `--${BOUNDARY}--`, '']) {
      const { status, body } = await send(payload, MULTIPART, '/?a=1');
      expect(status).to.equal(200);
      expect(body.form).to.deep.equal({ a: '1' });
    }
  });

  it('keeps files in memory and leaves nothing in the temporary directory', async () => {
    const before = new Set(filesIn(tmpdir()));
    const file = part('FileKey', 'PNG\r\n\0bytes', '; filename="../../évil.png"\r\nContent-Type: image/png');
    const { body } = await send(`${part('Key1', 'Value1')}${file}--${BOUNDARY}--\r\n`, MULTIPART);
    expect(body.form).to.deep.equal({ Key1: 'Value1' });
    expect(body.files).to.deep.equal([
      { name: 'FileKey', filename: '../../évil.png', contentType: 'image/png', bytes: 'PNG\r\n\0bytes' },
    ]);
    // Other processes of tests write there too.
    const written = filesIn(tmpdir()).filter((name) => !before.has(name) && hasBytes(name));
    expect(written).to.deep.equal([]);
  });

  it('reads a part with a content type and a transfer encoding but no file name as a field', async () => {
    const headers = '\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit';
    const { status, body } = await send(
      `${part('name', 'Zoë', headers)}${part('code', 'aGVsbG8=', '\r\nContent-Transfer-Encoding: base64')}--${BOUNDARY}--\r\n`,
      MULTIPART,
    );
    expect(status).to.equal(200);
    expect(body.form).to.deep.equal({ name: 'Zoë', code: 'hello' });
    expect(body.files).to.deep.equal([]);
  });

  it('ignores a file field without a file', async () => {
    const empty = part('picture', '', '; filename=""\r\nContent-Type: application/octet-stream');
    const { body } = await send(`${empty}--${BOUNDARY}--\r\n`, MULTIPART);
    expect(body).to.deep.equal({ form: {}, files: [], raw: null });
  });

  it('answers 400 to a multipart body that is cut off, unbounded, unnamed or oddly encoded', async () => {
    const cut = await send(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb`, MULTIPART);
    const unbounded = await send('x', { 'content-type': 'multipart/form-data' });
    const unnamed = await send(
      `--${BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nb\r\n--${BOUNDARY}--\r\n`,
      MULTIPART,
    );
    const odd = await send(
      `${part('a', 'b', '\r\nContent-Transfer-Encoding: rot13')}--${BOUNDARY}--\r\n`,
      MULTIPART,
    );
    for (const reply of [cut, unbounded, unnamed, odd]) {
      expect(reply.status).to.equal(400);
      expect(reply.body).to.include({ code: 'BODY_MALFORMED' });
      expect(reply.body).to.have.keys('message', 'exception', 'code');
    }
  });

  it('keeps dotted and bracketed keys of a form flat, and joins repeated ones', async () => {
    const { body } = await send('apple.badge=9&b[c]=3&d=1&d=2&e+f=%C3%A9', FORM, '/?q=1&d=0');
    expect(body.form).to.deep.equal({ q: '1', d: ['1', '2'], 'apple.badge': '9', 'b[c]': '3', 'e f': 'é' });
    expect(body.raw).to.equal('apple.badge=9&b[c]=3&d=1&d=2&e+f=%C3%A9');
  });

  it('answers 400 to a form or a query string that is not percent-encoded UTF-8', async () => {
    for (const reply of [await send('a=%zz', FORM), await send('', FORM, '/?a=%ff')]) {
      expect(reply.status).to.equal(400);
      expect(reply.body).to.include({ code: 'BODY_MALFORMED' });
    }
  });

  it('merges the fields of a JSON object, and refuses text that is not JSON', async () => {
    const good = await send('{"_desired_time":null,"n":{"a":[1]}}', JSON_BODY, '/?x=y');
    expect(good.body.form).to.deep.equal({ x: 'y', _desired_time: null, n: { a: [1] } });
    const bad = await send('{"a":', JSON_BODY);
    expect(bad.status).to.equal(400);
    expect(bad.body).to.include({ code: 'BODY_MALFORMED', exception: 'orsay.BadRequestException' });
  });

  it('accepts JSON of MAX_JSON_DEPTH levels, and answers more with 400 and the name of the limit', async () => {
    const nested = (levels: number) => '{"a":['.repeat(levels / 2) + ']}'.repeat(levels / 2);
    expect((await send(nested(BODY_LIMITS.MAX_JSON_DEPTH), JSON_BODY)).status).to.equal(200);
    for (const levels of [BODY_LIMITS.MAX_JSON_DEPTH + 2, 100_000]) {
      const { status, body } = await send(nested(levels), JSON_BODY);
      expect(status).to.equal(400);
      expect(body).to.include({ code: 'BODY_MALFORMED' });
      expect(body.message).to.match(/MAX_JSON_DEPTH/);
    }
  });

  it('refuses a field named __proto__ in every encoding', async () => {
    const replies = [
      await send('{"__proto__":{"a":1}}', JSON_BODY),
      await send('__proto__=1', FORM),
      await send(`${part('__proto__', '1')}--${BOUNDARY}--\r\n`, MULTIPART),
      await send('', FORM, '/?__proto__=1'),
    ];
    expect(replies.map((reply) => reply.status)).to.deep.equal([400, 400, 400, 400]);
  });

  it('answers 413 with the name of the limit when a body is too large or has too many fields', async () => {
    const big = 'a'.repeat(BODY_LIMITS.MAX_FIELD_BYTES + 1);
    const replies = [
      await send(`{"a":"${big}"}`, JSON_BODY),
      await send(`a=${big}`, FORM),
      await send('a=1&'.repeat(BODY_LIMITS.MAX_FIELDS + 1), FORM),
      await send(`${part('a', big)}--${BOUNDARY}--\r\n`, MULTIPART),
      await send(`${part('a', '1').repeat(BODY_LIMITS.MAX_FIELDS + 1)}--${BOUNDARY}--\r\n`, MULTIPART),
      await send(Buffer.alloc(BODY_LIMITS.MAX_RAW_BYTES + 1), { 'content-type': 'application/zip' }, '/raw'),
      await send(Buffer.alloc(BODY_LIMITS.MAX_FIELD_BYTES + 1), {}),
    ];
    expect(replies.map((reply) => reply.status)).to.deep.equal([413, 413, 413, 413, 413, 413, 413]);
    for (const reply of replies) {
      expect(reply.body).to.include({ code: 'BODY_TOO_LARGE' });
      expect(reply.body.message).to.match(/MAX_FIELD_BYTES|MAX_FIELDS|maxFields|maxFieldsSize|MAX_RAW_BYTES/);
    }
  });

  it('keeps a body of any other type as bytes where a route takes it', async () => {
    const { body } = await send('<scxml/>', { 'content-type': 'application/scxml+xml' }, '/raw');
    expect(body).to.deep.equal({ form: {}, files: [], raw: '<scxml/>' });
  });

  it('reads JSON that was sent as a form, or without a type, as JSON', async () => {
    for (const headers of [FORM, {}, { ...FORM, 'content-encoding': 'identity' }]) {
      const { body } = await send('{"_callback_state":"QUEUED","n":1}', headers);
      expect(body.form, JSON.stringify(headers)).to.deep.equal({ _callback_state: 'QUEUED', n: 1 });
    }
    expect((await send('{not=json', FORM)).body.form).to.deep.equal({ '{not': 'json' });
    expect((await send('{"__proto__":{"a":1}}', FORM)).status).to.equal(400);
    expect((await send('{"__proto__":{"a":1}}', {})).status).to.equal(400);
  });

  it('answers 415 to a body that nothing reads, with the types that are taken', async () => {
    for (const [payload, headers, got] of [
      ['message=hello', { 'content-type': 'text/plain' }, "'text/plain'"],
      ['<a/>', { 'content-type': 'application/xml' }, "'application/xml'"],
      ['hello', {}, 'none'],
      ['a=1', {}, 'none'],
      ['{"a":', {}, 'none'],
    ] as const) {
      const { status, body } = await send(payload, headers);
      expect([status, body.code, body.message]).to.deep.equal([
        415,
        'BODY_TYPE_UNSUPPORTED',
        `Expected a body of type application/json, application/x-www-form-urlencoded or multipart/form-data, got ${got}.`,
      ]);
    }
  });
});
