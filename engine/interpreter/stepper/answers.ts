import { defined, isSuccess } from '../../ports/index.ts';
import type { ModuleEffect, UntypedEvent } from '../index.ts';
import type {
  FetchExpectation,
  FetchReply,
  FetchRequest,
  Fields,
  ModuleEvent,
  ModuleExpectation,
} from './contract.ts';

export function fetchRequestOf({ requestId, attributes, params, content }: ModuleEffect): FetchRequest {
  return {
    requestId,
    method: String(attributes.method ?? 'get').toUpperCase(),
    url: String(attributes.srcexpr ?? attributes.src ?? ''),
    headers: attributes.headers,
    params,
    content,
  };
}

/** The ways to answer a request. `answer` gets the function that makes the event of the answer. */
export function answering(
  answer: (event: (effect: ModuleEffect) => UntypedEvent) => void,
): FetchExpectation & ModuleExpectation {
  return {
    reply: (reply) => answer((effect) => fetchEvent(effect, reply)),
    done: (fields = {}) => answer((effect) => resultEvent(effect, fields)),
    error: (fields = {}) => answer((effect) => errorEvent(effect, fields)),
    event: (name, fields = {}, facts) =>
      answer((effect) => namedEvent(effect, { name, fields, ...defined({ facts }) })),
  };
}

/**
 * ors-dialect 2.8: session.fetch.done {requestid, content, hints}, or error.session.fetch with `error` as
 * '<protocol>.<code>'. The server gives the same.
 */
export function fetchEvent(effect: ModuleEffect, reply: FetchReply): UntypedEvent {
  const { url } = fetchRequestOf(effect);
  const protocol = URL.canParse(url) ? new URL(url).protocol.replace(':', '') : 'http';
  if (typeof reply === 'string') {
    return failure(effect, { error: `${protocol}.${reply}`, description: `'${url}': ${reply}` });
  }
  const { status = 200, json, headers } = reply;
  const content = reply.body ?? (json === undefined ? '' : JSON.stringify(json));
  const hints = headers ?? (json === undefined ? {} : { 'content-type': 'application/json' });
  const facts = { content, hints, status };
  if (!isSuccess({ status })) {
    return failure(effect, {
      error: `${protocol}.${status}`,
      description: `'${url}' answered ${status}.`,
      ...facts,
    });
  }
  return { name: 'session.fetch.done', data: { requestid: effect.requestId, ...facts } };
}

export function resultEvent(effect: ModuleEffect, fields: Fields): UntypedEvent {
  const { module, action, requestId } = effect;
  return { name: `${module}.${action}.done`, data: { requestid: requestId, ...fields } };
}

export function errorEvent(effect: ModuleEffect, fields: Fields): UntypedEvent {
  const { module, action, requestId } = effect;
  return { name: `error.${module}.${action}`, data: { requestid: requestId, ...fields } };
}

export function namedEvent({ requestId }: ModuleEffect, { name, fields, facts }: ModuleEvent): UntypedEvent {
  return { name, data: { requestid: requestId, ...fields }, ...defined({ facts }) };
}

function failure(effect: ModuleEffect, fields: Fields): UntypedEvent {
  return { name: 'error.session.fetch', data: { requestid: effect.requestId, ...fields } };
}
