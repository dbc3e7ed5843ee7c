import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json } from '../../engine/ports/index.ts';
import { type Chats, PartyType, type Said } from '../../strategies/chat/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import {
  type Interaction,
  type Interactions,
  parseInteractionId,
} from '../../strategies/interaction/index.ts';
import {
  type AgentChange,
  type AgentEvent,
  type Agents,
  type AgentView,
  parseNewAgentId,
} from '../../strategies/routing/index.ts';
import { callerOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, repeatable, replyJson } from '../middleware/index.ts';
import { openEventStream } from './eventStream.ts';
import {
  agentNotFound,
  agentReply,
  asInteractionFault,
  interactionReply,
  parseAgentId,
  readActor,
  readAgent,
  readMessage,
  transcriptReply,
} from './wire.ts';

const INTERACTION = '/agent/1/interactions/:id';
/** Fields of an agent that a caller of the role agent may change. */
const OWN_FIELDS: readonly string[] = ['state', 'place', 'nickname'];

export interface AgentRouteDeps {
  readonly agents: Agents;
  readonly interactions: Pick<
    Interactions,
    'get' | 'byAgent' | 'accept' | 'reject' | 'leave' | 'setAgent' | 'desktops'
  >;
  readonly chats: Pick<Chats, 'post' | 'startTyping' | 'stopTyping' | 'transcript'>;
  readonly durable: Durable;
  readonly clock: Clock;
  /** Aborted when the server stops: it ends event streams. */
  readonly closing?: AbortSignal;
}

interface Actor {
  readonly interaction: Interaction;
  /** The agent that the request names; undefined: the agent who has the interaction. */
  readonly named: AgentId | undefined;
  readonly key: string | undefined;
}

/** The API of agent desktops. */
export function registerAgentRoutes(router: Router, deps: AgentRouteDeps): void {
  new AgentRoutes(deps).register(router);
}

class AgentRoutes {
  readonly #deps: AgentRouteDeps;

  constructor(deps: AgentRouteDeps) {
    this.#deps = deps;
  }

  register(router: Router): void {
    router.get('/agent/1/agents', async (ctx) => this.#listAgents(ctx));
    router.get('/agent/1/agents/:agentId', async (ctx) => replyJson(ctx, agentReply(this.#agent(ctx))));
    router.put('/agent/1/agents/:agentId', (ctx) => this.#putAgent(ctx));
    router.get('/agent/1/agents/:agentId/interactions', async (ctx) => this.#listInteractions(ctx));
    router.get('/agent/1/agents/:agentId/events', async (ctx) => this.#openEvents(ctx));
    router.get(INTERACTION, async (ctx) => this.#showInteraction(ctx));
    router.post(
      `${INTERACTION}/accept`,
      this.#asActor((actor) => this.#accept(actor)),
    );
    router.post(
      `${INTERACTION}/reject`,
      this.#asActor((actor) => this.#reject(actor)),
    );
    router.post(
      `${INTERACTION}/leave`,
      this.#asActor((actor) => this.#leave(actor)),
    );
    // A message keeps its key in its own commit, but its repetition may come when the agent no longer has the
    // chat.
    const repeatedFor = repeatable(new Once(this.#deps), (ctx) => namedActor(ctx) ?? '');
    router.post(
      `${INTERACTION}/message`,
      repeatedFor,
      this.#asActor((actor, ctx) => this.#postMessage(actor, ctx)),
    );
    router.post(
      `${INTERACTION}/startTyping`,
      repeatedFor,
      this.#asActor((actor) => this.#startTyping(actor)),
    );
    router.post(
      `${INTERACTION}/stopTyping`,
      repeatedFor,
      this.#asActor((actor) => this.#stopTyping(actor)),
    );
  }

  #listAgents(ctx: Context): void {
    const own = ownAgentId(ctx);
    const agents = this.#deps.agents.list();
    replyJson(ctx, agents.filter(({ agentId }) => own === undefined || agentId === own).map(agentReply));
  }

  async #putAgent(ctx: Context): Promise<void> {
    const change = readAgent(ctx.state.json ?? ctx.state.form);
    requireOwnChange(ctx, change);
    replyJson(
      ctx,
      agentReply(await this.#deps.interactions.setAgent(parseNewAgentId(ctx.params.agentId ?? ''), change)),
    );
  }

  #listInteractions(ctx: Context): void {
    const { agentId } = this.#agent(ctx);
    replyJson(ctx, this.#deps.interactions.byAgent(agentId).map(interactionReply));
  }

  #openEvents(ctx: Context): void {
    const agent = this.#agent(ctx);
    ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    const stream = openEventStream({
      ...this.#deps,
      agentId: agent.agentId,
      first: this.#presentState(agent),
    });
    stream.once('close', this.#deps.interactions.desktops.opened(agent.agentId));
    ctx.body = stream;
  }

  #showInteraction(ctx: Context): void {
    const interaction = this.#interaction(ctx);
    const view = this.#deps.chats.transcript(interaction.id, readPosition(ctx));
    replyJson(ctx, transcriptReply(interaction, view));
  }

  async #accept({ interaction, named, key }: Actor): Promise<Json> {
    return interactionReply(await this.#deps.interactions.accept(interaction.id, named, key));
  }

  async #reject({ interaction, named, key }: Actor): Promise<Json> {
    await this.#deps.interactions.reject(interaction.id, named, key);
    return {};
  }

  async #leave({ interaction, named, key }: Actor): Promise<Json> {
    await this.#deps.interactions.leave(interaction.id, named, key);
    return {};
  }

  async #postMessage(actor: Actor, ctx: Context): Promise<Json> {
    const text = readMessage(ctx.state.json ?? ctx.state.form);
    const { position } = await this.#deps.chats.post(actor.interaction.id, { ...this.#author(actor), text });
    return { position };
  }

  async #startTyping(actor: Actor): Promise<Json> {
    await this.#deps.chats.startTyping(actor.interaction.id, this.#author(actor));
    return {};
  }

  async #stopTyping(actor: Actor): Promise<Json> {
    await this.#deps.chats.stopTyping(actor.interaction.id, this.#author(actor));
    return {};
  }

  /** A handler that performs an agent's action and replies with its result. */
  #asActor(perform: (actor: Actor, ctx: Context) => Promise<Json>): (ctx: Context) => Promise<void> {
    return async (ctx) => {
      const actor = { interaction: this.#interaction(ctx), named: namedActor(ctx), key: keyOf(ctx) };
      try {
        replyJson(ctx, await perform(actor, ctx));
      } catch (error) {
        throw asInteractionFault(error);
      }
    };
  }

  /**
   * The author of a chat entry. Only the agent who has the chat may write in it: throws INTERACTION_STATE.
   */
  #author({ interaction, named, key }: Actor): Said {
    const { state, agentId: holder } = interaction;
    if (state !== 'active' || holder === undefined || (named ?? holder) !== holder) {
      throw new WireError('INTERACTION_STATE', {
        message: `Expected interaction '${interaction.id}' to be active with ${named === undefined ? 'an agent' : `agent '${named}'`}; it is ${state}.`,
      });
    }
    const nickname = this.#deps.agents.get(holder)?.nickname ?? holder;
    return { party: { type: PartyType.AGENT, nickname }, ...defined({ agentId: named, key }) };
  }

  /**
   * The events for a desktop that has just connected: the agent's state, the offers, the active interactions.
   */
  #presentState(agent: AgentView): readonly AgentEvent[] {
    const open = this.#deps.interactions.byAgent(agent.agentId).filter((one) => one.state !== 'ended');
    return [
      { type: 'state', ...defined({ state: agent.state, reason: agent.reason }) },
      ...open.map(
        (one): AgentEvent => ({
          type: one.state === 'offered' ? 'offered' : 'accepted',
          ...interactionReply(one),
        }),
      ),
    ];
  }

  #agent(ctx: Context): AgentView {
    const agentId = parseAgentId(ctx.params.agentId);
    const agent = this.#deps.agents.get(agentId);
    if (agent === undefined || (ownAgentId(ctx) ?? agentId) !== agentId) throw agentNotFound(agentId);
    return agent;
  }

