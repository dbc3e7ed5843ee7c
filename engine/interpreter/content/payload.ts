import type { Json } from '../../ports/index.ts';
import type { Content, NamedLocation, Param } from '../document/model.ts';
import type { ContentHost } from './contentHost.ts';

export type Payload = { [name: string]: Json | undefined };

interface PayloadSource {
  readonly namelist: readonly NamedLocation[];
  readonly params: readonly Param[];
}

/** Evaluates namelist and params in order (W3C 6.2, 5.7). The last value of a name counts. Throws faults. */
export function evaluatePayload(host: ContentHost, source: PayloadSource): Payload {
  const payload: Payload = {};
  for (const { name, location } of source.namelist) define(payload, name, host.data.value(location.slot));
  for (const param of source.params) define(payload, param.name, paramValue(host, param));
  return payload;
}

/**
 * As evaluatePayload, and all the fields of the message as pairs of strings, with repeated names (W3C 178,
 * C.2).
 */
export function evaluateMessage(
  host: ContentHost,
  source: PayloadSource,
): { readonly payload: Payload; readonly fields: readonly (readonly [string, string])[] } {
  const payload: Payload = {};
  const fields: (readonly [string, string])[] = [];
  const add = (name: string, value: Json | undefined): void => {
    define(payload, name, value);
    fields.push([name, asField(value)]);
  };
  for (const { name, location } of source.namelist) add(name, host.data.value(location.slot));
  for (const param of source.params) add(param.name, paramValue(host, param));
  return { payload, fields };
}

/** True when a name is repeated, so that the payload cannot hold all values. */
export function repeatsName({ namelist, params }: PayloadSource): boolean {
  const count = namelist.length + params.length;
  if (count < 2) return false;
  return new Set([...namelist, ...params].map(({ name }) => name)).size < count;
}

/** W3C 5.7: a <param> of <donedata> that cannot be evaluated is left out and raises an error event. */
export function evaluateDonedata(host: ContentHost, params: readonly Param[]): Payload {
  const payload: Payload = {};
  for (const param of params) {
    try {
      define(payload, param.name, paramValue(host, param));
    } catch (fault) {
      host.fault(fault, { element: 'param', at: param.at, use: 'value' });
    }
  }
  return payload;
}

/** The value of <content>: of its expression, or of its text (see textValue). */
export function evaluateContent(host: ContentHost, content: Content): Json | undefined {
  if (content.expr) return host.data.value(content.expr.slot);
  const text = content.text ?? '';
  return content.xml ? text : textValue(text);
}

/**
 * W3C B.2.1: the value of a JSON text; an XML text unchanged; another text with its white space normalised.
 */
export function textValue(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const trimmed = text.trim();
    return trimmed.startsWith('<') ? trimmed : trimmed.replace(/\s+/g, ' ');
  }
}

function paramValue(host: ContentHost, param: Param): Json | undefined {
  const expression = param.expr ?? param.location;
  return expression && host.data.value(expression.slot);
}

function asField(value: Json | undefined): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}

/** Not an assignment, because `__proto__` is a normal name here. */
function define(payload: Payload, name: string, value: Json | undefined): void {
  Object.defineProperty(payload, name, { value, enumerable: true, configurable: true, writable: true });
}
