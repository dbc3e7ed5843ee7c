import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/**
 * The headers of W3C Trace Context. No other header is read or written: baggage of a customer must not leave
 * the server with a request of a document.
 */
const FIELDS: readonly string[] = ['traceparent', 'tracestate'];

type Headers = Record<string, string | string[] | undefined>;

export const HEADER_GETTER: TextMapGetter<Headers> = {
  get: (headers, key) => (FIELDS.includes(key) ? headers[key] : undefined),
  keys: (headers) => FIELDS.filter((name) => headers[name] !== undefined),
};

export const HEADER_SETTER: TextMapSetter<Record<string, string>> = {
  set(headers, key, value) {
    if (FIELDS.includes(key)) headers[key] = value;
  },
};
