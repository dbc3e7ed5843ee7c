import { defined, type Json } from '../../ports/index.ts';
import { basicHttpPath } from '../content/basicHttp.ts';
import type { SendRequest } from '../content/contentHost.ts';
import { sendFailed } from '../content/sendFailed.ts';
import type { Document } from '../document/model.ts';
import type { Effect, SendEffect } from '../effects.ts';
import type { EventFields } from '../event.ts';
import { SessionFailure } from '../limits.ts';
import type { ExecutionState, PendingSend } from './executionState.ts';

/** The parts of a step that its sends need. */
export interface SendingStep {
  readonly document: Document;
  readonly state: ExecutionState;
  /** ms since epoch. */
  readonly now: number;
  /** See StepOptions. */
  readonly reaches: ((sessionId: string) => boolean | undefined) | undefined;
  /** True when an event of this step goes from the session to itself through the HTTP server. */
  loopsBack: boolean;
  nextId(prefix: string): string;
  emit(effect: Effect): void;
  raiseInternal(event: EventFields): void;
  raisePlatform(name: string, data: Json | undefined, sendid?: string): void;
  queueExternal(event: EventFields): void;
}

type DelayableRequest = Exclude<SendRequest, { to: 'internal' }>;

/** Executes a <send>: queues the event, emits the effect, or arms a timer for its delay. */
export function performSend(request: SendRequest, step: SendingStep): void {
  if (request.to === 'internal') step.raiseInternal(request.event);
  else if (request.delayMs > 0) armTimer(request, step);
  else if (request.to === 'other') emitSend(request.effect, step);
  else sendToSelf(request, step);
}

/**
 * W3C 201: events that a session sends to itself keep their order, also when one of them goes through HTTP.
 */
function sendToSelf({ event, sendid }: Extract<SendRequest, { to: 'self' }>, step: SendingStep): void {
  if (!step.loopsBack) {
    step.queueExternal(event);
    return;
  }
  const target = step.state.sessionId;
  emitSend(
    {
      kind: 'send',
      key: step.nextId('effect'),
      type: 'scxml',
      target,
      event: defined(event),
      sendId: sendid,
    },
    step,
  );
}

function emitSend(effect: SendEffect, step: SendingStep): void {
  const { state, document, reaches } = step;
  // W3C 252: an invoked session that is cancelled sends nothing more to its parent.
  if (state.status === 'terminated' && effect.target === state.parent?.sessionId) return;
  if (effect.type === 'basichttp' && effect.target.endsWith(basicHttpPath(state.sessionId))) {
    step.loopsBack = true;
  }
  // W3C 496: a target session that does not exist is an error at once, where that is known.
  if (effect.type === 'scxml' && reaches?.(effect.target) === false) {
    const { name, data, sendid } = sendFailed(document.dialect, effect);
    step.raisePlatform(name, data, sendid);
    return;
  }
  step.emit(effect);
}

function armTimer(request: DelayableRequest, step: SendingStep): void {
  const { state } = step;
  const limit = state.limits.MAX_PENDING_SENDS;
  state.pending ??= new Map();
  if (state.pending.size >= limit) {
    throw new SessionFailure('MAX_PENDING_SENDS', `more than ${limit} delayed sends are pending`);
  }
  const key = step.nextId('timer');
  const dueAt = step.now + request.delayMs;
  state.pending.set(key, { sendid: request.sendid, dueAt, deliver: deliveryOf(request) });
  step.emit({ kind: 'arm', key, dueAt });
}

function deliveryOf(request: DelayableRequest): PendingSend['deliver'] {
  return request.to === 'self'
    ? { to: 'self', event: request.event }
    : { to: 'other', effect: request.effect };
}

/** The timer of a delayed send is due: the event leaves. Does nothing for a send that was cancelled. */
export function fireTimer(key: string, step: SendingStep): void {
  const { pending } = step.state;
  const due = pending?.get(key);
  if (due === undefined) return;
  pending!.delete(key);
  if (due.deliver.to === 'other') emitSend(due.deliver.effect, step);
  else step.queueExternal(due.deliver.event);
}

/** Discards the pending sends with the sendid. Returns true when there was one. */
export function cancelSends(sendid: string, step: SendingStep): boolean {
  const { pending } = step.state;
  if (pending === undefined) return false;
  let found = false;
  for (const [key, send] of pending) {
    if (send.sendid !== sendid) continue;
    found = true;
    disarmTimer(key, step);
  }
  return found;
}

export function disarmTimer(key: string, step: SendingStep): void {
  step.state.pending?.delete(key);
  step.emit({ kind: 'disarm', key });
}
