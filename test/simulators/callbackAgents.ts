import type { Random } from '../support/crash/random.ts';
import { asId } from '../support/ids.ts';
import { type CallbackOffice, MINUTE_MS } from './callbackOffice.ts';

const TALK_MS = 5 * MINUTE_MS;

/** The agents of an office, who do not answer all offers, and talk for some minutes. */
export class CallbackAgents {
  readonly #office: CallbackOffice;
  readonly #random: Random;
  readonly #names: readonly string[];
  /** Service id: the interactions in which an agent spoke with its customer. */
  readonly #calls = new Map<string, Set<string>>();
  readonly #talks = new Map<string, number>();

  constructor(deps: { readonly office: CallbackOffice; readonly random: Random; readonly count: number }) {
    this.#office = deps.office;
    this.#random = deps.random;
    this.#names = Array.from({ length: deps.count }, (_, at) => `agent${at}`);
  }

  /** How many times a customer has spoken with an agent. */
  callsOf(serviceId: string): number {
    return this.#calls.get(serviceId)?.size ?? 0;
  }

  async work(): Promise<void> {
    for (const agentId of this.#names) {
      const agent = this.#office.orsay.agents.get(asId(agentId));
      if (agent?.state !== 'ready') await this.#office.setAgent(agentId, 'ready');
      for (const { id, state, serviceId } of this.#office.orsay.interactions.byAgent(asId(agentId))) {
        if (state === 'offered') await this.#answerOffer(id);
        if (state === 'active') await this.#talk(id, String(serviceId));
      }
    }
    await this.#office.idle();
  }

  /** Some offers are rejected, and some get no answer. */
  async #answerOffer(id: string): Promise<void> {
    const chance = this.#random.below(100);
    if (chance < 4) return;
    await this.#office.answerOffer(id, chance < 12 ? 'reject' : 'accept');
  }

  async #talk(id: string, serviceId: string): Promise<void> {
    const calls = this.#calls.get(serviceId) ?? new Set();
    this.#calls.set(serviceId, calls.add(id));
    const since = this.#talks.get(id) ?? this.#office.now;
    this.#talks.set(id, since);
    if (this.#office.now >= since + TALK_MS) {
      await this.#office.answerOffer(id, 'leave');
    }
  }
}
