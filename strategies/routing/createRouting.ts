import { type Batch, createOnce, type Durable, joinBatches, keyedBy } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import type { Clock, HttpClient, Ids, Log } from '../../engine/ports/index.ts';
import type { Agents, FreeAgent } from './agents.ts';
import { createCallRuntime } from './callRuntime.ts';
import { RoutingError } from './errors.ts';
import { findMatches } from './findMatches.ts';
import { type Match, matchCalls } from './matchCalls.ts';
import { MATCH_TASK } from './matchTask.ts';
import { createReservations } from './reservations.ts';
import { createRouteAnnouncer } from './routeAnnouncer.ts';
import { readRouteDelay } from './routeDelay.ts';
import type { CallView, Routing } from './routing.ts';
import { createSubmits } from './submits.ts';
import { formatTarget, parseTargets } from './target.ts';
import { parseTargetList } from './targetList.ts';
import { callsOfSession, readCall, scanCalls, type VirtualInteraction } from './virtualInteraction.ts';
import { createVirtualQueueIndex } from './virtualQueueIndex.ts';
import { viewQueue } from './virtualQueues.ts';
import { viewRoute } from './waitForTarget.ts';

/** The strategies that run here. Options _urs_prioritization_strategy, _urs_strategy_update_sub_routine. */
export const Strategy = { WAIT_FOR_TARGET: 'WaitForTarget', SET_ROUTE_DELAY: 'SetRouteDelay' } as const;

/** GMS option `_agent_reserve_timeout`. */
export const DEFAULT_RESERVE_TIMEOUT_MS = 30_000;

/** list() shows at most so many calls. */
export const MAX_LISTED_CALLS = 1000;

export interface RoutingDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly http: HttpClient;
  readonly agents: Agents;
  readonly sessions: Pick<Sessions, 'eventBatch' | 'onModule' | 'onEnded'>;
  /** Aborted before the store is closed. */
  readonly closing?: AbortSignal;
}

/**
 * The URS runtime: virtual interactions wait in virtual queues until an agent matches.
 *
 * R1. A call's place, state and timers, and the agent held for it, change in one commit.
 * R2. Agents are given out only by the match task; everything that may free an agent or make a call routable
 *     joins matchBatch to its commit. So after a crash the look happens again, and nobody is given out twice:
 *     the task reads, decides and commits without waiting in between.
 */
