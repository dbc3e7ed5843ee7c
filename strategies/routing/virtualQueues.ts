import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, defined, ownId } from '../../engine/ports/index.ts';
import { AgentState } from './agentRecord.ts';
import type { Agents } from './agents.ts';
import type { ConnId } from './callIds.ts';
import { RoutingError } from './errors.ts';
import { priorityAt } from './priority.ts';
import { countAhead, type QueueBlock, type VirtualQueueEntry } from './queueBlock.ts';
import { matchesTarget, parseTargets } from './target.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';
import type { VirtualQueueIndex } from './virtualQueueIndex.ts';
import { mergeStats, readHandlingTimes, readQueueStat } from './virtualQueueStat.ts';
import { average, type EstimateMethod, estimateWait } from './waitEstimate.ts';

/** A virtual queue as seen from a call's position. urs-routing 1. */
export interface QueueView {
  /** ms since epoch. */
  readonly now: number;
  /** ms that this call has waited; 0 for `max`. */
  readonly waitedMs: number;
  /** Calls that wait. */
  readonly calls: number;
  /** 1: next. 0: this call no longer waits. */
  readonly position: number;
  /** The position, with each call ahead weighted by its priority divided by this call's. [inferred] */
  readonly weightedPosition: number;
  /** Number of calls distributed so far. */
  readonly hit: number;
  /** Estimated wait in seconds; absent while nothing is known. */
  readonly ewtSeconds?: number;
  /** Average wait in ms of the last distributed calls; absent while there are none. */
  readonly averageWaitMs?: number;
}

/** Id of a call that would be last in the queue. */
export const LAST_CALL = ownId<ConnId>('max');

interface ViewDeps {
  readonly durable: Durable;
  readonly index: VirtualQueueIndex;
  readonly clock: Clock;
  readonly agents: Agents;
}

interface ViewRequest {
  readonly id: ConnId;
  /** Keys of queues; absent: the queue of the call. */
  readonly queues?: readonly string[];
  readonly method: EstimateMethod;
}

/** Views virtual queues together, from a call's position. Rejects with RoutingError CALL_NOT_FOUND. */
export async function viewQueue(deps: ViewDeps, request: ViewRequest): Promise<QueueView> {
  const call = requireCall(deps, request.id);
  const queues = request.queues ?? [call?.vq ?? ''];
  const others: QueueBlock[] = [];
  for (const queue of queues.slice(1)) {
    others.push(...(await deps.index.read(queue, (blocks) => [...blocks])));
  }
  return deps.index.read(queues[0]!, (blocks) =>
    viewBlocks(deps, { ...request, queues }, [...blocks, ...others]),
  );
}

/** Undefined for LAST_CALL. */
function requireCall({ durable }: ViewDeps, id: ConnId): VirtualInteraction | undefined {
  if (id === LAST_CALL) return undefined;
  const call = readCall(durable, id);
  if (call === undefined) throw new RoutingError('CALL_NOT_FOUND', id);
  return call;
}

function viewBlocks(
  deps: ViewDeps,
  request: ViewRequest & { readonly queues: readonly string[] },
  blocks: readonly QueueBlock[],
): QueueView {
  const { durable, index, clock, agents } = deps;
  const { queues } = request;
  const now = clock.now();
  const call = requireCall(deps, request.id);
  // In another queue than its own, the call would be the last.
  const isHere = call !== undefined && queues.includes(call.vq);
  const self = isHere ? index.entry(call) : undefined;
  const waits = !isHere || self !== undefined;
  const calls = blocks.reduce((sum, block) => sum + block.calls, 0);
  const ahead = self === undefined ? { calls, weight: calls } : weighAhead(blocks, self, now);
  const stat = mergeStats(queues.map((queue) => readQueueStat(durable, queue)));
  const ewtSeconds = waits
    ? estimateWait(request.method, ahead.calls + 1, {
        ...stat,
        handled: queues.flatMap((queue) => readHandlingTimes(durable, queue).handled),
        agents: () => countAgents(blocks, agents),
      })
    : undefined;
  const averageWaitMs = average(stat.waits);
  return {
    now,
    waitedMs: call === undefined ? 0 : now - call.enteredAt,
    calls,
    position: waits ? ahead.calls + 1 : 0,
    weightedPosition: waits ? Math.round(1 + ahead.weight) : 0,
    hit: stat.hit,
    ...defined({ ewtSeconds, averageWaitMs }),
  };
}

/**
 * The calls ahead, and their weight. No call ahead has a lower priority, so a priority above 0 divides them
 * all.
 */
function weighAhead(
  blocks: readonly QueueBlock[],
  self: VirtualQueueEntry,
  now: number,
): { readonly calls: number; readonly weight: number } {
  const own = priorityAt(self, now);
  const { calls, priorities } = countAhead(blocks, self, now);
  return { calls, weight: own > 0 ? priorities / own : calls };
}

/** Agents logged in who could take one of the waiting calls; if no call waits, all agents logged in. */
function countAgents(blocks: readonly QueueBlock[], agents: Agents): number {
  const loggedIn = agents.records().filter((agent) => agent.state !== AgentState.LOGGED_OUT);
  if (blocks.every((block) => block.calls === 0)) return loggedIn.length;
  const wanted = new Set(blocks.flatMap((block) => [...block.targets]));
  const targets = [...wanted].flatMap((text) => parseTargets(text));
  return loggedIn.filter((agent) => targets.some((target) => matchesTarget(target, agent))).length;
}
