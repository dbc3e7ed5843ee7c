import { defined, type Json } from '../../ports/index.ts';
import type { Action, SourceLocation } from '../document/model.ts';
import type { SendEffect } from '../effects.ts';
import type { EventFields } from '../event.ts';
import { attributeText } from './attribute.ts';
import { ContentFault, locationData } from './contentFault.ts';
import type { ContentHost } from './contentHost.ts';
import { parseDelay } from './delay.ts';
import { evaluateContent, evaluateMessage, evaluatePayload, repeatsName } from './payload.ts';

export const SCXML_PROCESSOR = 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor';
export const BASIC_HTTP_PROCESSOR = 'http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor';

type Send = Extract<Action, { kind: 'send' }>;

/** The evaluated attributes of a <send>. */
interface Envelope {
  readonly sendid: string;
  readonly target: string;
  readonly delayMs: number;
  readonly at: SourceLocation;
}

/** W3C SCXML 6.2 <send>; ORS deviations in ors-dialect 2.2. */
export function send(action: Send, host: ContentHost): void {
  const sendid = action.id ?? host.nextId('send');
  if (action.idlocation !== undefined) host.data.assignJson(action.idlocation.slot, sendid);
  const type = processorOf(attributeText(host, action.type), sendid, host);
  const target = attributeText(host, action.target) ?? '';
  if (type === 'fm') {
    throw unavailable(sendid, `no part of this platform receives events at '${target}'`, target);
  }
  const name = attributeText(host, action.event) ?? '';
  const delayMs = delayOf(attributeText(host, action.delay), sendid);
  const envelope: Envelope = { sendid, target, delayMs, at: action.at };
  if (type === 'basichttp') sendHttp(action, name, envelope, host);
  else sendScxml(action, name, envelope, host);
}

function sendScxml(action: Send, name: string, envelope: Envelope, host: ContentHost): void {
  const { sendid } = envelope;
  const message = repeatsName(action) ? evaluateMessage(host, action) : undefined;
  const data = message ? (message.payload as Json) : dataOf(action, host);
  if (name === '') throw noEvent(sendid);
  // W3C 5.10.1: the event has a sendid when the document asks for one.
  const hasId = action.id !== undefined || action.idlocation !== undefined;
  const fields: EventFields = {
    name,
    data,
    sendid: hasId ? sendid : undefined,
    raw: message && formOf(message.fields),
    xml: action.content?.xml ? true : undefined,
  };
  deliver(host, fields, envelope);
}

/** W3C 178: the message has all values of a name; the data have one. */
function formOf(fields: readonly (readonly [string, string])[]): string {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, value);
  return form.toString();
}

/** Delivers to the targets of W3C C.1, and to the ORS forms `_internal` and a session id alone. */
function deliver(host: ContentHost, fields: EventFields, { sendid, target, delayMs, at }: Envelope): void {
  const { document, sessionId } = host;
  if (target === '#_internal' || (target === '_internal' && document.dialect === 'ors')) {
    if (delayMs > 0) throw invalid(sendid, `a delayed <send> cannot have the target '${target}'`);
    host.send({ to: 'internal', event: fields });
    return;
  }
  const { id, invokeid } =
    target === '' ? { id: sessionId, invokeid: undefined } : sessionOf(host, target, sendid);
  // Written out: defined() would cost as much as the rest of a <send>.
  const event: EventFields = {
    name: fields.name,
    data: fields.data,
    sendid: fields.sendid,
    origin: document.dialect === 'ors' ? sessionId : `#_scxml_${sessionId}`,
    origintype: SCXML_PROCESSOR,
    invokeid,
    raw: fields.raw,
    xml: fields.xml,
  };
  if (id === sessionId) {
    host.send({ to: 'self', delayMs, sendid, event });
    return;
  }
  const effect: SendEffect = {
    kind: 'send',
    key: host.nextId('effect'),
    type: 'scxml',
    target: id,
    event: defined(event),
    sendId: sendid,
    ...locationOf(at, host),
  };
  host.send({ to: 'other', delayMs, sendid, effect });
}

/** ORS: the location of the <send>, for the error event of a failed delivery (ors-dialect 2.6). */
function locationOf(at: SourceLocation, { document }: ContentHost): Pick<SendEffect, 'place'> | undefined {
  return document.dialect === 'ors' ? { place: locationData({ element: 'send', at }) } : undefined;
}

/**
 * The session that a target names. An event for the invoking session also has the id of the invoke (W3C 6.4).
 */
function sessionOf(host: ContentHost, target: string, sendid: string): { id: string; invokeid?: string } {
  if (target === '#_parent') {
    const parent = host.parentSession();
    if (!parent) {
      throw unavailable(sendid, "this session has no parent, so '#_parent' cannot be reached", target);
    }
    return { id: parent.sessionId, invokeid: parent.invokeId };
  }
  if (target.startsWith('#_scxml_')) return { id: target.slice('#_scxml_'.length) };
  if (target.startsWith('#_')) {
    const id = host.invokedSession(target.slice(2));
    if (id === undefined) {
      throw unavailable(sendid, `no running <invoke> has the id '${target.slice(2)}'`, target);
    }
    return { id };
  }
  if (host.document.dialect === 'ors') return { id: target };
  throw invalid(
    sendid,
    `expected a target as '#_internal', '#_parent', '#_<invokeid>' or '#_scxml_<sessionid>', got '${target}'${meantTarget(target)}`,
  );
}

/** Says how to write a target that names no session. Empty when that cannot be guessed. */
export function meantTarget(target: string): string {
  if (/^https?:/i.test(target)) return `; a URL needs type="${BASIC_HTTP_PROCESSOR}"`;
  const name = /^#?_?(parent|internal)$/i.exec(target)?.[1];
  return name === undefined ? '' : `; write '#_${name.toLowerCase()}'`;
}

function sendHttp(action: Send, name: string, envelope: Envelope, host: ContentHost): void {
  const { sendid, target, delayMs, at } = envelope;
  const content = action.content && evaluateContent(host, action.content);
  const fields = action.content ? [] : evaluateMessage(host, action).fields;
  // W3C 577: a POST needs a target.
  if (target === '') throw unavailable(sendid, 'a basic HTTP <send> needs a target URL', target);
  if (!URL.canParse(target)) throw invalid(sendid, `expected an absolute URL as target, got '${target}'`);
  const effect: SendEffect = {
    kind: 'send',
    key: host.nextId('effect'),
    type: 'basichttp',
    target,
    event: defined({ name, xml: action.content?.xml ? (true as const) : undefined }),
    sendId: sendid,
    ...locationOf(at, host),
    fields,
    ...defined({ content }),
  };
  host.send({ to: 'other', delayMs, sendid, effect });
}

function dataOf(action: Send, host: ContentHost): Json | undefined {
  if (action.content) return evaluateContent(host, action.content);
  if (action.namelist.length === 0 && action.params.length === 0) return undefined;
  return evaluatePayload(host, action) as Json;
}

/** ORS has the type 'fm': its target is the namespace of a functional module (ors-dialect 2.2). */
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
