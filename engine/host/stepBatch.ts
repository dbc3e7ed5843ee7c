import type { Batch, Durable, PutRecord, Retention, Task } from '../durable/index.ts';
import type { Effect, StepOutcome } from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';
import { endedRecord } from './endedRecord.ts';
import type { HostedExecution } from './hostEngine.ts';
import { eventKey, REPLY, SESSION, SESSION_EVENT, type SessionRecord } from './sessionRecord.ts';
import type { SessionReply } from './sessions.ts';
import { continueTask, effectTask, timerKey, timerTask } from './sessionTasks.ts';

type LogEffect = Extract<Effect, { kind: 'log' }>;

export interface GivenReply {
  readonly requestId: string;
  readonly reply: SessionReply;
}

/** What a step changes, to be committed as one, and what may happen only after that. */
export interface StepCommit {
  readonly batch: Batch;
  /** The session after the step. */
  readonly record: SessionRecord;
  readonly replies: readonly GivenReply[];
  readonly logs: readonly LogEffect[];
}

/**
 * The commit of one step: the session with its snapshot, the event it consumed, its timers, the effects to
 * perform as tasks, and the answers it gave. Nothing of it is visible outside before it is durable. The
 * record of a session that ended is the caller's to add (sessionEnd.ts).
 */
export function stepBatch(step: {
  readonly durable: Durable;
  readonly retention: Retention;
  readonly record: SessionRecord;
  readonly execution: HostedExecution;
  readonly outcome: StepOutcome;
  /** Data of a session that this step ended. */
  readonly data: Json;
  /** The caller's id of the event that was processed, if it has one. */
  readonly eventId: string | undefined;
  readonly now: number;
}): StepCommit {
  const { record, outcome, eventId, now, retention } = step;
  const { sessionId } = record;
  const sorted = sortEffects(outcome.effects);
  const after = recordAfter(step);
  const put: PutRecord[] = [];
  if (after.status === 'running' && after.persist) {
    put.push({ table: SESSION, key: sessionId, value: after, text: step.execution.snapshotText() });
  }
  if (eventId !== undefined) {
    const key = eventKey(sessionId, eventId);
    put.push({ table: SESSION_EVENT, key, value: 1, expiresAt: now + retention.eventIdMs });
  }
  const replies: GivenReply[] = [];
  for (const given of sorted.replies) {
    // The first answer to a request counts; a document that answers twice changes nothing.
    if (replies.some(({ requestId }) => requestId === given.requestId)) continue;
    if (isRepeatable(step, given.requestId)) {
      const key = eventKey(sessionId, given.requestId);
      if (step.durable.get(REPLY, key) !== undefined) continue;
      put.push({ table: REPLY, key, value: given.reply, expiresAt: now + retention.replyMs });
    }
    replies.push(given);
  }
  const schedule: Task[] = sorted.performed.map((effect) => effectTask(sessionId, effect, now));
  for (const [timer, dueAt] of sorted.armed) schedule.push(timerTask(sessionId, timer, dueAt));
  if (outcome.more && after.status === 'running') schedule.push(continueTask(sessionId, now));
  const cancel = sorted.disarmed.map((timer) => timerKey(sessionId, timer));
  return {
    batch: { put, schedule, cancel },
    record: after,
    replies,
    logs: sorted.logs,
  };
}

interface SortedEffects {
  readonly performed: readonly Parameters<typeof effectTask>[1][];
  readonly armed: ReadonlyMap<string, number>;
  readonly disarmed: readonly string[];
  readonly replies: readonly GivenReply[];
  readonly logs: readonly LogEffect[];
}

const NO_EFFECTS: SortedEffects = { performed: [], armed: new Map(), disarmed: [], replies: [], logs: [] };

function sortEffects(effects: readonly Effect[]): SortedEffects {
  if (effects.length === 0) return NO_EFFECTS;
  const performed: Parameters<typeof effectTask>[1][] = [];
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
        replies.push({
          requestId,
          reply: { positive, body, ...(resultCode !== undefined && { resultCode }) },
        });
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

/** A request can be repeated when its id came from the caller: then it was processed as an event with that id. */
function isRepeatable(
  step: {
    readonly durable: Durable;
    readonly record: SessionRecord;
    readonly eventId: string | undefined;
  },
  requestId: string,
): boolean {
  if (requestId === step.eventId) return true;
  return step.durable.get(SESSION_EVENT, eventKey(step.record.sessionId, requestId)) !== undefined;
}

function recordAfter(step: {
  readonly record: SessionRecord;
  readonly execution: HostedExecution;
  readonly outcome: StepOutcome;
  readonly data: Json;
  readonly now: number;
}): SessionRecord {
  const { record, execution, outcome, data, now } = step;
  if (outcome.status !== 'running') {
    return endedRecord(record, {
      status: outcome.status,
      configuration: execution.configuration,
      data,
      endedAt: now,
      ...(outcome.donedata !== undefined && { donedata: outcome.donedata }),
      ...(outcome.reason !== undefined && { reason: outcome.reason }),
    });
  }
  const { configuration } = execution;
  const children = childrenAfter(record, outcome.effects);
  // Most steps change nothing but the snapshot.
  if (record.status === 'running' && record.params === undefined && children === record.children) {
    if (isSame(configuration, record.configuration)) return record;
  }
  const { params: _, children: __, ...lasting } = record;
  return { ...lasting, status: 'running', configuration, ...(children !== undefined && { children }) };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((id, index) => id === b[index]));
}

function childrenAfter(record: SessionRecord, effects: readonly Effect[]): SessionRecord['children'] {
  let { children } = record;
  for (const effect of effects) {
    if (effect.kind === 'invoke') children = { ...children, [effect.invokeId]: effect.childId };
    if (effect.kind === 'uninvoke' && children !== undefined) {
      const { [effect.invokeId]: _, ...others } = children;
      children = Object.keys(others).length === 0 ? undefined : others;
    }
  }
  return children;
}
