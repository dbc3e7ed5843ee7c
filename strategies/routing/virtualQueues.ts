import type { Durable } from '../../engine/host/durable.ts';
import type { Clock } from '../../engine/ports.ts';
import { AgentState, type Agents } from './agents.ts';
import { RoutingError } from './errors.ts';
import { matchesTarget, parseTargets } from './target.ts';
import { priorityAt, queueEntries, readCall, type VirtualQueueEntry } from './virtualInteraction.ts';
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
  const entries = queueEntries(durable, vq, now);
  // A call that is asked about another queue than its own would be the last one there.
  const isHere = call !== undefined && call.vq === vq;
  const place = isHere ? entries.findIndex((entry) => entry.id === call.id) : entries.length;
  const stat = readQueueStat(durable, vq);
  const ewtSeconds =
    place < 0
      ? undefined
      : estimateWait(request.method, place + 1, {
          ...stat,
          ...readHandlingTimes(durable, vq),
          agents: countAgents(entries, agents),
        });
  const averageWaitMs = average(stat.waits);
  return {
    now,
    waitedMs: call === undefined ? 0 : now - call.enteredAt,
    calls: entries.length,
    position: place + 1,
    weightedPosition: place < 0 ? 0 : weighPosition(entries, place, now),
    hit: stat.hit,
    ...(ewtSeconds === undefined ? {} : { ewtSeconds }),
    ...(averageWaitMs === undefined ? {} : { averageWaitMs }),
  };
}

function weighPosition(entries: readonly VirtualQueueEntry[], place: number, now: number): number {
  const self = entries[place];
  const own = self === undefined ? 0 : priorityAt(self, now);
  const ahead = entries.slice(0, place).map((entry) => priorityAt(entry, now));
  const weights = ahead.map((priority) => (own > 0 && priority > 0 ? priority / own : 1));
  return Math.round(1 + weights.reduce((sum, weight) => sum + weight, 0));
}

/** Agents logged in who could take one of the waiting calls; nobody waits: all logged in. */
function countAgents(entries: readonly VirtualQueueEntry[], agents: Agents): number {
  const loggedIn = agents.records().filter((agent) => agent.state !== AgentState.LOGGED_OUT);
  if (entries.length === 0) return loggedIn.length;
  const targets = [...new Set(entries.flatMap((entry) => entry.targets))].flatMap(parseTargets);
  return loggedIn.filter((agent) => targets.some((target) => matchesTarget(target, agent))).length;
}
