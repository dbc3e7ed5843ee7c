import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { type AgentChange, AgentState } from './agentRecord.ts';
import { type Agents, parseNewAgentId } from './agents.ts';

/** Table, key: the agent. The settings of the configuration that the agent got last, as JSON text. */
const CONFIGURED = 'configuredAgent';

/** Settings of an agent in the configuration. */
export type AgentSettings = Omit<AgentChange, 'state' | 'mediaStates' | 'reason'>;

/**
 * The agents of the configuration. A new agent is logged out. Settings that differ from those that the agent
 * got last count again; others stay as they were changed at run time.
 */
export class ConfiguredAgents {
  readonly #durable: Durable;
  readonly #log: Log;
  readonly #agents: Agents;

  constructor(deps: { readonly durable: Durable; readonly log: Log; readonly agents: Agents }) {
    this.#durable = deps.durable;
    this.#log = deps.log;
    this.#agents = deps.agents;
  }

  /** By the id of the agent. Rejects with RoutingError AGENT_INVALID. */
  async apply(people: Readonly<Record<string, AgentSettings>>): Promise<void> {
    const changed = Object.entries(people).flatMap(([id, settings]) => {
      const batch = this.#batch(parseNewAgentId(id), settings);
      return batch === undefined ? [] : [batch];
    });
    const gone = [...this.#durable.scan(CONFIGURED)].filter(({ key }) => !Object.hasOwn(people, key));
    const forget = { remove: gone.map(({ key }) => ({ table: CONFIGURED, key })) };
    await Promise.all([...changed, forget].map((batch) => this.#durable.commit(batch)));
    if (changed.length > 0) {
      this.#log.info({ agents: changed.length }, 'Agents of the configuration changed.');
    }
  }

  /** Undefined: the agent has these settings already. */
  #batch(agentId: AgentId, settings: AgentSettings): Batch | undefined {
    const text = JSON.stringify(settings);
    if (this.#durable.get(CONFIGURED, agentId) === text) return undefined;
    const isNew = this.#agents.record(agentId) === undefined;
    const change: AgentChange = isNew ? { ...settings, state: AgentState.LOGGED_OUT } : settings;
    return joinBatches(this.#agents.putBatch(agentId, change).batch, {
      put: [{ table: CONFIGURED, key: agentId, value: text }],
    });
  }
}
