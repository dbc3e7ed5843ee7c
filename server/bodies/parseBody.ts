import type { Context, Middleware } from 'koa';
import { HttpMethodEnum, koaBody } from 'koa-body';
import { isDeeperThan } from '../../engine/interpreter/index.ts';
import { findIllFormed, type Json, mayBeIllFormed } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import type { BodyBudget, BodyCount } from './bodyBudget.ts';
import { type FileStage, StagedSink } from './fileSink.ts';
import { BODY_LIMITS } from './limits.ts';
import { emptyForm, parseForm, refuseUnsafeName } from './parseForm.ts';
import { parseMultipart, parseStaged } from './parseMultipart.ts';
import { bodyTooLarge, readBytes } from './readBytes.ts';
import { readCounted } from './readCounted.ts';
import type { Form } from './state.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';
const PLAIN_FORM = /^application\/x-www-form-urlencoded *(;|$)/i;
const JSON_TYPES = ['application/json', 'application/*+json'];

/**
 * Reads the body of every request into ctx.state: `form` (the fields of query and body), `files`, `rawBody`,
 * `json`. It parses forms, multipart (even if it has only the closing boundary) and JSON. Clients send JSON
 * as a form, or without a type: such a body is JSON too. Text and other types are kept as bytes for the paths
 * of `takesRaw`, and get 415 elsewhere. Files for the paths of `stageOf` go to the disk while they arrive,
 * and are `drafts`. A body that cannot be parsed gets 400, a body beyond BODY_LIMITS 413.
 *
 * koa-body reads JSON and text, and decompresses. It reads forms as text, because its own form parser nests
 * dotted keys, guesses at broken encodings and silently drops fields beyond its limit. Nearly every request
 * is a form without compression, which is read here directly: koa-body's checks of type and encoding took
 * longer than reading it.
 */
export function parseBody(
  budget: Pick<BodyBudget, 'open'>,
  takesRaw: (path: string) => boolean,
  stageOf: (path: string) => FileStage | undefined = () => undefined,
): Middleware {
  const readText = koaBody({
    json: true,
    jsonTypes: JSON_TYPES,
    jsonLimit: BODY_LIMITS.MAX_FIELD_BYTES,
    text: true,
    textTypes: ['text/*', FORM_TYPE],
    textLimit: BODY_LIMITS.MAX_FIELD_BYTES,
    urlencoded: false,
    multipart: false,
    includeUnparsed: true,
    parsedMethods: [HttpMethodEnum.POST, HttpMethodEnum.PUT, HttpMethodEnum.PATCH, HttpMethodEnum.DELETE],
    onError: refuse,
  });
  return async (ctx, next) => {
    ctx.state.query = parseForm(ctx.querystring, 'query string');
    ctx.state.files = [];
    if (!hasBody(ctx)) {
      ctx.state.form = ctx.state.query;
      return next();
    }
    const address = ctx.state.client?.address;
    const body = budget.open(address);
    const stage = stageOf(ctx.path);
    const sink = stage && new StagedSink(stage, address);
    try {
      await read(ctx, { body, readText, sink, takesRaw: takesRaw(ctx.path) });
      await next();
    } finally {
      body.release();
      await sink?.discard();
    }
  };
}

async function read(
  ctx: Context,
  {
    body,
    readText,
    takesRaw,
    sink,
  }: {
    readonly body: BodyCount;
    readonly readText: Middleware;
    readonly takesRaw: boolean;
    readonly sink: StagedSink | undefined;
  },
): Promise<void> {
  if (isPlainForm(ctx)) {
    const bytes = await readBytes(ctx, { limit: 'MAX_FIELD_BYTES', body });
    ctx.state.rawBody = bytes;
    takeForm(ctx, bytes.toString());
    return;
  }
  const kind = kindOf(ctx);
  const isNamed = ctx.get('content-type') !== '';
  if (isNamed && !takesRaw && (kind === 'text' || kind === 'bytes')) throw unsupported(ctx);
  if (kind === 'multipart' && sink !== undefined) {
    const { form, drafts } = await parseStaged(ctx, body, sink);
    ctx.state.form = merge(ctx.state.query, form);
    ctx.state.drafts = drafts;
    return;
  }
  if (kind === 'multipart') {
    const { form, files } = await parseMultipart(ctx, body);
    ctx.state.form = merge(ctx.state.query, form);
    ctx.state.files = files;
    return;
  }
  if (kind !== 'bytes') {
    await readCounted(ctx, body, async (count) => {
      // A few bytes may become many.
      if (ctx.get('content-encoding') !== '') body.take(BODY_LIMITS.MAX_FIELD_BYTES);
      // The parser begins to listen before the first chunk can come.
      ctx.req.on('data', count);
      try {
        await readText(ctx, async () => {});
      } finally {
        ctx.req.off('data', count);
      }
    });
    takeText(ctx, kind);
    return;
  }
  const limit = takesRaw ? 'MAX_RAW_BYTES' : 'MAX_FIELD_BYTES';
  const bytes = await readBytes(ctx, { limit, body });
  if (bytes.length > 0) ctx.state.rawBody = bytes;
  const text = isNamed ? '' : bytes.toString();
  const json = jsonIn(text);
  if (json !== undefined) {
    takeJson(ctx, json, text);
    return;
  }
  if (!takesRaw && bytes.length > 0) throw unsupported(ctx);
  ctx.state.form = merge(ctx.state.query, emptyForm());
}

