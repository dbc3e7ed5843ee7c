import type { Durable } from '../../engine/host/durable.ts';
import type { Clock } from '../../engine/ports.ts';
import { AgentState, type Agents } from './agents.ts';
import { RoutingError } from './errors.ts';
import { matchesTarget, parseTargets } from './target.ts';
import {
  compareCalls,
  priorityAt,
  queueEntries,
  readCall,
  readEntry,
  type VirtualQueueEntry,
} from './virtualInteraction.ts';
import { readHandlingTimes, readQueueStat } from './virtualQueueStat.ts';
import { average, type EstimateMethod, estimateWait } from './waitEstimate.ts';

/** What `lvq` says of a call in a virtual queue. URS web API. */
export interface QueueView {
  /** ms since epoch. */
  readonly now: number;
  /** ms that this call has waited; 0 for `max`. */
  readonly waitedMs: number;
  /** Calls waiting. */
  readonly calls: number;
  /** 1: next. 0: this call waits no more. */
  readonly position: number;
  /** Position with each call ahead counted by its priority over this call's. [inferred] */
  readonly weightedPosition: number;
  /** Calls distributed so far. */
  readonly hit: number;
  /** Estimated wait in seconds; absent while nothing is known. */
  readonly ewtSeconds?: number;
  /** Average wait in ms of the last distributed calls; absent while there are none. */
  readonly averageWaitMs?: number;
}

/** `max` asks for a call that would be last in the queue. */
export const LAST_CALL = 'max';

/** Looks at a virtual queue from a call's place. Throws RoutingError CALL_NOT_FOUND. */
export function viewQueue(
  deps: { readonly durable: Durable; readonly clock: Clock; readonly agents: Agents },
  request: { readonly id: string; readonly vq?: string; readonly method: EstimateMethod },
): QueueView {
  const { durable, clock, agents } = deps;
  const now = clock.now();
  const call = request.id === LAST_CALL ? undefined : readCall(durable, request.id);
  if (call === undefined && request.id !== LAST_CALL) throw new RoutingError('CALL_NOT_FOUND', request.id);
  const vq = request.vq ?? call?.vq ?? '';
  // A call that is asked about another queue than its own would be the last one there.
  const isHere = call !== undefined && call.vq === vq;
  const self = isHere ? readEntry(durable, call) : undefined;
  const waits = !isHere || self !== undefined;
  const { calls, ahead, weight, targets } = lookAhead(durable, vq, self, now);
  const stat = readQueueStat(durable, vq);
  const ewtSeconds = waits
    ? estimateWait(request.method, ahead + 1, {
        ...stat,
        ...readHandlingTimes(durable, vq),
        agents: countAgents(calls, targets, agents),
      })
    : undefined;
  const averageWaitMs = average(stat.waits);
  return {
    now,
    waitedMs: call === undefined ? 0 : now - call.enteredAt,
    calls,
    position: waits ? ahead + 1 : 0,
    weightedPosition: waits ? Math.round(1 + weight) : 0,
    hit: stat.hit,
    ...(ewtSeconds === undefined ? {} : { ewtSeconds }),
    ...(averageWaitMs === undefined ? {} : { averageWaitMs }),
  };
}

/**
 * The queue in one pass, without sorting: nothing is kept but numbers and the distinct targets, so memory does
 * not grow with the calls that wait. Time does: each of them is read once. `self` undefined: all are ahead.
 */
function lookAhead(durable: Durable, vq: string, self: VirtualQueueEntry | undefined, now: number) {
  const own = self === undefined ? 0 : priorityAt(self, now);
  const targets = new Set<string>();
  let calls = 0;
  let ahead = 0;
  let weight = 0;
  for (const entry of queueEntries(durable, vq)) {
    calls += 1;
    for (const target of entry.targets) targets.add(target);
    if (self !== undefined && compareCalls(entry, self, now) >= 0) continue;
    const priority = priorityAt(entry, now);
    ahead += 1;
    weight += own > 0 && priority > 0 ? priority / own : 1;
  }
  return { calls, ahead, weight, targets };
}

/** Agents logged in who could take one of the waiting calls; nobody waits: all logged in. */
function countAgents(calls: number, wanted: ReadonlySet<string>, agents: Agents): number {
  const loggedIn = agents.records().filter((agent) => agent.state !== AgentState.LOGGED_OUT);
  if (calls === 0) return loggedIn.length;
  const targets = [...wanted].flatMap(parseTargets);
  return loggedIn.filter((agent) => targets.some((target) => matchesTarget(target, agent))).length;
}
