import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { HostError, type Sessions } from '../../engine/host/index.ts';
import type { Clock, SessionId } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackReason,
  CallbackState,
  type InstanceTable,
  isOpen,
  type ServiceInstance,
} from '../instances/index.ts';
import { EXPIRE, SUBMIT } from './serviceTasks.ts';

const END = 'service.end';
/** Time that a cancelled session has to end by itself. */
const END_GRACE_MS = 120_000;

/**
 * Ends service instances and their sessions: by request, at the end of the session, or at the end of the time
 * to live.
 */
export class InstanceEnds {
  readonly #durable: Durable;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #table: InstanceTable;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Sessions;
    readonly clock: Clock;
    readonly table: InstanceTable;
  }) {
    this.#durable = deps.durable;
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#table = deps.table;
    deps.durable.onTask<{ sessionId: SessionId }>(END, ({ sessionId }) =>
      this.terminate(sessionId, 'The service was cancelled, and its document did not end.'),
    );
    deps.durable.onTask<{ id: ServiceId }>(EXPIRE, ({ id }) => this.#expire(id));
    deps.sessions.onEnded(({ sessionId }) => {
      const instance = this.#table.bySession(sessionId);
      return isOpen(instance) ? this.completeBatch(instance, CallbackReason.NOT_AVAILABLE) : {};
    });
  }

  /** The instances as COMPLETED for this reason; their tasks are cancelled. */
  completeBatch(instances: ServiceInstance | readonly ServiceInstance[], reason: string): Batch {
    const completed = [instances]
      .flat()
      .map((instance) => ({ ...instance, state: CallbackState.COMPLETED, reason }));
    return joinBatches(this.#table.putBatch(completed, this.#clock.now()), {
      cancel: completed.flatMap(({ id }) => [`${EXPIRE}.${id}`, `${SUBMIT}.${id}`]),
    });
  }

  /** Sends the event `cancel` to the session, and terminates it after END_GRACE_MS if it has not ended. */
  cancelSessionBatch({ id, sessionId }: ServiceInstance): Batch {
    if (sessionId === undefined) return {};
    const now = this.#clock.now();
    const end = { key: `${END}.${id}`, kind: END, payload: { sessionId }, dueAt: now + END_GRACE_MS };
    return joinBatches(this.#sessions.eventBatch(sessionId, { name: 'cancel', id: `cancel.${id}` }, now), {
      schedule: [end],
    });
  }

  /** Terminates a session; it may have ended by itself before. */
  async terminate(sessionId: SessionId, reason: string): Promise<void> {
    try {
      await this.#sessions.terminate(sessionId, reason);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'SESSION_NOT_FOUND') throw error;
    }
  }

  async #expire(id: ServiceId): Promise<void> {
    const instance = this.#table.get(id);
    if (!isOpen(instance)) return;
    await this.#durable.commit(this.completeBatch(instance, CallbackReason.FAIL_TIMEOUT_TTL));
    if (instance.sessionId === undefined) return;
    await this.terminate(instance.sessionId, 'The time to live of the service is over.');
  }
}
