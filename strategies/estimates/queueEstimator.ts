import { Accuracy, type AccuracyView } from './accuracy.ts';
import type { CallPhase, EstimatedCall, WaitEstimate, WaitQuestion } from './estimates.ts';
import { NumberRing } from './numberRing.ts';
import { Patience } from './patience.ts';
import { bucketOf, formulaBand, RatioBand } from './ratioBand.ts';
import { RuleLanes } from './ruleLanes.ts';
import { type QueueRates, waitWithOvertaking } from './waitFormulas.ts';

/** Departures whose distances give the busy slot. */
export const SLOT_WINDOW = 400;
/** With fewer departures, the handling time and the number of agents give the slot. */
export const MIN_SLOTS = 50;
/** Handling times whose mean is the handling time. */
export const HANDLING_WINDOW = 500;
/** A call that gets its agent within this time found a free one: it did not wait. */
export const IMMEDIATE_MS = 100;
/** Waiting calls of a queue whose estimate is remembered, to be compared with their wait. */
export const MAX_FOLLOWED = 500;

/** Rings and sums as numbers, for the store. */
export interface EstimatorState {
  readonly slots: Float32Array;
  readonly handled: Float32Array;
  readonly patience: readonly [gaveUp: number, waitedMs: number];
  readonly ratios: readonly Float32Array[];
  readonly accuracy: readonly Float32Array[];
}

/** The calls that are in a queue, as its estimator counts them. */
export interface CountedCalls {
  readonly lanes: RuleLanes;
  readonly asked: ReadonlyMap<string, boolean>;
  readonly waiting: number;
  readonly busyMs: number;
  readonly seenAt: number;
  readonly departedAtBusyMs: number;
}

/**
 * The expected waits of one queue, learned from its calls.
 *
 * QE1. The busy slot is the mean time between departures, counted only while somebody waits without an agent.
 *      So it needs neither the number of agents nor their handling times, and holds for shared agents too.
 * QE2. The time that somebody waits is one sum. A departure adds the growth of the sum since the departure
 *      before. So the mean is the time with waiting customers, divided by the departures.
 * QE3. Calls that found a free agent are no departures, and do not count as estimates.
 */
export class QueueEstimator {
  readonly #slots: NumberRing;
  readonly #handled: NumberRing;
  readonly #patience: Patience;
  readonly #band: RatioBand;
  readonly #accuracy: Accuracy;
  readonly #lanes: RuleLanes;
  /** The estimates of calls that wait, by their ids. */
  readonly #said = new Map<string, WaitEstimate & { readonly bucket: number }>();
  /** Calls whose agents are asked, and whether they waited for the agent. */
  readonly #asked: Map<string, boolean>;
  /** Calls that wait without an agent. */
  #waiting: number;
  /** QE2: ms with waiting calls, until `#seenAt`; and its value at the last departure. */
  #busyMs: number;
  #seenAt: number;
  #departedAtBusyMs: number;

  /** `counted`: the calls of the estimator whose place this one takes. */
  constructor(state?: EstimatorState, counted?: CountedCalls) {
    this.#slots = new NumberRing(SLOT_WINDOW, state?.slots);
    this.#handled = new NumberRing(HANDLING_WINDOW, state?.handled);
    this.#patience = new Patience(state?.patience);
    this.#band = new RatioBand(state?.ratios);
    this.#accuracy = new Accuracy(state?.accuracy);
    this.#lanes = counted?.lanes ?? new RuleLanes();
    this.#asked = new Map(counted?.asked);
    this.#waiting = counted?.waiting ?? 0;
    this.#busyMs = counted?.busyMs ?? 0;
    this.#seenAt = counted?.seenAt ?? 0;
    this.#departedAtBusyMs = counted?.departedAtBusyMs ?? 0;
  }

