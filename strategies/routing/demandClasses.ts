import { defined } from '../../engine/ports/index.ts';
import { formatTarget } from '../targets/index.ts';
import type { BlockingRules } from './agentRoom.ts';
import { DemandClass } from './demandClass.ts';
import { type CallDemand, DemandKeys, type KeyedDemand } from './demandKeys.ts';
import { RoutingError } from './errors.ts';
import { Staff } from './staff.ts';
import { explainUnservable, isServable } from './unservable.ts';
import type { WaitingCall } from './waitingCall.ts';

type Class = DemandClass<WaitingCall>;

/** Classes with calls, above which a call that needs another one is refused. */
export const MAX_DEMAND_CLASSES = 10_000;
/** Classes without calls that are kept for the next call like theirs. */
export const MAX_IDLE_CLASSES = 1_024;

/**
 * The demand classes: calls of a class have the same medium and the same targets, so the same agents may take
 * them.
 */
export class DemandClasses {
  readonly staff: Staff;
  readonly #byId = new Map<number, Class>();
  readonly #byKey = new Map<string, Class>();
  readonly #keys = new DemandKeys();
  /** Classes with a routable call and a free agent. */
  readonly #open = new Set<Class>();
  /** Classes without calls; the one that was left first is the first. */
  readonly #idle = new Set<Class>();
  readonly #freeIds: number[] = [];

  constructor({ blocking }: { readonly blocking?: BlockingRules | undefined } = {}) {
    this.staff = new Staff({
      classes: this.#byId,
      noteFree: ({ id }) => this.note(this.#byId.get(id)!),
      ...defined({ blocking }),
    });
  }

  get open(): Iterable<Class> {
    return this.#open;
  }

  /** The class of a call's target strings. */
  of(call: CallDemand): Class {
    return this.ofDemand(this.#keys.of(call));
  }

  /** Throws RoutingError ROUTING_LIMITED when a call with new targets would be one too many. */
  admit(call: CallDemand): void {
    const { key, demand } = this.#keys.of(call);
    if (this.#byKey.size - this.#idle.size < MAX_DEMAND_CLASSES) return;
    if ((this.#byKey.get(key)?.calls ?? 0) > 0) return;
    const expected = `Expected the targets of calls that wait, because calls with ${MAX_DEMAND_CLASSES} different targets wait (MAX_DEMAND_CLASSES)`;
    const [target] = demand.targets;
    const got = target === undefined ? 'none' : `'${formatTarget(target).slice(0, 80)}'`;
    throw new RoutingError('ROUTING_LIMITED', `${expected}, got ${got}.`);
  }

  ofDemand({ key, demand }: KeyedDemand): Class {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const id = this.#freeIds.pop() ?? this.#byId.size;
    const created = new DemandClass<WaitingCall>(id, key, demand);
    this.#byId.set(id, created);
    this.#byKey.set(key, created);
    this.#idle.add(created);
    this.staff.addClass(created);
    return created;
  }

  /** The things that all agents together lack for such a call; undefined: nothing. */
  whyUnservable(call: CallDemand): string | undefined {
    const { key, demand } = this.#keys.of(call);
    const known = this.#byKey.get(key);
    const agents = this.staff.records;
    const canServe = known === undefined ? isServable(demand, agents) : this.canServe(known);
    return canServe ? undefined : explainUnservable(demand, agents);
  }

  /** Whether the agents, in whatever state, could take a call of the class. */
  canServe(demand: Class): boolean {
    // Only a threshold needs a look at the agents.
    return demand.agents > 0 && (!demand.hasThreshold || isServable(demand, this.staff.records));
  }

  /** A call of the class came (1) or left (-1). */
  count(demand: Class, change: 1 | -1): void {
    demand.calls += change;
    if (demand.calls > 0) {
      this.#idle.delete(demand);
      return;
    }
    this.#idle.add(demand);
    if (this.#idle.size <= MAX_IDLE_CLASSES) return;
    const [longest] = this.#idle;
    this.#remove(longest!);
  }

  /** The class got or lost its last routable call, or its last free agent. */
  note(demand: Class): void {
    if (demand.isWanted && demand.freeAgents > 0) this.#open.add(demand);
    else this.#open.delete(demand);
  }

  #remove(demand: Class): void {
    this.#idle.delete(demand);
    this.#byKey.delete(demand.key);
    this.#byId.delete(demand.id);
    this.#freeIds.push(demand.id);
    this.staff.removeClass(demand);
  }
}
