import type { SessionReply, SessionView, StartSession } from '../../engine/host/index.ts';
import { EVENT_NAME_PARAMETER } from '../../engine/interpreter/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError } from '../errors/index.ts';

/** POST /scxml/session/start: `src`, `idealtime`, anything else is a start parameter. ors-dialect 1. */
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
  return { src, params, ...(idealtime === undefined ? {} : { idealTime: readIdealTime(idealtime) }) };
}

/** Milliseconds since 1970 UTC, as Date.getTime() gives them. */
function readIdealTime(value: Json): number {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected idealtime in milliseconds since 1970 UTC, got ${JSON.stringify(value)}.`,
    });
  }
  return Number(text);
}

/**
 * The data of an event or a request: its fields, flat. A JSON body is besides there as the pair by which the
 * platform passes one on (ors-dialect 1).
 */
export function readEventData(
  form: Form,
  body: { readonly json: Json; readonly type: string } | undefined,
): Json {
  if (body === undefined) {
    return { ...form };
  }
  return { ...form, paramtype: body.type, param: JSON.stringify(body.json) };
}

/** W3C SCXML C.2: the event's name, where the message says one, and its other fields. */
export function readBasicHttp(form: Form): { readonly name?: string; readonly fields: Form } {
  const { [EVENT_NAME_PARAMETER]: name, ...fields } = form;
  if (name === undefined || name === '') return { fields };
  if (typeof name === 'string') return { name, fields };
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected one ${EVENT_NAME_PARAMETER}, got ${JSON.stringify(name)}.`,
  });
}

/** Not documented; with the session cookie it is what clients of the platform need. */
export function startReply(sessionId: string): Json {
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
    ...(view.endedAt === undefined ? {} : { endedAt: new Date(view.endedAt).toISOString() }),
    ...(view.donedata === undefined ? {} : { donedata: view.donedata }),
    ...(view.reason === undefined ? {} : { reason: view.reason }),
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
    ...(isStatus ? { status: code } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    details: { ...details, ...(reply.resultCode === undefined ? {} : { resultcode: reply.resultCode }) },
  });
}