/** The type of the body says nothing about its content, and nothing here would read it. */
function unsupported(ctx: Context): WireError {
  const type = ctx.get('content-type');
  return new WireError('BODY_TYPE_UNSUPPORTED', {
    message: `Expected a body of type application/json, ${FORM_TYPE} or multipart/form-data, got ${type === '' ? 'none' : `'${type.slice(0, 64)}'`}.`,
  });
}

function isPlainForm(ctx: Context): boolean {
  return PLAIN_FORM.test(ctx.get('content-type')) && ctx.get('content-encoding') === '';
}

type BodyKind = 'multipart' | 'form' | 'json' | 'text' | 'bytes';

function kindOf(ctx: Context): BodyKind {
  const type = ctx.is('multipart/*', FORM_TYPE, ...JSON_TYPES, 'text/*');
  if (typeof type !== 'string') return 'bytes';
  if (type === FORM_TYPE) return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  return type.startsWith('text/') ? 'text' : 'json';
}

/** RFC 9112, 6: a message has a body when it has one of these two headers. */
function hasBody(ctx: Context): boolean {
  return ctx.get('transfer-encoding') !== '' || Number(ctx.get('content-length') || 0) > 0;
}

/** Moves the text or JSON that koa-body read into the state. */
function takeText(ctx: Context, kind: 'form' | 'json' | 'text'): void {
  const request = ctx.request as { body?: unknown; rawBody?: string };
  const raw = request.rawBody ?? '';
  ctx.state.rawBody = new TextEncoder().encode(raw);
  if (kind === 'form') takeForm(ctx, raw);
  else if (kind === 'json') takeJson(ctx, (request.body ?? {}) as Json, raw);
  else ctx.state.form = merge(ctx.state.query, emptyForm());
}

/** The fields of a form, or of JSON that was sent as a form. */
function takeForm(ctx: Context, text: string): void {
  const json = jsonIn(text);
  if (json !== undefined) {
    takeJson(ctx, json, text);
    return;
  }
  ctx.state.form = merge(ctx.state.query, parseForm(text, 'form'));
}

/** The object or array that a text of another type is; undefined: it is no such JSON. */
function jsonIn(text: string): Json | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    // A form may begin like this too.
    return undefined;
  }
}

function takeJson(ctx: Context, json: Json, text: string): void {
  if (mayBeIllFormed(text)) refuseIllFormed(json);
  if (isDeeperThan(BODY_LIMITS.MAX_JSON_DEPTH, json)) {
    throw new WireError('BODY_MALFORMED', {
      message: `The body has more than ${BODY_LIMITS.MAX_JSON_DEPTH} levels of arrays and objects (MAX_JSON_DEPTH).`,
    });
  }
  ctx.state.json = json;
  ctx.state.form = merge(ctx.state.query, fieldsOf(json));
}

/** Half of a surrogate pair fits into no URL, key or file. A client that cut a text sends it. */
function refuseIllFormed(json: Json): void {
  const found = findIllFormed(json);
  if (found === undefined) return;
  const text = JSON.stringify(found.slice(0, 80));
  throw new WireError('BODY_MALFORMED', {
    message: `Expected Unicode text in the body, got half of a surrogate pair in ${text}.`,
  });
}

/** The fields of a JSON object; any other value has none. */
function fieldsOf(json: Json): Form {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Form) : emptyForm();
}

function merge(query: Form, body: Form): Form {
  const form = emptyForm();
  for (const name in query) form[name] = query[name]!;
  for (const name of Object.keys(body)) {
    refuseUnsafeName(name);
    form[name] = body[name]!;
  }
  return form;
}

/** Translates errors of co-body: status 413 beyond the limit, 400 for text that cannot be parsed. */
function refuse(error: Error & { status?: number }): never {
  if (error.status === 413) throw bodyTooLarge('MAX_FIELD_BYTES', error);
  if (error.status === 415) {
    throw new WireError('BODY_TYPE_UNSUPPORTED', { message: error.message, cause: error });
  }
  throw new WireError('BODY_MALFORMED', {
    message: `The body could not be parsed: ${error.message}`,
    cause: error,
  });
}
