import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, defined, ownId } from '../../engine/ports/index.ts';
import type { AccuracyView, WaitEstimate } from '../estimates/index.ts';
import type { ConnId } from './callIds.ts';
import { RoutingError } from './errors.ts';
import { PLAIN_RULE, priorityAt } from './priority.ts';
import type { RoutingIndex } from './routingIndex.ts';
import type { Staff } from './staff.ts';
import { readCall, type VirtualInteraction, viewWait } from './virtualInteraction.ts';
import { mergeStats, readHandlingTimes, readQueueStat } from './virtualQueueStat.ts';
import { average, type EstimateMethod, estimateWait, type QueueHistory } from './waitEstimate.ts';
import type { WaitEstimates } from './waitEstimates.ts';
import type { WaitingCall } from './waitingCall.ts';
import type { WaitingCalls } from './waitingCalls.ts';
import type { WaitingQueue } from './waitingQueue.ts';

type Queue = WaitingQueue<WaitingCall>;

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
  /** The estimate of the method orsay, whatever the method of the request is. */
  readonly estimate?: WaitEstimate;
  /** The estimates of that method for the last served calls; absent while there are none. */
  readonly accuracy?: AccuracyView;
}

/** Id of a call that would be last in the queue. */
export const LAST_CALL = ownId<ConnId>('max');

interface ViewDeps {
  readonly durable: Durable;
  readonly index: RoutingIndex;
  readonly clock: Clock;
  readonly estimates: WaitEstimates;
}

interface ViewRequest {
  readonly id: ConnId;
  /** Keys of queues; absent: the queue of the call. */
  readonly queues?: readonly string[];
  readonly method: EstimateMethod;
}

/** Views virtual queues together, from a call's position. Rejects with RoutingError CALL_NOT_FOUND. */
export async function viewQueue(deps: ViewDeps, request: ViewRequest): Promise<QueueView> {
  requireCall(deps, request.id);
  return viewCalls(deps, request, await deps.index.ready());
}

/** Undefined for LAST_CALL. */
function requireCall({ durable }: Pick<ViewDeps, 'durable'>, id: ConnId): VirtualInteraction | undefined {
  if (id === LAST_CALL) return undefined;
  const call = readCall(durable, id);
  if (call === undefined) throw new RoutingError('CALL_NOT_FOUND', id);
  return call;
}

function viewCalls(
  { durable, clock, estimates }: ViewDeps,
  { id, method, ...request }: ViewRequest,
  index: WaitingCalls,
): QueueView {
  const now = clock.now();
  const call = requireCall({ durable }, id);
  const keys = request.queues ?? [call?.vq ?? ''];
  const queues = keys.flatMap((key) => index.queue(key, now) ?? []);
  // In another queue than its own, the call would be the last.
  const self = call !== undefined && keys.includes(call.vq) ? call : undefined;
  const waits = self === undefined || viewWait(self).waits;
  const calls = queues.reduce((sum, queue) => sum + queue.calls, 0);
  const ahead = self === undefined || !waits ? { calls, weight: calls } : weighAhead(queues, self, now);
  const stat = mergeStats(keys.map((key) => readQueueStat(durable, key)));
  const history: QueueHistory = {
    distributedAt: stat.distributedAt,
    handled: keys.flatMap((key) => readHandlingTimes(durable, key).handled),
    handlingMs: () => estimates.handlingMs(keys),
    agents: () => countAgents(queues, index.staff),
    readyAgents: () => index.staff.countReady(classesOf(queues)),
  };
  const estimate = waits
    ? estimates.estimate(keys, {
        ahead: ahead.calls,
        rule: self?.priority ?? PLAIN_RULE,
        ageMs: self === undefined ? 0 : now - self.enteredAt,
        now,
        agents: history.agents,
      })
    : undefined;
  const ewtSeconds = waits ? ewtOf(method, ahead.calls + 1, { history, estimate }) : undefined;
  const accuracy = estimates.accuracy(keys);
  const averageWaitMs = average(stat.waits);
  return {
    now,
    waitedMs: call === undefined ? 0 : now - call.enteredAt,
    calls,
    position: waits ? ahead.calls + 1 : 0,
    weightedPosition: waits ? Math.round(1 + ahead.weight) : 0,
    hit: stat.hit,
    ...defined({ ewtSeconds, averageWaitMs, estimate, accuracy }),
  };
}

function ewtOf(
  method: EstimateMethod,
  position: number,
  { history, estimate }: { readonly history: QueueHistory; readonly estimate: WaitEstimate | undefined },
): number | undefined {
  if (method !== 'orsay') return estimateWait(method, position, history);
  // A new queue has its first departures before anything else is known.
  return estimate === undefined ? estimateWait('urs', position, history) : Math.round(estimate.meanMs / 1000);
}

/**
 * The calls ahead, and their weight. No call ahead has a lower priority, so a priority above 0 divides them
 * all.
 */
function weighAhead(
  queues: readonly Queue[],
  self: VirtualInteraction,
  now: number,
): { readonly calls: number; readonly weight: number } {
  const own = priorityAt(self, now);
  const ahead = queues.map((queue) => queue.countAhead(self, now));
  const calls = ahead.reduce((sum, one) => sum + one.calls, 0);
  const priorities = ahead.reduce((sum, one) => sum + one.priorities, 0);
  return { calls, weight: own > 0 ? priorities / own : calls };
}

/** Agents logged in who could take one of the waiting calls; if no call waits, all agents logged in. */
function countAgents(queues: readonly Queue[], staff: Staff): number {
  return queues.length === 0 ? staff.countAllLoggedIn() : staff.countLoggedIn(classesOf(queues));
}

function classesOf(queues: readonly Queue[]): readonly { readonly id: number }[] {
  return queues.flatMap(({ demands }) => [...demands.keys()]);
}
