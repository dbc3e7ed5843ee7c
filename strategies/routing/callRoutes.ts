import { defined } from '../../engine/ports/index.ts';
import {
  asksForStatistic,
  holds,
  matchesTarget,
  nextChange,
  type StatisticOfAgent,
  type Target,
  targetKey,
} from '../targets/index.ts';
import type { FreeAgent } from './agentRecord.ts';
import type { DemandClass, Head } from './demandClass.ts';
import type { DemandClasses } from './demandClasses.ts';
import { narrowed } from './demandKeys.ts';
import { ageOf, Figures, type JudgedCall } from './figures.ts';
import type { Judge } from './judge.ts';
import { type JudgedClass, type Look, Reads } from './look.ts';
import { isOpen } from './matchCalls.ts';
import type { OutsideFigures } from './outsideFigures.ts';
import { TimedCalls } from './timedCalls.ts';
import type { WaitingCall } from './waitingCall.ts';
import type { WaitingQueues } from './waitingQueue.ts';

type Class = DemandClass<WaitingCall>;

/** Calls, and targets of calls, that are looked at together. */
export interface LookLimits {
  readonly calls: number;
  readonly targets: number;
}

/**
 * The classes in which calls are routable, as their conditions allow.
 *
 * RC1. Conditions that depend on the call decide in which class it is routable: that of the targets which it
 *      allows. lookAgain() and lookInTurn() move it.
 * RC2. Other conditions are evaluated for a class, when a free agent matches a routable call of it that may
 *      be the next one. A look evaluates them again only after a change of something that they depend on.
 */
export class CallRoutes {
  readonly #classes: DemandClasses;
  readonly #timed = new TimedCalls();
  readonly #figures: Figures;

  constructor(deps: {
    readonly classes: DemandClasses;
    readonly queues: WaitingQueues<WaitingCall>;
    readonly outside: OutsideFigures;
  }) {
    this.#classes = deps.classes;
    this.#figures = new Figures({ ...deps, staff: deps.classes.staff });
  }

  /** Whether time or a statistic may let a call be routed. */
  get isWatched(): boolean {
    return this.#timed.size > 0 || [...this.#classes.open].some(({ isWatched }) => isWatched);
  }

  /** The things that hold at this moment, for a call of the tenant. */
  judge(tenant: string, now: number, call?: JudgedCall): Judge {
    const values = this.#figures.values(tenant, now, defined({ call }));
    const { counts } = this.#classes.staff;
    return {
      holds: (condition) => holds(condition, 'all', values),
      statisticOf: this.#statisticsAt(now),
      statisticOfObject: (object, statistic) => values.statistic(object, statistic),
      statisticOfTarget: (target, statistic) =>
        counts.of(targetKey(target), target).count(statistic) ?? Number.NaN,
    };
  }

  /** The call is routable from now on. */
  add(call: WaitingCall, now: number): void {
    if (call.demand.isOfCall) this.#reroute(call, now);
    else this.#route(call, call.demand);
  }

  remove(call: WaitingCall): void {
    this.#timed.remove(call);
    this.#unroute(call);
  }

  /** Moves calls whose age opens or closes targets. 'more': a limit was reached. */
  lookAgain(now: number, limits: LookLimits): 'more' | 'all' {
    const calls = this.#timed.due(now, limits.calls);
    const looked = this.#rerouteSome(calls, limits.targets, now);
    return looked < calls.length || looked >= limits.calls ? 'more' : 'all';
  }

  /** Moves calls for which anything may have changed, in turn. */
  lookInTurn(now: number, limits: LookLimits): void {
    this.#rerouteSome(this.#timed.inTurn(limits.calls), limits.targets, now);
  }

