import type Router from '@koa/router';
import type { Context } from 'koa';
import { type Batch, type Durable, joinBatches, Once } from '../../engine/durable/index.ts';
import type { Clock, Json } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import {
  type AgentChange,
  type AgentEvent,
  AgentState,
  type Agents,
  type AgentView,
  parseNewAgentId,
  stateEvent,
} from '../../strategies/routing/index.ts';
import { actorOf, callerOf, validityOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import {
  lastEventIdOf,
  openEventStream,
  repeatable,
  replyBatch,
  replyJson,
  replyStream,
  type StreamStart,
} from '../middleware/index.ts';
import { type AgentAccess, actsAs, ownAgentId } from './agentAccess.ts';
import type { DesktopSettings } from './desktopSettings.ts';
import { agentReply, capacityReply, ownReply, readAgent } from './wire.ts';

/** Fields of an agent that a caller of the role agent may change. */
const OWN_FIELDS: readonly string[] = ['state', 'mediaStates', 'place', 'nickname', 'reason'];

export interface AgentRouteDeps {
  readonly access: AgentAccess;
  readonly agents: Agents;
  readonly audit: Pick<AuditLog, 'batch'>;
  readonly interactions: Pick<Interactions, 'byAgent' | 'setAgent' | 'desktops' | 'removal'>;
  readonly desktop: () => DesktopSettings;
  readonly durable: Durable;
  readonly clock: Clock;
  /** Aborted when the server stops: it ends event streams. */
  readonly closing?: AbortSignal;
}

/** Agents, and the events of their desktops. */
export class AgentRoutes {
  readonly #deps: AgentRouteDeps;
  readonly #once: Once;

  constructor(deps: AgentRouteDeps) {
    this.#deps = deps;
    this.#once = new Once(deps);
  }

  register(router: Router): void {
    router.get('/agent/1/agents', async (ctx) => this.#listAgents(ctx));
    router.get('/agent/1/agents/:agentId', async (ctx) => replyJson(ctx, agentReply(this.#agent(ctx))));
    router.put('/agent/1/agents/:agentId', (ctx) => this.#putAgent(ctx));
    router.delete('/agent/1/agents/:agentId', repeatable(this.#once), (ctx) => this.#removeAgent(ctx));
    router.get('/agent/1/agents/:agentId/capacity', async (ctx) => this.#showCapacity(ctx));
    router.get('/agent/1/agents/:agentId/interactions', async (ctx) => this.#listInteractions(ctx));
    router.get('/agent/1/agents/:agentId/events', async (ctx) => this.#openEvents(ctx));
  }

  #listAgents(ctx: Context): void {
    const own = ownAgentId(ctx);
    const agents = this.#deps.agents.list().filter(({ agentId }) => own === undefined || agentId === own);
    replyJson(
      ctx,
      agents.map((agent) => ({
        ...(agentReply(agent) as object),
        current: this.#deps.agents.slots(agent.agentId).length,
      })),
    );
  }

  async #putAgent(ctx: Context): Promise<void> {
    const change = readAgent(ctx.state.json ?? ctx.state.form);
    const agentId = parseNewAgentId(ctx.params.agentId ?? '');
    requireOwnChange(ctx, change);
    const reasons = this.#deps.desktop().notReadyReasons;
    for (const one of [change, ...Object.values(change.mediaStates ?? {})]) requireReason(one, reasons);
    if (isDesktopOf(ctx, agentId)) this.#deps.interactions.desktops.seen(agentId);
    const audited = this.#auditBatch(ctx, agentId, change);
    replyJson(ctx, agentReply(await this.#deps.interactions.setAgent(agentId, change, audited)));
  }

  /** The settings that decide which customers an agent gets are changed by administrators. */
  #auditBatch(ctx: Context, agentId: AgentId, change: AgentChange): Batch {
    const before = this.#deps.agents.record(agentId);
    const changed = Object.entries(change)
      .filter(([name, value]) => value !== undefined && !OWN_FIELDS.includes(name))
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name as keyof AgentView]));
    if (changed.length === 0) return {};
    const details = { fields: changed.map(([name]) => name).join(', ') };
    return this.#deps.audit.batch({
      ...actorOf(ctx),
      action: 'agent.changed',
      object: `agent:${agentId}`,
      details,
    });
  }

  /** Only administrators remove agents. */
  async #removeAgent(ctx: Context): Promise<void> {
    const { agentId } = this.#agent(ctx);
    const own = actsAs(callerOf(ctx));
    if (own !== undefined) {
      throw new WireError('FORBIDDEN', { message: `Expected an administrator, got the agent '${own}'.` });
    }
    const action = { action: 'agent.removed', object: `agent:${agentId}` } as const;
    const audit = this.#deps.audit.batch({ ...actorOf(ctx), ...action });
    replyJson(ctx, {});
    await this.#deps.interactions.removal.remove(agentId, joinBatches(audit, replyBatch(ctx)));
  }

  #showCapacity(ctx: Context): void {
    const { agentId } = this.#agent(ctx);
    replyJson(ctx, capacityReply(agentId, this.#deps.agents.capacity(agentId)!));
  }

  #listInteractions(ctx: Context): void {
    const { agentId } = this.#agent(ctx);
    replyJson(
      ctx,
      this.#deps.interactions.byAgent(agentId).map((one) => ownReply(one, agentId)),
    );
  }

  #openEvents(ctx: Context): void {
    const agent = this.#agent(ctx);
    const stream = openEventStream({
      ...this.#deps,
      source: this.#deps.agents,
      key: agent.agentId,
      start: this.#startOf(agent, lastEventIdOf(ctx)),
      ...validityOf(ctx),
    });
    if (isDesktopOf(ctx, agent.agentId)) {
      stream.once('close', this.#deps.interactions.desktops.opened(agent.agentId));
    }
    replyStream(ctx, stream);
  }

  /**
   * A desktop that names its last event resumes after it. One whose next events are lost is told to load
   * everything anew, and then gets the present state as a new desktop does.
   */
  #startOf(agent: AgentView, last: string | undefined): StreamStart<AgentEvent> {
    const { agentId } = agent;
    const { events } = this.#deps.agents;
    const position = Number(last);
    if (last !== undefined && Number.isInteger(position) && events.isComplete(agentId, position)) {
      return { first: [], position };
    }
    const lost: readonly AgentEvent[] = last === undefined ? [] : [{ type: 'reload', lastEventId: last }];
    return { first: [...lost, ...this.#presentState(agent)], position: events.present(agentId) };
  }

  /**
   * The events for a desktop that has just connected: the agent's state, the offers, the active interactions.
   */
  #presentState(agent: AgentView): readonly AgentEvent[] {
    const open = this.#deps.interactions
      .byAgent(agent.agentId)
      .filter((one) => one.state !== 'ended' || one.wrapupUntil !== undefined);
    return [
      stateEvent(agent),
      ...open.map((one): AgentEvent => {
        const reply = ownReply(one, agent.agentId);
        return { type: presentType(reply.state), ...reply };
      }),
    ];
  }

  #agent(ctx: Context): AgentView {
    return this.#deps.access.agent(ctx);
  }
}

/**
 * True for a stream of the agent's own desktop. Supervisors and viewers only look on: their stream neither
 * keeps the agent logged in, nor ends that when it closes.
 */
function isDesktopOf(ctx: Context, agentId: AgentView['agentId']): boolean {
  const caller = callerOf(ctx);
  if (caller.kind === 'administrator' && caller.role === 'administrator') return true;
  return actsAs(caller) === agentId;
}

function presentType(state: Json | undefined): AgentEvent['type'] {
  if (state === 'wrapup' || state === 'offered') return state;
  return 'accepted';
}

/** Agents log in and out themselves. Their skills and groups decide which customers they get. */
function requireOwnChange(ctx: Context, change: AgentChange): void {
  const own = actsAs(callerOf(ctx));
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

/** A reason belongs to an agent who is not ready, and is one of the installation's, if it has any. */
function requireReason(
  { state, reason }: Pick<AgentChange, 'state' | 'reason'>,
  reasons: DesktopSettings['notReadyReasons'],
): void {
  if (reason === undefined) return;
  if (state !== undefined && state !== AgentState.NOT_READY) {
    throw new WireError('PARAMETER_INVALID', {
      message: `Expected a reason only with the state ${AgentState.NOT_READY}, got it with ${state}.`,
    });
  }
  if (reasons.length === 0 || reasons.some(({ code }) => code === reason)) return;
  throw new WireError('PARAMETER_INVALID', {
    message: `Expected reason to be one of ${reasons.map(({ code }) => code).join(', ')}, got '${reason}'.`,
  });
}
