import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import type { Agents, QueueSurvey, WatchedCall, WatchedQueue } from '../../strategies/routing/index.ts';
import { parseNewAgentId } from '../../strategies/routing/index.ts';
import type { QueueDay, Statistics } from '../../strategies/statistics/index.ts';
import { mayReadSecrets } from '../access/index.ts';
import type { RecentWarnings } from '../adapters/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';

const ROOT = '/genesys/1/admin';

export interface SupervisionDeps {
  readonly routing: { readonly survey: QueueSurvey };
  readonly agents: Pick<Agents, 'record'>;
  readonly statistics: Pick<Statistics, 'queuesToday' | 'statesToday'>;
  readonly warnings: Pick<RecentWarnings, 'list'>;
}

/** The queues and agents as supervisors watch them, and the last warnings of the server. */
export function registerSupervisionRoutes(router: Router, deps: SupervisionDeps): void {
  const { routing, agents, statistics, warnings } = deps;

  router.get(`${ROOT}/queues`, async (ctx) => {
    const survey = await routing.survey.watch();
    const days = await statistics.queuesToday(survey.queues.map(({ key }) => key));
    replyJson(ctx, {
      agents: survey.agents,
      busyAgents: survey.busyAgents,
      queueCount: survey.queueCount,
      queues: survey.queues.map((queue, at) => queueReply(queue, days[at]!)),
    });
  });

  router.get(`${ROOT}/queues/calls`, async (ctx) => {
    const calls = await routing.survey.calls(requiredQueue(ctx));
    replyJson(ctx, { calls: calls.map(callReply) });
  });

  router.get(`${ROOT}/queues/agents`, async (ctx) => {
    const found = await routing.survey.agents(requiredQueue(ctx));
    replyJson(ctx, { agents: found.map(({ agentId, isFree }) => ({ agentId, isFree })) });
  });

  router.get(`${ROOT}/agents/:agentId/states`, async (ctx) => {
    const agentId = parseNewAgentId(ctx.params.agentId ?? '');
    if (agents.record(agentId) === undefined) {
      throw new WireError('AGENT_NOT_FOUND', { message: `Expected the id of an agent, got '${agentId}'.` });
    }
    const { from, to, states } = await statistics.statesToday(agentId);
    replyJson(ctx, {
      from: instant(from),
      to: instant(to),
      states: states.map((span) => ({ state: span.state, from: instant(span.from), to: instant(span.to) })),
    });
  });

  router.get(`${ROOT}/warnings`, (ctx) => {
    // Documents write lines of their sessions, with whatever data the sessions have.
    const shown = warnings.list().filter(({ sessionId }) => sessionId === undefined || mayReadSecrets(ctx));
    replyJson(ctx, {
      warnings: shown.map(({ at, level, message, reason, sessionId }) => ({
        at: instant(at),
        level,
        message,
        ...defined({ reason: mayReadSecrets(ctx) ? reason : undefined, session: sessionId }),
      })),
    });
  });
}

function requiredQueue(ctx: Context): string {
  const queue = textOf(ctx.state.query.queue);
  if (queue !== undefined && queue !== '') return queue;
  throw new WireError('PARAMETER_MISSING', {
    message: "Expected the 'key' of a queue in the parameter queue.",
  });
}

function queueReply(queue: WatchedQueue, today: QueueDay): Json {
  const { key, name, waiting, oldestMs, agents, estimate, accuracy } = queue;
  return defined({
    key,
    name,
    waiting,
    oldestSeconds: seconds(oldestMs),
    agents,
    estimate: estimate && {
      seconds: seconds(estimate.meanMs),
      fromSeconds: seconds(estimate.p10Ms),
      toSeconds: seconds(estimate.p90Ms),
      isRough: estimate.isRough,
    },
    accuracy: accuracy && {
      calls: accuracy.calls,
      waitSeconds: seconds(accuracy.waitMs),
      saidSeconds: seconds(accuracy.saidMs),
      inBand: accuracy.inBand,
    },
    today: { ...today },
  }) as Json;
}

function callReply({ connId, position, enteredAt, estimate, sessionId, serviceId }: WatchedCall): Json {
  return defined({
    connId,
    position,
    enteredAt: instant(enteredAt),
    estimatedSeconds: estimate && seconds(estimate.meanMs),
    session: sessionId,
    service: serviceId,
  }) as Json;
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
