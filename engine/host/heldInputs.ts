import { type Batch, type Durable, joinBatches, timeKey } from '../durable/index.ts';
import { defined, type Json, type SessionId } from '../ports/index.ts';
import type { PublishedEvent } from './sessions.ts';
import { continueKey, type SessionTaskPayloads, timerKey } from './sessionTasks.ts';
import { PARKED, type ParkedTask, parkedTasks } from './setAside.ts';
import type { StepRequest } from './stepRequest.ts';

/** An input that waits for a session that a debugger holds. */
export interface WaitingInput {
  readonly kind: 'event' | 'timer' | 'continue';
  /** Name of the event, or key of the timer; '' for events that the session sent to itself. */
  readonly name: string;
  readonly data?: Json;
  /** ms since epoch. */
  readonly since: number;
}

/** A stored input, with its key in the table. */
export interface HeldInput {
  /** Absent: it is not stored; the commit of its step removes its task. */
  readonly key?: string;
  readonly request: StepRequest;
}

/** Digits of the number that orders the inputs of one millisecond. */
const NUMBER_DIGITS = 9;

/**
 * The stored inputs of one held session, in their order. Tasks of sessions that are set aside are in the same
 * table.
 */
export class HeldInputs {
  readonly #durable: Durable;
  readonly #sessionId: SessionId;
  #lastAt: number;
  #number = 0;
  #count: number;

  constructor(durable: Durable, sessionId: SessionId) {
    this.#durable = durable;
    this.#sessionId = sessionId;
    const stored = parkedTasks(durable, sessionId);
    this.#count = stored.length;
    this.#lastAt = stored.reduce((last, { key }) => Math.max(last, timeOf(key, sessionId)), 0) + 1;
  }

  get count(): number {
    return this.#count;
  }

  /** True when the session has sent itself events. It takes them before all that came later. */
  get goesOn(): boolean {
    return this.#durable.taskKeys(continueKey(this.#sessionId)).length > 0;
  }

  /**
   * Stores an input in place of the task that brought it: behind the others, and its own events before them.
   */
  async keep({ input, eventId, consumes, alongside = {} }: StepRequest, now: number): Promise<void> {
    const order = input.kind === 'continue' ? timeKey(0) : this.#nextOrder(now);
    const task = this.#taskOf(input, { eventId, order });
    const key = `${this.#sessionId}:${order}:${task.key}`;
    await this.#durable.commit(
      joinBatches(alongside, {
        put: [{ table: PARKED, key, value: { ...task, at: now } }],
        cancel: consumes === undefined ? [] : [consumes],
      }),
    );
    this.#count += 1;
  }

  /** The first input. The commit of its step removes it. */
  first(): HeldInput | undefined {
    if (this.goesOn) {
      return { request: { input: { kind: 'continue' }, consumes: continueKey(this.#sessionId) } };
    }
    const [stored] = this.#durable.scan<ParkedTask>(PARKED, { prefix: `${this.#sessionId}:`, limit: 1 });
    if (stored === undefined) return undefined;
    const { key, value } = stored;
    return { key, request: { ...requestOf(value), alongside: { remove: [{ table: PARKED, key }] } } };
  }

  /** The commit that removed one of them is durable. */
  taken(): void {
    this.#count -= 1;
  }

  /** At most `limit` of them. */
  list(limit: number): readonly WaitingInput[] {
    const prefix = `${this.#sessionId}:`;
    return [...this.#durable.scan<ParkedTask>(PARKED, { prefix, limit })].map(({ value }) => viewOf(value));
  }

  /** Removes one that needs no step. */
  dropBatch(key: string): Batch {
    return { remove: [{ table: PARKED, key }] };
  }

  #nextOrder(now: number): string {
    this.#number = now > this.#lastAt ? 0 : this.#number + 1;
    this.#lastAt = Math.max(this.#lastAt, now);
    return `${timeKey(this.#lastAt)}${String(this.#number).padStart(NUMBER_DIGITS, '0')}`;
  }

  #taskOf(
    input: StepRequest['input'],
    { eventId, order }: { readonly eventId: string | undefined; readonly order: string },
  ): ParkedTask {
    const sessionId = this.#sessionId;
    switch (input.kind) {
      case 'event': {
        const event: PublishedEvent = { ...input.event, ...defined({ id: eventId }) };
        return {
          kind: 'session.event',
          key: `event:${sessionId}:held-${order}`,
          payload: json({ sessionId, event }),
        };
      }
      case 'timer': {
        const key = timerKey(sessionId, input.key);
        return { kind: 'session.timer', key, payload: json({ sessionId, timer: input.key }) };
      }
      case 'continue':
        return { kind: 'session.continue', key: continueKey(sessionId), payload: json({ sessionId }) };
      default:
        throw new Error(`Expected an input that can wait, got '${input.kind}'.`);
    }
  }
}

function json(payload: SessionTaskPayloads[keyof SessionTaskPayloads]): Json {
  return payload as unknown as Json;
}

function timeOf(key: string, sessionId: SessionId): number {
  return Number(key.slice(sessionId.length + 1, sessionId.length + 1 + timeKey(0).length));
}

function requestOf({ kind, payload }: ParkedTask): StepRequest {
  switch (kind) {
    case 'session.event': {
      const { event } = payload as unknown as SessionTaskPayloads['session.event'];
      const { id, ...input } = event;
      return { input: { kind: 'event', event: input }, eventId: id };
    }
    case 'session.timer': {
      const { timer } = payload as unknown as SessionTaskPayloads['session.timer'];
      return { input: { kind: 'timer', key: timer } };
    }
    case 'session.continue':
      return { input: { kind: 'continue' } };
    default:
      throw new Error(`Expected an input of a session, got a task of kind '${kind}'.`);
  }
}

function viewOf(task: ParkedTask): WaitingInput {
  const { input } = requestOf(task);
  const since = task.at ?? 0;
  switch (input.kind) {
    case 'event':
      return { kind: 'event', name: input.event.name, since, ...defined({ data: input.event.data }) };
    case 'timer':
      return { kind: 'timer', name: input.key, since };
    default:
      return { kind: 'continue', name: '', since };
  }
}
