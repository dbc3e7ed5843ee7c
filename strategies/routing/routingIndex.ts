import { type Durable, type RecordChange, visitRecords } from '../../engine/durable/index.ts';
import { type Clock, ownId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { AgentRecord, AgentSlot } from './agentRecord.ts';
import { AGENT, type Agents, SLOT } from './agents.ts';
import type { ConnId } from './callIds.ts';
import { readExcluded } from './excludedAgents.ts';
import type { JudgedCall } from './figures.ts';
import type { Judge } from './judge.ts';
import type { OutsideFigures } from './outsideFigures.ts';
import { CALL, factsOf, readCall, type VirtualInteraction } from './virtualInteraction.ts';
import { WaitingCalls } from './waitingCalls.ts';

const TABLES = [AGENT, SLOT, CALL];

/**
 * The index of waiting calls over the store.
 *
 * RI1. It is in memory only, and follows the records by D5. So it agrees with the reads at every moment, also
 *      after a commit that failed.
 * RI2. It is read from the store once after a start, in parts. Changes that come meanwhile are taken as they
 *      come: a record that is taken twice counts once.
 */
export class RoutingIndex {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #closing: AbortSignal | undefined;
  readonly #calls: WaitingCalls;
  #reading: Promise<void> | undefined;

  constructor(deps: {
    readonly durable: Durable;
    readonly agents: Pick<Agents, 'blocking'>;
    readonly clock: Clock;
    readonly outside: OutsideFigures;
    /** Nothing is read after it is aborted. */
    readonly closing?: AbortSignal;
  }) {
    const { durable } = deps;
    this.#durable = durable;
    this.#clock = deps.clock;
    this.#closing = deps.closing;
    this.#calls = new WaitingCalls({
      excludedOf: (id) => readExcluded(durable, id),
      blocking: deps.agents.blocking,
      outside: deps.outside,
    });
    durable.onChange(TABLES, (change) => this.#take(change));
  }

  /**
   * The index, when all records are in it. Rejects when the store cannot be read, or with the reason of
   * `closing`; the next call tries again.
   */
  async ready(): Promise<WaitingCalls> {
    this.#reading ??= this.#readAll();
    try {
      await this.#reading;
    } catch (error) {
      this.#reading = undefined;
      throw error;
    }
    return this.#calls;
  }

  /** CallRoutes.judge, at this moment. */
  judge(tenant: string, call?: JudgedCall): Judge {
    return this.#calls.routes.judge(tenant, this.#clock.now(), call);
  }

  /**
   * Refuses a call with targets or a priority that would be one too many. After a start, those that were not
   * read yet do not count. Throws RoutingError ROUTING_LIMITED.
   */
  admit(call: Parameters<WaitingCalls['admit']>[0]): void {
    this.#calls.admit(call);
  }

  /** Takes the call as it is stored. */
  refreshCall(id: ConnId): void {
    this.#take({ table: CALL, key: id, value: readCall(this.#durable, id) });
  }

  /** Takes the agent as they are stored. */
  refreshAgent(agentId: AgentId): void {
    this.#take({ table: AGENT, key: agentId, value: this.#durable.get(AGENT, agentId) });
    for (const key of this.#calls.staff.holdersOf(agentId).map((holder) => `${agentId}/${holder}`)) {
      this.#take({ table: SLOT, key, value: this.#durable.get(SLOT, key) });
    }
    for (const { key, value } of this.#durable.scan(SLOT, { prefix: `${agentId}/` })) {
      this.#take({ table: SLOT, key, value });
    }
  }

  async #readAll(): Promise<void> {
    for (const table of TABLES) {
      await visitRecords(this.#durable, table, ({ key, value }) => {
        this.#closing?.throwIfAborted();
        this.#take({ table, key, value });
      });
    }
  }

  #take({ table, key, value }: RecordChange): void {
    switch (table) {
      case AGENT:
        this.#calls.staff.setAgent(ownId<AgentId>(key), value as AgentRecord | undefined);
        break;
      case SLOT: {
        const at = key.indexOf('/');
        const agentId = ownId<AgentId>(key.slice(0, at));
        this.#calls.staff.setSlot(agentId, key.slice(at + 1), value as AgentSlot | undefined);
        break;
      }
      default: {
        const call = value as VirtualInteraction | undefined;
        this.#calls.set(ownId<ConnId>(key), call && factsOf(call), this.#clock.now());
      }
    }
  }
}
