import type { Action } from '../document/model.ts';
import type { Json } from '../event.ts';
import { attributeText } from './attribute.ts';
import { ContentFault } from './contentFault.ts';
import type { ContentHost } from './contentHost.ts';
import { parseDelay } from './delay.ts';
import { evaluateContent, evaluateFields, evaluatePayload } from './payload.ts';

export const SCXML_PROCESSOR = 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor';
export const BASIC_HTTP_PROCESSOR = 'http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor';

type Send = Extract<Action, { kind: 'send' }>;

/** W3C SCXML 6.2 <send>; ORS deviations in genesys-facts 2.2. */
export function send(action: Send, host: ContentHost): void {
  const sendid = action.id ?? host.nextId('send');
  if (action.idlocation) host.data.assignJson(action.idlocation.slot, sendid);
  const named = action.id !== undefined || action.idlocation !== undefined;
  const type = processorOf(attributeText(host, action.type), sendid);
  const target = attributeText(host, action.target) ?? '';
  const name = attributeText(host, action.event) ?? '';
  const delayMs = delayOf(attributeText(host, action.delay), sendid);
  const data = dataOf(action, host);
  if (type === 'basichttp') {
    sendHttp(action, host, { sendid, target, name, delayMs, data });
    return;
  }
  const event = { name, ...(data !== undefined && { data }), ...(named && { sendid }) };
  if (name === '') throw noEvent(sendid);
  deliver(host, { target, event, sendid, delayMs });
}

/** Where a scxml send goes: W3C C.1 targets, and the ORS forms `_internal` and a bare session id. */
function deliver(
  host: ContentHost,
  request: {
    target: string;
    event: { name: string; data?: Json; sendid?: string };
    sendid: string;
    delayMs: number;
  },
): void {
  const { target, sendid, delayMs } = request;
  const origin = host.document.dialect === 'ors' ? host.sessionId : `#_scxml_${host.sessionId}`;
  const event = { ...request.event, origin, origintype: SCXML_PROCESSOR };
  if (target === '#_internal' || (host.document.dialect === 'ors' && target === '_internal')) {
    if (delayMs > 0) throw invalid(sendid, `a delayed <send> cannot have the target '${target}'`);
    host.send({ to: 'internal', event: request.event });
    return;
  }
  const session = sessionOf(host, target, sendid);
  if (session.id === host.sessionId) {
    host.send({ to: 'self', delayMs, sendid, event });
    return;
  }
  const { invokeid } = session;
  host.send({
    to: 'other',
    delayMs,
    sendid,
    effect: {
      kind: 'send',
      key: host.nextId('effect'),
      type: 'scxml',
      target: session.id,
      event: { ...event, ...(invokeid !== undefined && { invokeid }) },
      sendId: sendid,
    },
  });
}

function sessionOf(host: ContentHost, target: string, sendid: string): { id: string; invokeid?: string } {
  if (target === '' || target === `#_scxml_${host.sessionId}`) return { id: host.sessionId };
  if (target === '#_parent') {
    const parent = host.parentSession();
    if (!parent) throw unavailable(sendid, "this session has no parent, so '#_parent' cannot be reached");
    return { id: parent.sessionId, invokeid: parent.invokeId };
  }
  if (target.startsWith('#_scxml_')) return { id: target.slice('#_scxml_'.length) };
  if (target.startsWith('#_')) {
    const child = host.invokedSession(target.slice(2));
    if (child === undefined) throw unavailable(sendid, `no running <invoke> has the id '${target.slice(2)}'`);
    return { id: child };
  }
  if (host.document.dialect === 'ors') return { id: target };
  throw invalid(
    sendid,
    `expected a target as '#_internal', '#_parent', '#_<invokeid>' or '#_scxml_<sessionid>', got '${target}'`,
  );
}

function sendHttp(
  action: Send,
  host: ContentHost,
  request: { sendid: string; target: string; name: string; delayMs: number; data: Json | undefined },
): void {
  const { sendid, target, name, delayMs, data } = request;
  // W3C 577: without a target there is nobody to POST to.
  if (target === '') throw unavailable(sendid, 'a basic HTTP <send> needs a target URL');
  if (!URL.canParse(target)) throw invalid(sendid, `expected an absolute URL as target, got '${target}'`);
  host.send({
    to: 'other',
    delayMs,
    sendid,
    effect: {
      kind: 'send',
      key: host.nextId('effect'),
      type: 'basichttp',
      target,
      event: { name, ...(data !== undefined && { data }) },
      sendId: sendid,
      fields: evaluateFields(host, action),
      ...(action.content && data !== undefined && { content: data }),
    },
  });
}

function dataOf(action: Send, host: ContentHost): Json | undefined {
  if (action.content) return evaluateContent(host, action.content);
  if (action.namelist.length === 0 && action.params.length === 0) return undefined;
  return evaluatePayload(host, action) as Json;
}

function processorOf(type: string | undefined, sendid: string): 'scxml' | 'basichttp' {
  if (type === undefined || type === '' || type === 'scxml' || type === SCXML_PROCESSOR) return 'scxml';
  if (type === 'basichttp' || type === BASIC_HTTP_PROCESSOR) return 'basichttp';
  throw new ContentFault(
    { w3c: 'error.execution', ors: 'error.send.targettypeinvalid', sendid },
    `expected the type 'scxml' or 'basichttp' of an event I/O processor, got '${type}'`,
  );
}

function delayOf(text: string | undefined, sendid: string): number {
  if (text === undefined || text === '') return 0;
  const delay = parseDelay(text);
  if (delay === undefined) throw invalid(sendid, `expected a delay such as '10s' or '200ms', got '${text}'`);
  return delay;
}

function noEvent(sendid: string): ContentFault {
  return new ContentFault(
    { w3c: 'error.execution', ors: 'error.send.noeventspecified', sendid },
    'a <send> to a session needs an event name',
  );
}

function invalid(sendid: string, message: string): ContentFault {
  return new ContentFault({ w3c: 'error.execution', ors: 'error.send.failed', sendid }, message);
}

function unavailable(sendid: string, message: string): ContentFault {
  return new ContentFault(
    { w3c: 'error.communication', ors: 'error.send.targetunavailable', sendid },
    message,
  );
}
