import type { OpenRequest } from '../engine/interpreter/stepper/index.ts';
import type { Json } from '../engine/ports/index.ts';

const FETCH = 'session.fetch';
/** 'PUT /callback' */
const METHOD = /^([A-Z]+)\s+(.*)$/;

/** Whether a request is for an element of a module ('queue.submit'), or a fetch of a URL. */
export function isRequestOf(request: OpenRequest, what: string | RegExp): boolean {
  return request.name === FETCH ? isFetchOf(request, what) : request.name === what;
}

/** The fields of a request: attributes of an element; parameters and content of a fetch. */
export function fieldsOfRequest({ name, effect }: OpenRequest): Readonly<Record<string, Json>> {
  const { attributes, params, content } = effect;
  if (name !== FETCH) return known({ ...attributes, ...params });
  const url = urlOf(effect.attributes);
  const query = URL.canParse(url) ? Object.fromEntries(new URL(url).searchParams) : {};
  return known({ ...query, ...params, ...objectOf(content) });
}

/** 'GET http://shop.example/prices', 'queue.submit {"route":true}' */
export function describeRequest(request: OpenRequest): string {
  const { name, effect } = request;
  if (name === FETCH) return `${methodOf(effect.attributes)} ${urlOf(effect.attributes)}`;
  const { requestid: _own, ...fields } = fieldsOfRequest(request);
  return `${name} ${JSON.stringify(fields)}`;
}

function isFetchOf({ effect }: OpenRequest, what: string | RegExp): boolean {
  const url = urlOf(effect.attributes);
  if (what instanceof RegExp) return what.test(url);
  const [, method, part] = METHOD.exec(what) ?? [];
  if (method === undefined) return url.includes(what);
  return method === methodOf(effect.attributes) && url.includes(part!);
}

type Attributes = OpenRequest['effect']['attributes'];

function methodOf({ method }: Attributes): string {
  return String(method ?? 'get').toUpperCase();
}

function urlOf({ srcexpr, src }: Attributes): string {
  return String(srcexpr ?? src ?? '');
}

function objectOf(content: Json | undefined): object {
  if (typeof content === 'object' && content !== null) return content;
  if (typeof content !== 'string') return {};
  try {
    const value = JSON.parse(content) as Json;
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // A text that is no JSON has no members.
    return {};
  }
}

function known(fields: Readonly<Record<string, Json | undefined>>): Readonly<Record<string, Json>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
