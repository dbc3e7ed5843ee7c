import {
  holds,
  matchesTarget,
  nextChange,
  type StatisticOfAgent,
  type Target,
  targetKey,
} from '../targets/index.ts';
import type { FreeAgent } from './agentRecord.ts';
import type { DemandClass } from './demandClass.ts';
import type { DemandClasses } from './demandClasses.ts';
import { narrowed } from './demandKeys.ts';
import { ageOf, Figures, type JudgedCall } from './figures.ts';
import type { Judge } from './judge.ts';
import { isOpen } from './matchCalls.ts';
import type { OutsideFigures } from './outsideFigures.ts';
import { TimedCalls } from './timedCalls.ts';
import type { WaitingCall } from './waitingCall.ts';
import type { WaitingQueue } from './waitingQueue.ts';

type Class = DemandClass<WaitingCall>;

/** The classes that have a routable call and an agent for it, and these agents. */
export interface OpenClasses {
  readonly open: readonly Class[];
  /** The longest ready agent first. */
  readonly agentsOf: (demand: Class) => readonly FreeAgent[];
}

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
 * RC2. Other conditions are evaluated once for a class, when a free agent matches a routable call of it.
 */
export class CallRoutes {
  readonly #classes: DemandClasses;
  readonly #timed = new TimedCalls();
  readonly #figures: Figures;

  constructor(deps: {
    readonly classes: DemandClasses;
    readonly queueOf: (key: string) => WaitingQueue<WaitingCall> | undefined;
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
    const values = this.#figures.values(tenant, now, call);
    const { counts } = this.#classes.staff;
    return {
      holds: (condition) => holds(condition, 'all', values),
      statisticOf: this.#statisticsAt(now),
      statisticOfObject: (object, statistic) => values.statistic(object, statistic),
      statisticOfTarget: (target, statistic) =>
        counts.count(targetKey(target), target, statistic) ?? Number.NaN,
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

  /** RC2 */
  openClasses(now: number): OpenClasses {
    const found = new Map<Class, readonly FreeAgent[]>();
    const open = [...this.#classes.open].filter((demand) => {
      if (!demand.isConditional) return true;
      const agents = this.#openAgents(demand, now);
      found.set(demand, agents);
      return agents.length > 0;
    });
    return { open, agentsOf: (demand) => found.get(demand) ?? this.#classes.staff.freeFor(demand) };
  }

  /** The free agents who match a target that is open. */
  #openAgents(demand: Class, now: number): readonly FreeAgent[] {
    const values = this.#figures.values(demand.tenant, now);
    const targets = demand.targets.filter(
      ({ condition }) => condition === undefined || holds(condition, 'ofClass', values),
    );
    if (targets.length === 0) return [];
    const free = this.#classes.staff.freeFor(demand);
    const records = free.map(({ record }) => record);
    const statisticOf = this.#statisticsAt(now);
    const open = targets.filter((target) => isOpen(target, records, statisticOf));
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
    const values = this.#figures.values(demand.tenant, now, judged(call));
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

function judged({ queue, serial, enteredAt, priority }: WaitingCall): JudgedCall {
  return { vq: queue.key, serial, enteredAt, priority };
}
