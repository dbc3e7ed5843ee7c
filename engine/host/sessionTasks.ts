import type { Batch, Durable, Task } from '../durable/index.ts';
import {
  basicHttpPath,
  type Effect,
  type InvokeEffect,
  type ModuleEffect,
  type SendEffect,
} from '../interpreter/index.ts';
import { type Json, ownId, type SessionId } from '../ports/index.ts';
import { eventKey } from './sessionRecord.ts';
import type { PublishedEvent } from './sessions.ts';

/** The kinds of tasks of sessions, and their payloads. Kinds and keys are stored. */
export interface SessionTaskPayloads {
  /** Starts a scheduled session. */
  readonly 'session.begin': { readonly sessionId: SessionId };
  readonly 'session.timer': { readonly sessionId: SessionId; readonly timer: string };
  /** The last step of the session left events in its external queue. */
  readonly 'session.continue': { readonly sessionId: SessionId };
  readonly 'session.event': { readonly sessionId: SessionId; readonly event: PublishedEvent };
  readonly 'session.send': { readonly sessionId: SessionId; readonly effect: SendEffect };
  readonly 'session.http': { readonly sessionId: SessionId; readonly effect: SendEffect };
  readonly 'session.invoke': { readonly sessionId: SessionId; readonly effect: InvokeEffect };
  /** `invokedId`: the invoked session. */
  readonly 'session.uninvoke': { readonly invokedId: SessionId };
  readonly 'session.module': { readonly sessionId: SessionId; readonly effect: ModuleEffect };
  /** A debugger holds the session. After the end of the process, nobody does. */
  readonly 'session.release': { readonly sessionId: SessionId };
}

export type SessionTaskKind = keyof SessionTaskPayloads;

/** The lane of everything that a session sends to other sessions: it arrives in the order of sending. */
function outLane(sessionId: SessionId): string {
  return `out:${sessionId}`;
}

export function startScheduledTask(sessionId: SessionId, dueAt: number): Task {
  return taskOf('session.begin', startScheduledKey(sessionId), { sessionId }, dueAt);
}

export function startScheduledKey(sessionId: SessionId): string {
  return `begin:${sessionId}`;
}

/** Keys of the waiting tasks of a session: its timers and effects, and events for it. */
export function sessionTaskKeys(durable: Pick<Durable, 'taskKeys'>, sessionId: SessionId): readonly string[] {
  return [
    startScheduledKey(sessionId),
    ...['timer', 'effect', 'event'].flatMap((kind) => durable.taskKeys(`${kind}:${sessionId}:`)),
    continueKey(sessionId),
    releaseKey(sessionId),
    `orphan:${sessionId}`,
  ];
}

export function timerKey(sessionId: SessionId, timer: string): string {
  return `timer:${sessionId}:${timer}`;
}

export function timerTask(sessionId: SessionId, timer: string, dueAt: number): Task {
  return taskOf('session.timer', timerKey(sessionId, timer), { sessionId, timer }, dueAt);
}

export function continueKey(sessionId: SessionId): string {
  return `continue:${sessionId}`;
}

export function continueTask(sessionId: SessionId, now: number): Task {
  return taskOf('session.continue', continueKey(sessionId), { sessionId }, now);
}

const RELEASE = 'release:';

export function releaseKey(sessionId: SessionId): string {
  return `${RELEASE}${sessionId}`;
}

export function releaseTask(sessionId: SessionId, dueAt: number): Task {
  return taskOf('session.release', releaseKey(sessionId), { sessionId }, dueAt);
}

/** The sessions that a debugger held when the process ended. */
export function formerlyHeld(durable: Pick<Durable, 'taskKeys'>): readonly SessionId[] {
  return durable.taskKeys(RELEASE).map((key) => ownId<SessionId>(key.slice(RELEASE.length)));
}

/** Effects that tasks perform after the step. The commit of the step performs the others. */
export type PerformedEffect = Extract<Effect, { kind: 'send' | 'invoke' | 'uninvoke' | 'module' }>;

export function effectTask(sessionId: SessionId, effect: PerformedEffect, now: number): Task {
  const key = `effect:${sessionId}:${effect.key}`;
  switch (effect.kind) {
    case 'module':
      // No lane: a slow fetch must not delay the next one. They begin in their order.
      return taskOf('session.module', key, { sessionId, effect }, now);
    case 'invoke':
      return taskOf('session.invoke', key, { sessionId, effect }, now, outLane(sessionId));
    case 'uninvoke': {
      const invokedId = ownId<SessionId>(effect.invokedId);
      return taskOf('session.uninvoke', key, { invokedId }, now, outLane(sessionId));
    }
    case 'send': {
      if (effect.type === 'scxml') {
        return taskOf('session.send', key, { sessionId, effect }, now, outLane(sessionId));
      }
      // W3C test 201: a session sends to itself over HTTP, then directly; the events arrive in that order.
      const loopsBack = effect.target.endsWith(basicHttpPath(sessionId));
      const lane = loopsBack ? outLane(sessionId) : `http:${sessionId}:${effect.target}`;
      return taskOf('session.http', key, { sessionId, effect }, now, lane);
    }
  }
}

/** Ends an invoked session whose invoking session ended without cancelling the invoke. */
export function orphanTask(invokingId: SessionId, invokedId: SessionId, now: number): Task {
  return taskOf('session.uninvoke', `orphan:${invokedId}`, { invokedId }, now, outLane(invokingId));
}

/**
 * Delivers an event to a session. `from`: the sending session; the event arrives after everything it sent
 * before.
 */
export function eventBatch(
  sessionId: SessionId,
  event: PublishedEvent & { readonly id: string },
  options: { readonly dueAt: number; readonly from?: SessionId },
): Batch {
  const lane = options.from === undefined ? `in:${sessionId}` : outLane(options.from);
  const key = `event:${eventKey(sessionId, event.id)}`;
  return { schedule: [taskOf('session.event', key, { sessionId, event }, options.dueAt, lane)] };
}

function taskOf<Kind extends SessionTaskKind>(
  kind: Kind,
  key: string,
  payload: SessionTaskPayloads[Kind],
  dueAt: number,
  lane?: string,
): Task {
  const task = { kind, key, payload: payload as unknown as Json, dueAt };
  return lane === undefined ? task : { ...task, lane };
}