  #interaction(ctx: Context): Interaction {
    const id = parseInteractionId(ctx.params.id);
    const interaction = this.#deps.interactions.get(id);
    const own = ownAgentId(ctx);
    if (interaction !== undefined && (own === undefined || interaction.agentId === own)) return interaction;
    throw new WireError('INTERACTION_NOT_FOUND', {
      message: `No interaction '${id}', or it ended too long ago.`,
    });
  }
}

/** The agent that a request names. A caller who is an agent acts as that agent. Throws FORBIDDEN. */
function namedActor(ctx: Context): AgentId | undefined {
  const named = readActor(ctx.state.form, ctx.get('x-agent-id'));
  const own = ownAgentId(ctx);
  if (own === undefined) return named;
  if (named === undefined || named === own) return parseAgentId(own);
  throw new WireError('FORBIDDEN', { message: `Expected agentId to be '${own}', got '${named}'.` });
}

/** The agent id to which a caller of the role agent is bound. */
function ownAgentId(ctx: Context): string | undefined {
  const caller = callerOf(ctx);
  return caller.kind === 'agent' ? caller.agentId : undefined;
}

/** Agents log in and out themselves. Their skills and groups decide which customers they get. */
function requireOwnChange(ctx: Context, change: AgentChange): void {
  const own = ownAgentId(ctx);
  if (own === undefined) return;
  if (ctx.params.agentId !== own) {
    throw new WireError('FORBIDDEN', {
      message: `Expected the agent '${own}', got '${String(ctx.params.agentId)}'.`,
    });
  }
  const others = Object.entries(change).filter(
    ([name, value]) => value !== undefined && !OWN_FIELDS.includes(name),
  );
  if (others.length === 0) return;
  throw new WireError('FORBIDDEN', {
    message: `Expected an agent to change only ${OWN_FIELDS.join(', ')}, got ${others.map(([name]) => name).join(', ')}.`,
  });
}

/** The optional `position` in the transcript; the first entry has position 1. */
function readPosition(ctx: Context): number {
  const given = ctx.state.form.position;
  if (given === undefined) return 1;
  const position = Number(given);
  if (Number.isInteger(position) && position >= 1) return position;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected position to be a whole number from 1, got '${String(given)}'.`,
  });
}
