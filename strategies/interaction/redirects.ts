import { type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleEvent, ModuleRequest } from '../../engine/host/index.ts';
import { type Clock, type Json, readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import {
  type AgentRecord,
  AgentState,
  type Agents,
  parseTarget,
  performedBatch,
  type Routing,
  RoutingError,
  TargetType,
  textOf,
} from '../routing/index.ts';
import type { InteractionRecord } from './interactionRecord.ts';
import { type Fault, invalidState } from './moduleFault.ts';
import type { Offers } from './offers.ts';

/** Performs <ixn:redirect>: offers a queued interaction to an agent. */
export class Redirects {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #routing: Pick<Routing, 'findAgent'>;
  readonly #offers: Offers;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly agents: Agents;
    readonly routing: Pick<Routing, 'findAgent'>;
    readonly offers: Offers;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#agents = deps.agents;
    this.#routing = deps.routing;
    this.#offers = deps.offers;
  }

  /** Resolves without an event: the result comes when the agent answers (OfferAnswers). */
  async perform(
    request: ModuleRequest,
    interaction: InteractionRecord,
  ): Promise<readonly ModuleEvent[] | Fault> {
    if (interaction.state !== 'queued') return invalidState(interaction, 'queued');
    const agents = this.#agents;
    const { to, detach, hints } = request.attributes;
    const agent = redirectTarget(to, { agents, routing: this.#routing, media: interaction.media });
    if (agent === undefined) {
      return invalidDestination(`Expected to to name an agent, got ${JSON.stringify(to)}.`);
    }
    const reserved = agents
      .slots(agent.agentId)
      .find((slot) => slot.kind === 'reserved' && slot.sessionId === request.sessionId);
    const isReady = agent.state === AgentState.READY;
    if (!isReady || (reserved === undefined && !agents.isFree(agent.agentId, interaction.media))) {
      return invalidDestination(
        `Expected the agent '${agent.agentId}' to be ready and free; it is ${isReady ? 'busy' : agent.state}.`,
      );
    }
    await this.#durable.commit(
      joinBatches(
        // The reservation becomes the offer: both would count against the capacity of the agent.
        reserved === undefined ? {} : agents.releaseBatch(agent.agentId, reserved.holder),
        this.#offers.offerBatch(interaction, {
          agent,
          timeoutMs: offerTimeout(hints) ?? this.#offers.ringMs,
          purpose: {
            kind: 'redirect',
            sessionId: request.sessionId,
            requestId: request.requestId,
            detach: textOf(detach) === 'true',
          },
          vq: reserved?.vq,
        }),
        performedBatch(request, this.#clock.now()),
      ),
    );
    return [];
  }
}

function invalidDestination(description: string): Fault {
  return { error: 'invaliddestination', description };
}

/**
 * The agent that `to` of <ixn:redirect> names. `to` is a resource object of a routing result ({agent} or {dn}
 * or {place}), a target string `name@server.type` (of a group: the agent who has been ready longest), or the
 * id, place or directory number of an agent. Undefined: no agent.
 */
function redirectTarget(
  to: Json | undefined,
  deps: { readonly agents: Agents; readonly routing: Pick<Routing, 'findAgent'>; readonly media: string },
): AgentRecord | undefined {
  if (to === null || to === undefined) return undefined;
  if (typeof to === 'object' && 'agent' in to) return named(String(to.agent ?? ''), deps.agents);
  if (typeof to === 'object') {
    const { dn, place } = to as { readonly dn?: Json; readonly place?: Json };
    return named(String(dn ?? place ?? ''), deps.agents);
  }
  const text = String(to).trim();
  return named(text, deps.agents) ?? targeted(text, deps) ?? named(text.replace(/@[^@]*$/, ''), deps.agents);
}

function targeted(
  text: string,
  { agents, routing, media }: { agents: Agents; routing: Pick<Routing, 'findAgent'>; media: string },
): AgentRecord | undefined {
  try {
    const { type, name } = parseTarget(text);
    if (type === TargetType.AGENT || type === TargetType.PLACE || type === 'DN') return named(name, agents);
    return routing.findAgent(text, media);
  } catch (error) {
    // Not a target string. It may be 'number@switch', which the caller tries next.
    if (error instanceof RoutingError) return undefined;
    throw error;
  }
}

function named(name: string, agents: Agents): AgentRecord | undefined {
  const id = readId<AgentId>(name);
  if (id === undefined) return undefined;
  return (
    agents.record(id) ??
    agents.records().find((agent) => agent.dn === name || (agent.dn === undefined && agent.place === name))
  );
}

/**
 * `_agent_reserve_timeout` of the hints, in ms; hints may be an object or its JSON. The option is in seconds.
 */
function offerTimeout(hints: Json | undefined): number | undefined {
  const object = typeof hints === 'string' ? parseObject(hints) : hints;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
  const seconds = Number((object as Readonly<Record<string, Json>>)._agent_reserve_timeout);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

function parseObject(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Hints in another platform's syntax name no timeout.
    return undefined;
  }
}
