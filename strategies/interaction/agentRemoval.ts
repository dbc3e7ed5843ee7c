import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { Agents, Routing } from '../routing/index.ts';
import type { AgentDepartures } from './agentDepartures.ts';
import type { AgentDesktops } from './agentDesktops.ts';

/**
 * Removes agents. Their interactions go on as after a logout: with another agent, or at the head of their
 * queue. Calls for which they are reserved wait again at their place.
 */
export class AgentRemoval {
  readonly #durable: Durable;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #routing: Pick<Routing, 'unreserveBatch'>;
  readonly #departures: AgentDepartures;
  readonly #desktops: AgentDesktops;

  constructor(deps: {
    readonly durable: Durable;
    readonly log: Log;
    readonly agents: Agents;
    readonly routing: Pick<Routing, 'unreserveBatch'>;
    readonly departures: AgentDepartures;
    readonly desktops: AgentDesktops;
  }) {
    this.#durable = deps.durable;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#routing = deps.routing;
    this.#departures = deps.departures;
    this.#desktops = deps.desktops;
  }

  /** One commit with `also`. Nothing but `also` when there is no such agent. Resolves when durable. */
  async remove(agentId: AgentId, also: Batch = {}): Promise<void> {
    const left = joinBatches(
      this.#departures.batch(agentId, () => true),
      this.#routing.unreserveBatch(agentId),
    );
    await this.#durable.commit(
      joinBatches(this.#agents.removeBatch(agentId, left), this.#desktops.forgetBatch(agentId), also),
    );
    this.#log.info({ agentId }, 'Agent removed.');
    this.#agents.tell(agentId, { type: 'removed' });
  }
}
