import { type Batch, type Durable, joinBatches, type PutRecord, type Task } from '../durable/index.ts';
import type { Effect, StepOutcome } from '../interpreter/index.ts';
import { defined, type Json, ownId, type SessionId } from '../ports/index.ts';
import type { HostedExecution } from './hostEngine.ts';
import type { Retention } from './retention.ts';
import { type EndedRecord, endEventId, endedRecord } from './sessionEnds.ts';
import { eventKey, REPLY, SESSION_EVENT, type SessionRecord } from './sessionRecord.ts';
import type { SessionReply } from './sessions.ts';
import { continueTask, effectTask, type PerformedEffect, timerKey, timerTask } from './sessionTasks.ts';
import type { TracedBatch } from './sessionTraces.ts';
import { snapshotRecords } from './storedSnapshot.ts';

export type LogEffect = Extract<Effect, { kind: 'log' }>;

export interface GivenReply {
  readonly requestId: string;
  readonly reply: SessionReply;
}

/** The changes of a step in the store, and its effects after that commit. */
export interface StepCommit {
  readonly batch: Batch;
  /** The session after the step. */
  readonly after: SessionRecord;
  /** The same, if the step ended the session. SessionEnds.batch() stores it. */
  readonly ended: EndedRecord | undefined;
  readonly replies: readonly GivenReply[];
  readonly logs: readonly LogEffect[];
}

/** A step that was computed. */
interface ComputedStep {
  readonly durable: Durable;
  readonly retention: Retention;
  /** The session before the step. */
  readonly record: SessionRecord;
  readonly execution: HostedExecution;
  readonly outcome: StepOutcome;
  /** The data of the session, if the step ended it. */
  readonly data: Json;
  /** The caller's id of the event that was processed, if it has one. */
  readonly eventId: string | undefined;
  readonly now: number;
  readonly traced: TracedBatch | undefined;
}

/**
 * The commit of one step: the session with its snapshot, the id of the event that it consumed, its timers,
 * the effects to be performed as tasks, and the answers that it gave.
 */
export function stepCommit(step: ComputedStep): StepCommit {
  const { record, outcome, now } = step;
  const { sessionId } = record;
  const ended = endedAfter(step);
  const after = ended ?? runningAfter(step);
  const sorted = sortEffects(outcome.effects);
  const { replies, records } = newReplies(step, sorted.replies);
  const put = [...sessionRecords(step, after), ...records];
  const schedule: Task[] = sorted.performed.map((effect) => effectTask(sessionId, effect, now));
  for (const [timer, dueAt] of sorted.armed) schedule.push(timerTask(sessionId, timer, dueAt));
  if (outcome.more && ended === undefined) schedule.push(continueTask(sessionId, now));
  const cancel = sorted.disarmed.map((timer) => timerKey(sessionId, timer));
  const batch = joinBatches({ put, schedule, cancel }, step.traced?.batch ?? {});
  return { batch, after, ended, replies, logs: sorted.logs };
}

function sessionRecords(
  { durable, record, execution, eventId, now, retention }: ComputedStep,
  after: SessionRecord,
): PutRecord[] {
  const { sessionId } = record;
  const put: PutRecord[] = [];
  if (after.status === 'running' && after.persist) {
    put.push(...snapshotRecords(durable, after, execution.snapshotText()));
  }
  if (eventId !== undefined) {
    const key = eventKey(sessionId, eventId);
    put.push({ table: SESSION_EVENT, key, value: 1, expiresAt: now + retention.eventIdMs });
  }
  return put;
}

interface SortedEffects {
  readonly performed: readonly PerformedEffect[];
  readonly armed: ReadonlyMap<string, number>;
  readonly disarmed: readonly string[];
  readonly replies: readonly GivenReply[];
  readonly logs: readonly LogEffect[];
}

function sortEffects(effects: readonly Effect[]): SortedEffects {
  const performed: PerformedEffect[] = [];
  const armed = new Map<string, number>();
  const disarmed: string[] = [];
  const replies: GivenReply[] = [];
  const logs: LogEffect[] = [];
  for (const effect of effects) {
    switch (effect.kind) {
      case 'arm':
        armed.set(effect.key, effect.dueAt);
        break;
      case 'disarm':
        armed.delete(effect.key);
        disarmed.push(effect.key);
        break;
      case 'respond': {
        const { requestId, positive, resultCode, body } = effect;
        replies.push({ requestId, reply: { positive, body, ...defined({ resultCode }) } });
        break;
      }
      case 'log':
        logs.push(effect);
        break;
      default:
        performed.push(effect);
    }
  }
  return { performed, armed, disarmed, replies, logs };
}

/** The first answer to a request counts; later ones change nothing. */
function newReplies(
  step: ComputedStep,
  given: readonly GivenReply[],
): { readonly replies: readonly GivenReply[]; readonly records: readonly PutRecord[] } {
  const { durable, record, now, retention } = step;
  const replies: GivenReply[] = [];
  const records: PutRecord[] = [];
  for (const { requestId, reply } of given) {
    if (replies.some((earlier) => earlier.requestId === requestId)) continue;
    if (isRepeatable(step, requestId)) {
      const key = eventKey(record.sessionId, requestId);
      if (durable.get(REPLY, key) !== undefined) continue;
      records.push({ table: REPLY, key, value: reply, expiresAt: now + retention.replyMs });
    }
    replies.push({ requestId, reply });
  }
  return { replies, records };
}

/**
 * A request can be repeated if its id came from the caller: then it was processed as an event with that id.
 */
function isRepeatable({ durable, record, eventId }: ComputedStep, requestId: string): boolean {
  if (requestId === eventId) return true;
  return durable.get(SESSION_EVENT, eventKey(record.sessionId, requestId)) !== undefined;
}

function endedAfter({ record, execution, outcome, data, now }: ComputedStep): EndedRecord | undefined {
  const { status, donedata, reason } = outcome;
  if (status === 'running') return undefined;
  const { configuration } = execution;
  return endedRecord(record, { status, configuration, data, endedAt: now, ...defined({ donedata, reason }) });
}

function runningAfter(step: ComputedStep): SessionRecord {
  const { record, execution, traced } = step;
  const { configuration } = execution;
  const invokedSessions = invokedAfter(step);
  const { params: _, invokedSessions: __, trace: ___, ...lasting } = record;
  return {
    ...lasting,
    status: 'running',
    configuration,
    ...defined({ invokedSessions, trace: traced?.counts }),
  };
}

/** The invoked sessions of a session after a step. */
function invokedAfter({ record, outcome, eventId }: ComputedStep): SessionRecord['invokedSessions'] {
  let invoked = record.invokedSessions ?? [];
  if (eventId !== undefined) invoked = invoked.filter((id) => endEventId(id) !== eventId);
  for (const effect of outcome.effects) {
    if (effect.kind === 'invoke') invoked = [...invoked, ownId<SessionId>(effect.invokedId)];
    if (effect.kind === 'uninvoke') invoked = invoked.filter((id) => id !== effect.invokedId);
  }
  return invoked.length === 0 ? undefined : invoked;
}
