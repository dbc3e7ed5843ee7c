import type { Json } from '../../ports/index.ts';
import type { Action, SourceLocation } from '../document/model.ts';
import type { SendEffect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import { attributeText } from './attribute.ts';
import { ContentFault, placeData } from './contentFault.ts';
import type { ContentHost } from './contentHost.ts';
import { parseDelay } from './delay.ts';
import { evaluateContent, evaluateMessage, evaluatePayload, repeatsName } from './payload.ts';

export const SCXML_PROCESSOR = 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor';
export const BASIC_HTTP_PROCESSOR = 'http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor';

type Send = Extract<Action, { kind: 'send' }>;

/** W3C SCXML 6.2 <send>; ORS deviations in ors-dialect 2.2. */
export function send(action: Send, host: ContentHost): void {
  const sendid = action.id ?? host.nextId('send');
  if (action.idlocation !== undefined) host.data.assignJson(action.idlocation.slot, sendid);
  const type = processorOf(attributeText(host, action.type), sendid, host);
  const target = attributeText(host, action.target) ?? '';
  if (type === 'fm')
    throw unavailable(sendid, `no part of this platform receives events at '${target}'`, target);
  const name = attributeText(host, action.event) ?? '';
  const delayMs = delayOf(attributeText(host, action.delay), sendid);
  if (type === 'basichttp') {
    sendHttp(action, host, { sendid, target, name, delayMs });
    return;
  }
  const message = repeatsName(action) ? evaluateMessage(host, action) : undefined;
  const data = message ? (message.payload as Json) : dataOf(action, host);
  if (name === '') throw noEvent(sendid);
  // W3C 5.10.1: the event has a sendid when the sender gave it one.
  const named = action.id !== undefined || action.idlocation !== undefined;
  const raw = message && formOf(message.fields);
  const xml = action.content?.xml === true ? true : undefined;
  const sent: Sent = { name, data, sendid: named ? sendid : undefined, raw, xml, at: action.at };
  deliver(host, target, sent, sendid, delayMs);
}

/** W3C 178: the message has all of its names; the data can have each only once. */
function formOf(fields: readonly (readonly [string, string])[]): string {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, value);
  return form.toString();
}

interface Sent {
  readonly name: string;
  readonly data: Json | undefined;
  readonly sendid: string | undefined;
  readonly raw: string | undefined;
  readonly xml: true | undefined;
  readonly at: SourceLocation;
}

/** Where a scxml send goes: W3C C.1 targets, and the ORS forms `_internal` and a bare session id. */
function deliver(host: ContentHost, target: string, sent: Sent, sendid: string, delayMs: number): void {
  const { document, sessionId } = host;
  if (target === '#_internal' || (target === '_internal' && document.dialect === 'ors')) {
    if (delayMs > 0) throw invalid(sendid, `a delayed <send> cannot have the target '${target}'`);
    host.send({ to: 'internal', event: eventFrom(sent, undefined, undefined, undefined) });
    return;
  }
  const origin = document.dialect === 'ors' ? sessionId : `#_scxml_${sessionId}`;
  if (target === '') {
    host.send({ to: 'self', delayMs, sendid, event: eventFrom(sent, origin, SCXML_PROCESSOR, undefined) });
    return;
  }
  const session = sessionOf(host, target, sendid);
  const event = eventFrom(sent, origin, SCXML_PROCESSOR, session.invokeid);
  if (session.id === sessionId) {
    host.send({ to: 'self', delayMs, sendid, event });
    return;
  }
  host.send({
    to: 'other',
    delayMs,
    sendid,
    effect: {
      kind: 'send',
      key: host.nextId('effect'),
      type: 'scxml',
      target: session.id,
      event: withoutUndefined(event),
      sendId: sendid,
      ...placeOf(sent.at, host),
    },
  });
}

/** ORS: what an event about the failure of the delivery says of the <send> (ors-dialect 2.6). */
function placeOf(at: SourceLocation, { document }: ContentHost): Pick<SendEffect, 'place'> | undefined {
  return document.dialect === 'ors' ? { place: placeData({ element: 'send', at }) } : undefined;
}

/** One shape for all: fields that an event does not have are undefined, which costs less than leaving them out. */
function eventFrom(
  sent: Sent,
  origin: string | undefined,
  origintype: string | undefined,
  invokeid: string | undefined,
): Omit<ScxmlEvent, 'type'> {
  const { name, data, sendid, raw, xml } = sent;
  return { name, data, sendid, origin, origintype, invokeid, raw, xml } as Omit<ScxmlEvent, 'type'>;
}

/** What leaves the session is compared and stored as JSON: there an absent field is absent. */
function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

function sessionOf(host: ContentHost, target: string, sendid: string): { id: string; invokeid?: string } {
  if (target === '#_parent') {
    const parent = host.parentSession();
    if (!parent)
      throw unavailable(sendid, "this session has no parent, so '#_parent' cannot be reached", target);
    return { id: parent.sessionId, invokeid: parent.invokeId };
  }
  if (target.startsWith('#_scxml_')) return { id: target.slice('#_scxml_'.length) };
  if (target.startsWith('#_')) {
    const child = host.invokedSession(target.slice(2));
    if (child === undefined)
      throw unavailable(sendid, `no running <invoke> has the id '${target.slice(2)}'`, target);
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
  request: { sendid: string; target: string; name: string; delayMs: number },
): void {
  const { sendid, target, name, delayMs } = request;
  const content = action.content && evaluateContent(host, action.content);
  const fields = action.content ? [] : evaluateMessage(host, action).fields;
  // W3C 577: without a target there is nobody to POST to.
  if (target === '') throw unavailable(sendid, 'a basic HTTP <send> needs a target URL', target);
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
      event: { name, ...(action.content?.xml && { xml: true as const }) },
      sendId: sendid,
      ...placeOf(action.at, host),
      fields,
      ...(content !== undefined && { content }),
    },
  });
}

function dataOf(action: Send, host: ContentHost): Json | undefined {
  if (action.content) return evaluateContent(host, action.content);
  if (action.namelist.length === 0 && action.params.length === 0) return undefined;
  return evaluatePayload(host, action) as Json;
}

/** ORS 'fm': the target is the namespace of a functional module (ors-dialect 2.2). */
function processorOf(
  type: string | undefined,
  sendid: string,
  { document }: ContentHost,
): 'scxml' | 'basichttp' | 'fm' {
  if (type === undefined || type === '' || type === 'scxml' || type === SCXML_PROCESSOR) return 'scxml';
  if (type === 'basichttp' || type === BASIC_HTTP_PROCESSOR) return 'basichttp';
  if (type === 'fm' && document.dialect === 'ors') return 'fm';
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

function unavailable(sendid: string, message: string, target: string): ContentFault {
  return new ContentFault(
    { w3c: 'error.communication', ors: 'error.send.targetunavailable', sendid, target },
    message,
  );
}