  /** Stops behind the call that reaches the limit of targets. Returns the number of calls. */
  #rerouteSome(calls: readonly WaitingCall[], targets: number, now: number): number {
    let looked = 0;
    for (let left = targets; left > 0 && looked < calls.length; looked += 1) {
      const call = calls[looked]!;
      this.#reroute(call, now);
      left -= call.demand.effort;
    }
    return looked;
  }

  /** The next call for which there is a free agent. RC2. */
  best(look: Look): Head<WaitingCall> | undefined {
    const { now, passed } = look;
    let best: Head<WaitingCall> | undefined;
    const unknown: Class[] = [];
    for (const demand of this.#classes.open) {
      const known = demand.isConditional ? this.#known(demand, look) : undefined;
      if (demand.isConditional && known === undefined) unknown.push(demand);
      else if (known === undefined || known.length > 0) best = demand.better(best, now, passed);
    }
    const better = unknown.flatMap((demand): Head<WaitingCall>[] => {
      const head = demand.better(best, now, passed);
      return head === undefined || head === best ? [] : [head];
    });
    better.sort((a, b) => b.priority - a.priority || a.call.serial - b.call.serial);
    return better.find(({ call }) => this.agentsOf(call.routed!.demand, look).length > 0) ?? best;
  }

  /** The free agents who may get a call of the class, the longest ready agent first. RC2. */
  agentsOf(demand: Class, look: Look): readonly FreeAgent[] {
    if (!demand.isConditional) return this.#classes.staff.freeFor(demand);
    const known = this.#known(demand, look);
    if (known !== undefined) return known;
    const before = look.judged.get(demand);
    const { reads, targets } = before?.reads.isCurrent ? before : this.#evaluate(demand, look.now);
    const agents = this.#openAgents(demand, targets, look.now);
    look.judged.set(demand, { reads, targets, version: demand.version, agents });
    return agents;
  }

  /** Undefined: the class was not judged, or something has changed since. */
  #known(demand: Class, { judged }: Look): readonly FreeAgent[] | undefined {
    const known = judged.get(demand);
    if (!known?.reads.isCurrent) return undefined;
    return known.targets.length === 0 || known.version === demand.version ? known.agents : undefined;
  }

  #evaluate(demand: Class, now: number): Pick<JudgedClass, 'reads' | 'targets'> {
    const reads = new Reads();
    const values = this.#figures.values(demand.tenant, now, { reads });
    const targets = demand.targets.filter(
      ({ condition }) => condition === undefined || holds(condition, 'ofClass', values),
    );
    return { reads, targets };
  }

  /** The free agents who match a target that is open. */
  #openAgents(demand: Class, targets: readonly Target[], now: number): readonly FreeAgent[] {
    // A target has no more free agents than its class.
    const possible = targets.filter(({ threshold = 0 }) => threshold <= demand.freeAgents);
    if (possible.length === 0) return [];
    const free = this.#classes.staff.freeFor(demand);
    // All agents of the class match its only target.
    if (demand.targets.length === 1 && !asksForStatistic(possible[0]!)) return free;
    const records = free.map(({ record }) => record);
    const statisticOf = this.#statisticsAt(now);
    const open = possible.filter((target) => isOpen(target, records, statisticOf));
    return free.filter(({ record }) => open.some((target) => matchesTarget(target, record, statisticOf)));
  }

  #statisticsAt(now: number): StatisticOfAgent {
    return (agentId, statistic) => this.#figures.ofAgent(agentId, statistic, now);
  }

  #route(call: WaitingCall, demand: Class): void {
    call.routed = { demand, lane: demand.add(call, call.priority) };
    this.#classes.note(demand);
    this.#classes.count(demand, 1);
  }

  #unroute(call: WaitingCall): void {
    if (call.routed === undefined) return;
    const { demand, lane } = call.routed;
    call.routed = undefined;
    demand.remove(call, lane);
    this.#classes.note(demand);
    this.#classes.count(demand, -1);
  }

  /** RC1 */
  #reroute(call: WaitingCall, now: number): void {
    const { demand, routed } = call;
    const values = this.#figures.values(demand.tenant, now, { call: judged(call) });
    const allows = ({ condition }: Target) => condition === undefined || holds(condition, 'ofCall', values);
    const allowed = narrowed(demand, allows);
    if (allowed.key !== routed?.demand.key) {
      this.#unroute(call);
      if (allowed.demand.targets.length > 0) this.#route(call, this.#classes.ofDemand(allowed));
    }
    const age = ageOf(call, now);
    const changes = demand.targets.flatMap(({ condition }) =>
      condition === undefined ? [] : nextChange(condition, age),
    );
    const next = changes.reduce((least, one) => Math.min(least, one.age), Number.POSITIVE_INFINITY);
    const varies = changes.some((one) => one.varies);
    this.#timed.set(call, { at: call.enteredAt + next * 1000, varies }, now);
  }
}

function judged({ queue, serial, enteredAt, waitsSince, priority }: WaitingCall): JudgedCall {
  return { vq: queue.key, serial, enteredAt, waitsSince, priority };
}
