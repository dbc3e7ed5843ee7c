import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Durable, Once } from '../../engine/durable/index.ts';
import type { Clock, Json } from '../../engine/ports/index.ts';
import { type Chats, PartyType, type Said } from '../../strategies/chat/index.ts';
import type { Interaction, Interactions } from '../../strategies/interaction/index.ts';
import type { AgentEvent, Agents, AgentView } from '../../strategies/routing/index.ts';
import { WireError } from '../errors/index.ts';
import { keyOf, repeatable } from '../middleware/index.ts';
import { openEventStream } from './eventStream.ts';
import {
  agentReply,
  asInteractionFault,
  interactionReply,
  readActor,
  readAgent,
  readMessage,
  transcriptReply,
} from './wire.ts';

const INTERACTION = '/agent/1/interactions/:id';
/** No agent and no interaction has a longer id: the store need not be asked. */
const MAX_ID_LENGTH = 128;

export interface AgentRouteDeps {
  readonly agents: Agents;
  readonly interactions: Pick<Interactions, 'get' | 'byAgent' | 'accept' | 'reject' | 'leave'>;
  readonly chats: Pick<Chats, 'post' | 'startTyping' | 'stopTyping' | 'transcript'>;
  readonly durable: Durable;
  readonly clock: Clock;
  /** Aborted when the server stops: event streams end. */
  readonly closing?: AbortSignal;
}

/** The agent desktop's API. */
export function registerAgentRoutes(router: Router, deps: AgentRouteDeps): void {
  const { agents, interactions, chats } = deps;
  // What is said has its key in its commit, but a repetition may come when its agent has the chat no longer.
  const answered = repeatable(new Once(deps), (ctx) => namedActor(ctx) ?? '');

  router.put('/agent/1/agents/:agentId', async (ctx) => {
    const change = readAgent(ctx.state.json ?? ctx.state.form);
    reply(ctx, agentReply(await agents.put(ctx.params.agentId ?? '', change)));
  });

  router.get('/agent/1/agents', async (ctx) => {
    reply(ctx, agents.list().map(agentReply));
  });

  router.get('/agent/1/agents/:agentId', async (ctx) => {
    reply(ctx, agentReply(requireAgent(ctx)));
  });

  router.get('/agent/1/agents/:agentId/interactions', async (ctx) => {
    reply(ctx, interactions.byAgent(requireAgent(ctx).agentId).map(interactionReply));
  });

  router.get('/agent/1/agents/:agentId/events', async (ctx) => {
    const agent = requireAgent(ctx);
    ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
    ctx.body = openEventStream({ ...deps, agentId: agent.agentId, first: present(agent) });
  });

  router.get(INTERACTION, async (ctx) => {
    const interaction = requireInteraction(ctx);
    const view = chats.transcript(interaction.id, readPosition(ctx));
    reply(ctx, transcriptReply(interaction, view));
  });

  router.post(
    `${INTERACTION}/accept`,
    asActor(async ({ interaction, named, key }) =>
      interactionReply(await interactions.accept(interaction.id, named, key)),
    ),
  );
  router.post(
    `${INTERACTION}/reject`,
    asActor(async ({ interaction, named, key }) => {
      await interactions.reject(interaction.id, named, key);
      return {};
    }),
  );
  router.post(
    `${INTERACTION}/leave`,
    asActor(async ({ interaction, named, key }) => {
      await interactions.leave(interaction.id, named, key);
      return {};
    }),
  );
  router.post(
    `${INTERACTION}/message`,
    answered,
    asActor(async (actor, ctx) => {
      const text = readMessage(ctx.state.json ?? ctx.state.form);
      const { position } = await chats.post(actor.interaction.id, { ...saidBy(actor), text });
      return { position };
    }),
  );
  router.post(
    `${INTERACTION}/startTyping`,
    answered,
    asActor(async (actor) => {
      await chats.startTyping(actor.interaction.id, saidBy(actor));
      return {};
    }),
  );
  router.post(
    `${INTERACTION}/stopTyping`,
    answered,
    asActor(async (actor) => {
      await chats.stopTyping(actor.interaction.id, saidBy(actor));
      return {};
    }),
  );

  interface Actor {
    readonly interaction: Interaction;
    /** The agent whom the request names; undefined: whoever has the interaction. */
    readonly named: string | undefined;
    readonly key: string | undefined;
  }

  function asActor(perform: (actor: Actor, ctx: Context) => Promise<Json>): (ctx: Context) => Promise<void> {
    return async (ctx) => {
      const actor = { interaction: requireInteraction(ctx), named: namedActor(ctx), key: keyOf(ctx) };
      reply(ctx, await orFault(perform(actor, ctx)));
    };
  }

  /** Only who has the chat speaks in it. */
  function saidBy({ interaction, named, key }: Actor): Said {
    const { state, agentId: holder } = interaction;
    if (state !== 'active' || holder === undefined || (named ?? holder) !== holder) {
      throw new WireError('INTERACTION_STATE', {
        message: `Expected interaction '${interaction.id}' to be active with ${named === undefined ? 'an agent' : `agent '${named}'`}; it is ${state}.`,
      });
    }
    return {
      party: { type: PartyType.AGENT, nickname: agents.get(holder)?.nickname ?? holder },
      ...(named === undefined ? {} : { agentId: named }),
      ...(key === undefined ? {} : { key }),
    };
  }

  /** What a desktop that has just connected needs: its state, what is offered, what is active. */
  function present(agent: AgentView): readonly AgentEvent[] {
    const state: AgentEvent = {
      type: 'state',
      state: agent.state,
      ...(agent.reason === undefined ? {} : { reason: agent.reason }),
    };
    const open = interactions.byAgent(agent.agentId).filter((one) => one.state !== 'ended');
    return [
      state,
      ...open.map(
        (one): AgentEvent => ({
          type: one.state === 'offered' ? 'offered' : 'accepted',
          ...interactionReply(one),
        }),
      ),
    ];
  }

  function requireAgent(ctx: Context): AgentView {
    const agentId = ctx.params.agentId ?? '';
    const agent = agentId.length > MAX_ID_LENGTH ? undefined : agents.get(agentId);
    if (agent !== undefined) return agent;
    throw new WireError('AGENT_NOT_FOUND', {
      message: `No agent '${agentId}'. PUT /agent/1/agents/{agentId} makes one.`,
    });
  }

  function requireInteraction(ctx: Context): Interaction {
    const id = ctx.params.id ?? '';
    const interaction = id.length > MAX_ID_LENGTH ? undefined : interactions.get(id);
    if (interaction !== undefined) return interaction;
    throw new WireError('INTERACTION_NOT_FOUND', {
      message: `No interaction '${id}', or it ended too long ago.`,
    });
  }
}

function namedActor(ctx: Context): string | undefined {
  return readActor(ctx.state.form, ctx.get('x-agent-id'));
}

/** Optional `position` of the transcript, from 1. */
function readPosition(ctx: Context): number {
  const given = ctx.state.form.position;
  if (given === undefined) return 1;
  const position = Number(given);
  if (Number.isInteger(position) && position >= 1) return position;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected position to be a whole number from 1, got '${String(given)}'.`,
  });
}

async function orFault<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw asInteractionFault(error);
  }
}

function reply(ctx: Context, body: Json): void {
  ctx.set('Content-Type', 'application/json;charset=UTF-8');
  ctx.body = JSON.stringify(body);
}
