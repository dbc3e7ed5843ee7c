import type Router from '@koa/router';
import type { Context } from 'koa';
import { type PublishedEvent, parseSessionId, type Sessions } from '../../engine/host/index.ts';
import { BASIC_HTTP_PROCESSOR, basicHttpPath, nameOfMethod } from '../../engine/interpreter/index.ts';
import { defined } from '../../engine/ports/index.ts';
import type { Form } from '../bodies/index.ts';
import { eventIdOf } from '../middleware/index.ts';
import type { RequestFiles } from './requestFiles.ts';
import { readBasicHttp } from './wire.ts';

/** Characters of `_event.raw`; a longer message is cut. */
export const MAX_RAW_CHARS = 16_384;

const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];
const XML_TYPES = ['text/xml', 'application/xml', '*/*+xml'];

/**
 * Basic HTTP Event I/O Processor, the receiving side: W3C SCXML C.2. It replies when the event is durable.
 * With an Idempotency-Key a repeated event counts once.
 */
export function registerBasicHttpRoutes(
  router: Router,
  { sessions, files }: { readonly sessions: Sessions; readonly files: Pick<RequestFiles, 'fieldsOf'> },
): void {
  router.register(basicHttpPath(':sid'), ['post', 'put', 'delete'], async (ctx) => {
    const sid = parseSessionId(ctx.params.sid);
    await sessions.publish(sid, eventOf(ctx, await files.fieldsOf(ctx, sid)));
    ctx.status = 204;
  });
}

function eventOf(ctx: Context, form: Form): PublishedEvent {
  const { name, fields } = readBasicHttp(form);
  return {
    name: name ?? nameOfMethod(ctx.method),
    ...dataOf(ctx, fields),
    origintype: BASIC_HTTP_PROCESSOR,
    raw: rawOf(ctx),
    ...eventIdOf(ctx),
  };
}

/** C.2: the message without the name of the event. These are its fields, or the body if it has no fields. */
function dataOf(ctx: Context, fields: Form): Pick<PublishedEvent, 'data' | 'xml'> {
  if (ctx.state.json !== undefined) return { data: ctx.state.json };
  if (Object.keys(fields).length > 0) return { data: { ...fields } };
  const { rawBody } = ctx.state;
  if (rawBody === undefined || isForm(ctx)) return {};
  const data = new TextDecoder().decode(rawBody);
  return { data, ...defined({ xml: ctx.is(XML_TYPES) ? (true as const) : undefined }) };
}

/** The request line and the body: a form unchanged, any other body percent-encoded (W3C 520). */
function rawOf(ctx: Context): string {
  const line = `${ctx.method} ${ctx.originalUrl}`;
  const { rawBody } = ctx.state;
  if (rawBody === undefined) return line.slice(0, MAX_RAW_CHARS);
  const body = isForm(ctx) ? new TextDecoder().decode(rawBody) : percentEncoded(rawBody);
  return `${line}\n\n${body}`.slice(0, MAX_RAW_CHARS);
}

function isForm(ctx: Context): boolean {
  return Boolean(ctx.is(FORM_TYPES));
}

/** Ignores bytes beyond MAX_RAW_CHARS. */
function percentEncoded(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes.subarray(0, MAX_RAW_CHARS)) {
    const character = String.fromCharCode(byte);
    text += /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
