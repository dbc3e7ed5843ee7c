import type { SessionReply, SessionView, StartSession } from '../../engine/host/index.ts';
import { EVENT_NAME_PARAMETER } from '../../engine/interpreter/index.ts';
import { defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';

/** POST /scxml/session/start: `src`, `idealtime`; every other field is a start parameter. ors-dialect 1. */
export function readStart(form: Form): StartSession {
  const { src, idealtime, ...params } = form;
  if (typeof src !== 'string' || src.trim() === '') {
    throw new WireError('PARAMETER_MISSING', {
      message: `Expected src to be the URL of an SCXML document, got ${JSON.stringify(src) ?? 'nothing'}.`,
    });
  }
  if (!URL.canParse(src)) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected src to be an absolute URL, got '${src}'.`,
    });
  }
  return { src, params, ...defined({ idealTime: readIdealTime(idealtime) }) };
}

/** Milliseconds since 1970 UTC, as Date.getTime() returns them. */
function readIdealTime(value: Json | undefined): number | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected idealtime in milliseconds since 1970 UTC, got ${JSON.stringify(value)}.`,
    });
  }
  return Number(text);
}

/**
 * The data of an event or a request: its fields, flat. A JSON body is also added as the two fields in which
 * the platform passes it on (ors-dialect 1).
 */
export function readEventData(
  form: Form,
  body: { readonly json: Json; readonly type: string } | undefined,
): Json {
  if (body === undefined) return { ...form };
  return { ...form, paramtype: body.type, param: JSON.stringify(body.json) };
}

/** W3C SCXML C.2: the name of the event, if the message has one, and its other fields. */
export function readBasicHttp(form: Form): { readonly name?: string; readonly fields: Form } {
  const { [EVENT_NAME_PARAMETER]: name, ...fields } = form;
  if (name === undefined || name === '') return { fields };
  if (typeof name === 'string') return { name, fields };
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected one ${EVENT_NAME_PARAMETER}, got ${JSON.stringify(name)}.`,
  });
}

/** Not documented. Clients of the platform need it, and the session cookie. */
export function startReply(sessionId: SessionId): Json {
  return { _id: sessionId };
}

export function queryReply(view: SessionView): Json {
  return {
    _id: view.sessionId,
    src: view.src,
    status: view.status,
    configuration: [...view.configuration],
    data: view.data,
    startedAt: new Date(view.startedAt).toISOString(),
    ...defined({
      endedAt: view.endedAt === undefined ? undefined : new Date(view.endedAt).toISOString(),
      donedata: view.donedata,
      reason: view.reason,
    }),
    documentHash: view.documentHash,
  };
}

/** A negative <ws:response>: its resultcode when that is an HTTP error status, otherwise 500. */
export function negativeResponse(reply: SessionReply): WireError {
  const code = Number(reply.resultCode);
  const isStatus = Number.isInteger(code) && code >= 400 && code <= 599;
  const body = reply.body;
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : { body };
  const { message, exception: _exception, code: _code, ...details } = fields as Form;
  return new WireError('NEGATIVE_RESPONSE', {
    ...defined({
      status: isStatus ? code : undefined,
      message: typeof message === 'string' ? message : undefined,
    }),
    details: { ...details, ...defined({ resultcode: reply.resultCode }) },
  });
}
