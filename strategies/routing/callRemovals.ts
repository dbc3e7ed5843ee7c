import { type Batch, type Durable, joinBatches, visitRecords } from '../../engine/durable/index.ts';
import type { SessionId } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import type { ConnId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { asSubmit } from './submitCalls.ts';
import type { Submits } from './submits.ts';
import { CALL, callsOfSession, readCall, type VirtualInteraction } from './virtualInteraction.ts';

/** Removes the calls and submits for which nobody waits any more. */
export class CallRemovals {
  readonly #durable: Durable;
  readonly #runtime: CallRuntime;
  readonly #submits: Submits;

  constructor(deps: {
    readonly durable: Durable;
    readonly runtime: CallRuntime;
    readonly submits: Submits;
  }) {
    this.#durable = deps.durable;
    this.#runtime = deps.runtime;
    this.#submits = deps.submits;
  }

  /** Removes the calls of services. Resolves with their number. Reads all calls. */
  async removeOfServices(serviceIds: ReadonlySet<ServiceId>): Promise<number> {
    const found: ConnId[] = [];
    await visitRecords<VirtualInteraction>(this.#durable, CALL, ({ value: { id, serviceId } }) => {
      if (serviceId !== undefined && serviceIds.has(serviceId)) found.push(id);
    });
    for (const id of found) {
      const call = readCall(this.#durable, id);
      if (call !== undefined) await this.#durable.commit(this.#removeBatch(call));
    }
    return found.length;
  }

  /** The calls of a session that ended leave their queues: nobody waits for an agent any more. */
  sessionEndedBatch(sessionId: SessionId): Batch {
    return joinBatches(...callsOfSession(this.#durable, sessionId).map((call) => this.#removeBatch(call)));
  }

  #removeBatch(call: VirtualInteraction): Batch {
    const submit = asSubmit(call);
    return submit === undefined
      ? this.#runtime.applyBatch(call, { type: 'remove' })
      : this.#submits.withdrawBatch(submit);
  }
}
