import { EVENT_NAME_PARAMETER, type SendEffect, sendFailed } from '../interpreter/index.ts';
import {
  type HttpClient,
  HttpFault,
  type HttpRequest,
  isSuccess,
  type Json,
  type SessionId,
} from '../ports/index.ts';
import { type EventDelivery, isGone } from './eventDelivery.ts';
import { HostError } from './hostError.ts';
import { type CountDeps, countEvent } from './lineages.ts';
import { parseSessionId, readSession, type SessionRecord } from './sessionRecord.ts';
import type { PublishedEvent } from './sessions.ts';
import type { SessionTaskPayloads } from './sessionTasks.ts';

/** How long a basic HTTP <send> waits for an answer. */
export const BASIC_HTTP_TIMEOUT_MS = 30_000;

interface SendDeps extends CountDeps {
  readonly delivery: EventDelivery;
  readonly http: HttpClient;
}

/** SCXML Event I/O Processor, W3C C.1: an event for another session. */
export async function performSend(
  { sessionId, effect }: SessionTaskPayloads['session.send'],
  deps: SendDeps,
): Promise<void> {
  const sender = countEvent(sessionId, deps);
  try {
    await deps.delivery.publish(parseSessionId(effect.target), eventOf(sessionId, effect, sender));
  } catch (error) {
    if (error instanceof HostError && error.code === 'DATA_TOO_DEEP') {
      return reportFailure({ sessionId, effect }, deps, error.message);
    }
    if (!isGone(error)) throw error;
    // A session that failed in the step of this event has received it.
    if (error instanceof HostError && error.code === 'SESSION_ENDED') return;
    await reportFailure({ sessionId, effect }, deps);
  }
}

/** W3C 6.4: every event from an invoked session to the session that invoked it has the id of the invoke. */
function eventOf(
  sessionId: SessionId,
  effect: SendEffect,
  sender: SessionRecord | undefined,
): PublishedEvent {
  const event = { ...effect.event, id: `send:${sessionId}:${effect.key}` };
  if (event.invokeid !== undefined) return event;
  const parent = sender?.parent;
  return parent?.sessionId === effect.target ? { ...event, invokeid: parent.invokeId } : event;
}

/** Basic HTTP Event I/O Processor, W3C C.2: a POST. Its failure is an event for the sender. */
export async function performHttpSend(
  { sessionId, effect }: SessionTaskPayloads['session.http'],
  deps: SendDeps,
): Promise<void> {
  if (effect.type !== 'basichttp') {
    await reportFailure(
      { sessionId, effect },
      deps,
      `type 'fm': no functional module takes events; expected type 'scxml' with the id of a session, 'basichttp' with a URL, or an element of the module`,
    );
    return;
  }
  countEvent(sessionId, deps);
  const fault = await post(sessionId, effect, deps.http);
  if (fault !== undefined) await reportFailure({ sessionId, effect }, deps, fault);
}

async function post(sessionId: SessionId, effect: SendEffect, http: HttpClient): Promise<string | undefined> {
  try {
    const reply = await http(toRequest(sessionId, effect));
    if (isSuccess(reply)) return undefined;
    return `'${effect.target}' answered with status ${reply.status}`;
  } catch (error) {
    if (!(error instanceof HttpFault)) throw error;
    return `'${effect.target}' could not be reached (${error.reason}): ${error.message}`;
  }
}

function toRequest(sessionId: SessionId, effect: SendEffect): HttpRequest {
  const { body, contentType } = bodyOf(effect);
  return {
    method: 'POST',
    url: effect.content === undefined ? effect.target : withEventName(effect),
    headers: { 'content-type': contentType, 'idempotency-key': `${sessionId}:${effect.key}` },
    body,
    sessionId,
    timeoutMs: BASIC_HTTP_TIMEOUT_MS,
  };
}

/** <content> is the body; without it a form with the name of the event, the namelist and the params. */
function bodyOf(effect: SendEffect): { readonly body: string; readonly contentType: string } {
  const { content, event, fields = [] } = effect;
  if (content !== undefined) return contentBody(content, event.xml === true);
  const form = new URLSearchParams();
  if (event.name !== '') form.append(EVENT_NAME_PARAMETER, event.name);
  for (const [name, value] of fields) form.append(name, value);
  return { body: form.toString(), contentType: 'application/x-www-form-urlencoded' };
}

function contentBody(content: Json, isXml: boolean): { readonly body: string; readonly contentType: string } {
  if (typeof content === 'string') {
    return { body: content, contentType: `${isXml ? 'application/xml' : 'text/plain'};charset=UTF-8` };
  }
  return { body: JSON.stringify(content), contentType: 'application/json' };
}

/** With <content> the body is taken, so the name of the event is in the query. */
function withEventName(effect: SendEffect): string {
  if (effect.event.name === '') return effect.target;
  const url = new URL(effect.target);
  url.searchParams.set(EVENT_NAME_PARAMETER, effect.event.name);
  return url.href;
}

async function reportFailure(
  { sessionId, effect }: { readonly sessionId: SessionId; readonly effect: SendEffect },
  { durable, delivery }: SendDeps,
  description?: string,
): Promise<void> {
  const sender = readSession(durable, sessionId);
  if (sender === undefined) return;
  const event = sendFailed(sender.dialect, effect, description);
  await delivery.offer(sessionId, { ...event, id: `fault:${effect.key}` });
}