  /** The last handling times. Undefined: there are none. */
  get handling(): { readonly meanMs: number; readonly calls: number } | undefined {
    const meanMs = this.#handled.mean;
    return meanMs === undefined ? undefined : { meanMs, calls: this.#handled.length };
  }

  /** The call moves from one phase to another at this time. `agents` as in WaitQuestion. */
  moved(
    call: EstimatedCall,
    { from, to, at, agents }: { from: CallPhase; to: CallPhase; at: number; agents: () => number },
  ): void {
    this.#see(at);
    if (from === 'outside' && isInQueue(to)) this.#enter(call, at, agents);
    else if (!isInQueue(from) && isInQueue(to)) this.#lanes.add(call.rule);
    this.#waiting = Math.max(0, this.#waiting + Number(to === 'waiting') - Number(from === 'waiting'));
    const waitedMs = Math.max(0, at - call.enteredAt);
    const hasWaited = this.#asked.get(call.id) ?? waitedMs > IMMEDIATE_MS;
    this.#asked.delete(call.id);
    if (to === 'asked') this.#asked.set(call.id, hasWaited);
    if (!isInQueue(from) || isInQueue(to)) return;
    this.#lanes.remove(call.rule);
    this.#patience.left(waitedMs, Number(to === 'gone'));
    if (to === 'served' && hasWaited) this.#depart(call.id, waitedMs);
    this.#said.delete(call.id);
  }

  /** A call that was in the queue before this process began. */
  restored(call: EstimatedCall, phase: 'waiting' | 'asked', at: number): void {
    this.#see(at);
    this.#lanes.add(call.rule);
    if (phase === 'waiting') this.#waiting += 1;
    else this.#asked.set(call.id, true);
  }

  /** Forgets the calls that wait; restored() tells of them again. */
  clear(): void {
    this.#waiting = 0;
    this.#lanes.clear();
    this.#asked.clear();
    this.#said.clear();
  }

  /** An agent was busy with a call of the queue for this time. */
  handled(ms: number): void {
    this.#handled.push(Math.max(0, ms));
  }

  /** Undefined while too little is known. */
  estimate(question: WaitQuestion): WaitEstimate | undefined {
    const rates = this.rates(question.agents);
    if (rates === undefined) return undefined;
    const overtaking = this.#lanes.overtaking(question.rule, question.ageMs, question.now);
    const law = waitWithOvertaking(question.ahead, rates, overtaking);
    return law && this.#band.around(bucketOf(question.ahead), law);
  }

  /** Undefined while too little is known. */
  rates(agents: () => number): QueueRates | undefined {
    const slotMs = this.#slotMs(agents);
    return slotMs === undefined ? undefined : { slotMs, patience: this.#patience.rate };
  }

  /** The estimates of the last served calls, compared with their waits. */
  get accuracy(): AccuracyView {
    return this.#accuracy.view;
  }

  /** Undefined: no call is in the queue. */
  get counted(): CountedCalls | undefined {
    if (this.#waiting === 0 && this.#asked.size === 0) return undefined;
    return {
      lanes: this.#lanes,
      asked: this.#asked,
      waiting: this.#waiting,
      busyMs: this.#busyMs,
      seenAt: this.#seenAt,
      departedAtBusyMs: this.#departedAtBusyMs,
    };
  }

  get state(): EstimatorState {
    return {
      slots: this.#slots.toArray(),
      handled: this.#handled.toArray(),
      patience: this.#patience.state,
      ratios: this.#band.state,
      accuracy: this.#accuracy.state,
    };
  }

  #see(at: number): void {
    if (this.#waiting > 0) this.#busyMs += Math.max(0, at - this.#seenAt);
    this.#seenAt = Math.max(at, this.#seenAt);
  }

  #enter(call: EstimatedCall, at: number, agents: () => number): void {
    if (this.#said.size < MAX_FOLLOWED) {
      const ahead = this.#lanes.ahead(call.rule, at);
      const said = this.estimate({ ahead, rule: call.rule, ageMs: 0, now: at, agents });
      if (said !== undefined) this.#said.set(call.id, { ...said, bucket: bucketOf(ahead) });
    }
    this.#lanes.enter(call.rule, at);
  }

  #depart(id: string, waitedMs: number): void {
    this.#slots.push(this.#busyMs - this.#departedAtBusyMs);
    this.#departedAtBusyMs = this.#busyMs;
    const said = this.#said.get(id);
    if (said === undefined) return;
    this.#band.learn(said.bucket, waitedMs / said.meanMs);
    this.#accuracy.learn(said, waitedMs);
  }

  /** Undefined also if calls take no time: the clock went back, or all of them left in one moment. */
  #slotMs(agents: () => number): number | undefined {
    const slotMs = this.#slots.length >= MIN_SLOTS ? this.#slots.mean : this.#handlingSlotMs(agents);
    return slotMs !== undefined && slotMs > 0 ? slotMs : undefined;
  }

  #handlingSlotMs(agents: () => number): number | undefined {
    const handlingMs = this.#handled.mean;
    const count = handlingMs === undefined ? 0 : agents();
    return handlingMs === undefined || count === 0 ? undefined : handlingMs / count;
  }
}

/** The estimate of several queues together, whose agents serve all of them; the quantiles are rough. */
export function estimateTogether(rates: readonly QueueRates[], ahead: number): WaitEstimate | undefined {
  if (rates.length === 0) return undefined;
  const slotMs = 1 / rates.reduce((sum, one) => sum + 1 / one.slotMs, 0);
  const patience = rates.reduce((sum, one) => sum + one.patience, 0) / rates.length;
  const law = waitWithOvertaking(ahead, { slotMs, patience }, []);
  if (law === undefined) return undefined;
  return formulaBand(law);
}

function isInQueue(phase: CallPhase): boolean {
  return phase === 'waiting' || phase === 'asked';
}