export function createRouting(deps: RoutingDeps): Routing {
  const { durable, clock, ids, log, agents, sessions } = deps;
  const once = createOnce({ durable, clock });
  const { closing } = deps;
  const index = createVirtualQueueIndex({ durable, clock, ...(closing && { closing }) });
  const runtime = createCallRuntime({ durable, index, clock, agents });
  const reservations = createReservations({ durable, clock, agents, runtime });
  const announcer = createRouteAnnouncer({ ...deps, runtime });
  const submits = createSubmits({ durable, index, clock, log, agents, sessions, runtime, reservations });

  durable.onTask(MATCH_TASK, async () => {
    const now = clock.now();
    const matches = findMatches(durable, freeAgents(), now);
    await Promise.all(matches.map((match) => durable.commit(matchedBatch(match, now))));
  });

  // Nobody waits for an agent any more, and no place may be kept for nobody.
  sessions.onEnded(({ sessionId }) =>
    joinBatches(
      ...callsOfSession(durable, sessionId).map((call) =>
        call.owner.kind === 'submit'
          ? submits.withdrawBatch(call, call.owner)
          : runtime.applyBatch(call, { type: 'remove' }),
      ),
    ),
  );

  function freeAgents(): readonly FreeAgent[] {
    const media = new Set(agents.records().flatMap((agent) => agent.media));
    const free = new Map(
      [...media].flatMap((one) => agents.free(one)).map((agent) => [agent.record.agentId, agent]),
    );
    return [...free.values()].sort((a, b) => a.record.readySince - b.record.readySince);
  }

  function matchedBatch({ callId, agent, target }: Match, now: number): Batch {
    const call = readCall(durable, callId)!;
    const chosen = { agentId: agent.agentId, setting: agent.setting, target: formatTarget(target) };
    log.info({ connId: callId, agentId: agent.agentId, vq: call.vq }, 'Agent reserved.');
    if (call.owner.kind === 'submit') return submits.matchedBatch(call, agent, chosen);
    const { context } = viewRoute(call.snapshot);
    return joinBatches(
      runtime.applyBatch(call, { type: 'agentReserved', agent: chosen }),
      reservations.batch({
        agentId: agent.agentId,
        holder: call.id,
        untilMs: now + context.reserveTimeoutMs,
        vq: call.vq,
        ...(call.owner.sessionId === undefined ? {} : { sessionId: call.owner.sessionId }),
      }),
      announcer.batch(call, context.attempt + 1),
    );
  }

  function requireCall(connId: string): VirtualInteraction {
    const call = readCall(durable, connId);
    if (call?.owner.kind !== 'call') throw new RoutingError('CALL_NOT_FOUND', connId);
    return call;
  }

  return {
    async startCall(request) {
      const strategy = request.strategy ?? Strategy.WAIT_FOR_TARGET;
      const id = ids.hex(16);
      const connId = await once.commit(keyedBy(request.key, 'urs.start'), () => {
        if (strategy !== Strategy.WAIT_FOR_TARGET) throw new RoutingError('STRATEGY_UNKNOWN', strategy);
        const steps = parseTargetList(request.target);
        const { place, batch: taken } = index.enter(request.vq);
        const started = runtime.start(
          {
            id,
            owner: ownerOf(request.sessionUrl),
            tenant: request.tenant ?? 'Environment',
            strategy,
            ...(request.serviceId === undefined ? {} : { serviceId: request.serviceId }),
            media: request.media ?? 'chat',
            vq: request.vq,
            ...place,
            enteredAt: clock.now(),
            priority: {
              base: request.priority?.base ?? 0,
              increment: request.priority?.increment ?? 0,
              everyMs: request.priority?.everyMs ?? 0,
            },
          },
          {
            steps,
            reserveTimeoutMs: request.reserveTimeoutMs ?? DEFAULT_RESERVE_TIMEOUT_MS,
            delayMs: request.routeDelayMs ?? null,
          },
        );
        return { batch: joinBatches(taken, started), answer: id };
      });
      if (connId === id) {
        log.info({ connId, vq: request.vq, serviceId: request.serviceId }, 'Virtual interaction started.');
      }
      return { connId };
    },

    lvq: (connId, vq, method = 'urs') =>
      viewQueue(
        { durable, index, clock, agents },
        { id: connId, method, ...(vq === undefined ? {} : { vq }) },
      ),

    invoke: (connId, strategy, params, key) =>
      once.commit(keyedBy(key, 'urs.invoke', connId), () => {
        const call = requireCall(connId);
        if (strategy !== Strategy.SET_ROUTE_DELAY) throw new RoutingError('STRATEGY_UNKNOWN', strategy);
        const delayMs = readRouteDelay(params);
        const batch = runtime.applyBatch(call, { type: 'setRouteDelay', delayMs, now: clock.now() });
        return { batch, answer: undefined };
      }),

    async cancelCall(connId) {
      await durable.commit(runtime.applyBatch(requireCall(connId), { type: 'remove' }));
      log.info({ connId }, 'Virtual interaction removed.');
    },

    get(connId) {
      const call = readCall(durable, connId);
      return call === undefined ? undefined : viewCall(call);
    },
    list: () => [...scanCalls(durable, MAX_LISTED_CALLS)].map(({ value }) => viewCall(value)),
    ofSession: (sessionId) => callsOfSession(durable, sessionId).map(viewCall),

    async readAhead() {
      try {
        await index.readAhead();
      } catch (error) {
        // Whoever looks reads it then.
        if (!closing?.aborted) log.warn({ err: error }, 'The virtual queues could not be read ahead.');
      }
    },

    connect: submits.connect,
    findAgent(target, media) {
      const targets = parseTargets(target);
      const waiting = { id: target, media, targets, tried: [] };
      return matchCalls([waiting], agents.free(media), clock.now())[0]?.agent;
    },
    offerAcceptedBatch: submits.acceptedBatch,
    offerRefusedBatch: submits.refusedBatch,
    dropSubmitsBatch: submits.dropBatch,
  };
}

/** `http://host/scxml/session/<id>`: the id tells whose redirect may take the reserved agent. */
function ownerOf(sessionUrl: string | undefined): VirtualInteraction['owner'] {
  if (sessionUrl === undefined) return { kind: 'call' };
  const trimmed = sessionUrl.replace(/\/+$/, '');
  const sessionId = /\/session\/([^/?#]+)$/.exec(trimmed)?.[1];
  return { kind: 'call', sessionUrl: trimmed, ...(sessionId === undefined ? {} : { sessionId }) };
}

function viewCall(call: VirtualInteraction): CallView {
  const { state, context } = viewRoute(call.snapshot);
  return {
    connId: call.id,
    state,
    vq: call.vq,
    strategy: call.strategy,
    enteredAt: call.enteredAt,
    ...(context.agent === undefined ? {} : { agentId: context.agent.agentId }),
    ...(call.owner.sessionId === undefined ? {} : { sessionId: call.owner.sessionId }),
    ...(call.serviceId === undefined ? {} : { serviceId: call.serviceId }),
  };
}
