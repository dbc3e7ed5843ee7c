import type { Batch, Task } from '../durable/index.ts';
import {
  basicHttpPath,
  type Effect,
  type InvokeEffect,
  type ModuleEffect,
  type SendEffect,
} from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import { eventKey } from './sessionRecord.ts';
import type { PublishedEvent } from './sessions.ts';

/** Kinds of tasks by which sessions go on, and what each carries. */
export interface SessionTaskPayloads {
  /** A scheduled session is to begin. */
  readonly 'session.begin': { readonly sessionId: string };
  readonly 'session.timer': { readonly sessionId: string; readonly timer: string };
  /** The session's own external queue was not emptied in its last step. */
  readonly 'session.continue': { readonly sessionId: string };
  readonly 'session.event': { readonly sessionId: string; readonly event: PublishedEvent };
  readonly 'session.send': { readonly sessionId: string; readonly effect: SendEffect };
  readonly 'session.http': { readonly sessionId: string; readonly effect: SendEffect };
  readonly 'session.invoke': { readonly sessionId: string; readonly effect: InvokeEffect };
  readonly 'session.uninvoke': { readonly childId: string };
  readonly 'session.module': { readonly sessionId: string; readonly effect: ModuleEffect };
}

export type SessionTaskKind = keyof SessionTaskPayloads;

/** Lane of what a session says to other sessions: in the order in which it said it. */
function outLane(sessionId: string): string {
  return `out:${sessionId}`;
}

export function beginTask(sessionId: string, dueAt: number): Task {
  return taskOf('session.begin', beginKey(sessionId), { sessionId }, dueAt);
}

export function beginKey(sessionId: string): string {
  return `begin:${sessionId}`;
}

export function timerKey(sessionId: string, timer: string): string {
  return `timer:${sessionId}:${timer}`;
}

export function timerTask(sessionId: string, timer: string, dueAt: number): Task {
  return taskOf('session.timer', timerKey(sessionId, timer), { sessionId, timer }, dueAt);
}

export function continueTask(sessionId: string, now: number): Task {
  return taskOf('session.continue', `continue:${sessionId}`, { sessionId }, now);
}

/** Effects that are performed as tasks after the step; the others are part of the step's own commit. */
export type PerformedEffect = Extract<Effect, { kind: 'send' | 'invoke' | 'uninvoke' | 'module' }>;

export function effectTask(sessionId: string, effect: PerformedEffect, now: number): Task {
  const key = `effect:${sessionId}:${effect.key}`;
  switch (effect.kind) {
    case 'module':
      // No lane: a fetch must not hold up the next one. They begin in their order.
      return taskOf('session.module', key, { sessionId, effect }, now);
    case 'invoke':
      return taskOf('session.invoke', key, { sessionId, effect }, now, outLane(sessionId));
    case 'uninvoke':
      return taskOf('session.uninvoke', key, { childId: effect.childId }, now, outLane(sessionId));
    case 'send': {
      if (effect.type === 'scxml') {
        return taskOf('session.send', key, { sessionId, effect }, now, outLane(sessionId));
      }
      // W3C 201: to itself over HTTP, then to itself directly: in that order.
      const loopsBack = effect.target.endsWith(basicHttpPath(sessionId));
      const lane = loopsBack ? outLane(sessionId) : `http:${sessionId}:${effect.target}`;
      return taskOf('session.http', key, { sessionId, effect }, now, lane);
    }
  }
}

/** Ends a child whose parent failed without being able to say so. */
export function orphanTask(parentId: string, childId: string, now: number): Task {
  return taskOf('session.uninvoke', `orphan:${childId}`, { childId }, now, outLane(parentId));
}

/** An event for a session; with `from`, it comes after everything that the session `from` said before. */
export function eventBatch(
  sessionId: string,
  event: PublishedEvent & { readonly id: string },
  options: { readonly dueAt: number; readonly from?: string },
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
  return { kind, key, payload: payload as unknown as Json, dueAt, ...(lane !== undefined && { lane }) };
}
