import { type Durable, visitRecords } from '../../engine/durable/index.ts';
import { type Clock, type Log, recentEntries } from '../../engine/ports/index.ts';
import {
  type AccuracyView,
  type CountedCalls,
  type EstimatedCall,
  type EstimatorState,
  estimateTogether,
  joinAccuracies,
  QueueEstimator,
  type WaitEstimate,
  type WaitQuestion,
} from '../estimates/index.ts';
import { targetsOf } from '../targets/index.ts';
import { isLoggedInFor } from './agentState.ts';
import type { Agents } from './agents.ts';
import { type CallMove, type CallWatcher, type HandledCall, phaseOf } from './callWatcher.ts';
import { matchesDemand } from './demandClass.ts';
import { readState, stateRecord } from './estimateRecords.ts';
import { viewRoute } from './routeStrategy.ts';
import { CALL, type VirtualInteraction } from './virtualInteraction.ts';

/** Queues whose estimates are in memory; others are read from the store. */
export const MAX_ESTIMATED_QUEUES = 1_000;
/** ms for which the estimates of a crash may be lost. */
export const SAVE_EVERY_MS = 10_000;
/** ms for which the number of agents of a new queue is believed. */
const AGENTS_KEPT_MS = 10_000;

/**
 * The estimators of all queues.
 *
 * WE1. An estimator learns only from commits that succeeded.
 * WE2. Its state is stored SAVE_EVERY_MS after a change at the latest. A stop loses what came since; nothing
 *      else depends on it. A queue whose place another one takes keeps the count of its calls in memory, and
 *      its state until it is stored.
 * WE3. The calls that wait are counted anew at a start, from their records in the order of ids. A move of a
 *      call that is not counted yet counts nothing: its record will show where it is then.
 */
export class WaitEstimates implements CallWatcher {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #closing: AbortSignal | undefined;
  readonly #queues = new Map<string, QueueEstimator>();
  readonly #changed = new Set<string>();
  /** WE2: the states and the calls of queues whose places others took. */
  readonly #unsaved = new Map<string, EstimatorState>();
  readonly #counted = new Map<string, CountedCalls>();
  readonly #agentCounts = recentEntries<string, { readonly count: number; readonly at: number }>(
    MAX_ESTIMATED_QUEUES,
  );
  /** WE3: the last id that is counted; undefined: all are. */
  #countedTo: string | undefined;
  #isSaving = false;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly agents: Agents;
    /** Nothing is stored after it is aborted. */
    readonly closing?: AbortSignal;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#agents = deps.agents;
    this.#closing = deps.closing;
  }

  callsMoved(moves: readonly CallMove[], at: number): void {
    for (const { call, from, to } of moves) {
      if (this.#countedTo !== undefined && call.id > this.#countedTo) continue;
      const agents = (): number => this.#agentsFor(call);
      this.#learn(call.vq, (queue) => {
        queue.moved(estimated(call), { from, to, at, agents });
        if (to === 'served' || to === 'gone') this.#saveLater(call.vq);
      });
    }
  }

  callsHandled(handled: readonly HandledCall[]): void {
    for (const { vq, tookMs } of handled) {
      this.#learn(vq, (queue) => {
        queue.handled(tookMs);
        this.#saveLater(vq);
      });
    }
  }

  /** The estimate of a queue, or of queues together. Undefined while too little is known. */
  estimate(queues: readonly string[], question: WaitQuestion): WaitEstimate | undefined {
    if (queues.length === 1) return this.#findQueue(queues[0]!)?.estimate(question);
    const rates = queues.flatMap((vq) => this.#findQueue(vq)?.rates(question.agents) ?? []);
    return estimateTogether(rates, question.ahead);
  }

  /** The keys of the queues whose estimators are in memory. */
  get keys(): Iterable<string> {
    return this.#queues.keys();
  }

  /** The mean of the last handling times of these queues. Undefined: there are none. */
  handlingMs(queues: readonly string[]): number | undefined {
    const handled = queues.flatMap((vq) => this.#findQueue(vq)?.handling ?? []);
    const calls = handled.reduce((sum, one) => sum + one.calls, 0);
    return calls === 0 ? undefined : handled.reduce((sum, one) => sum + one.meanMs * one.calls, 0) / calls;
  }

  /** The estimates of the last served calls of these queues, compared with their waits. Undefined: none. */
  accuracy(queues: readonly string[]): AccuracyView | undefined {
    const joined = joinAccuracies(queues.flatMap((vq) => this.#findQueue(vq)?.accuracy ?? []));
    return joined.calls === 0 ? undefined : joined;
  }

  /** Counts the calls that wait, after a start. Rejects with StoreError. WE3. */
  async countWaiting(): Promise<void> {
    for (const queue of this.#queues.values()) queue.clear();
    this.#counted.clear();
    this.#countedTo = '';
    try {
      await visitRecords<VirtualInteraction>(this.#durable, CALL, ({ key, value }) => {
        const phase = phaseOf(value);
        if (phase === 'waiting' || phase === 'asked') {
          this.#queueOf(value.vq).restored(estimated(value), phase, this.#clock.now());
        }
        this.#countedTo = key;
        return this.#closing?.aborted !== true;
      });
    } finally {
      this.#countedTo = undefined;
    }
  }

  /** Never throws: the commit from which it learns is durable. */
  #learn(vq: string, teach: (queue: QueueEstimator) => void): void {
    try {
      teach(this.#queueOf(vq));
    } catch (error) {
      if (this.#closing?.aborted === true) return;
      this.#log.warn({ err: error, vq }, 'The estimated waits of a queue could not be read.');
    }
  }

  #queueOf(vq: string): QueueEstimator {
    return this.#findQueue(vq) ?? this.#keep(vq, undefined);
  }

  /** Undefined: nothing is known of such a queue. A question may have any name, so it makes no estimator. */
  #findQueue(vq: string): QueueEstimator | undefined {
    const known = this.#queues.get(vq);
    if (known !== undefined) {
      // The queue that was unused for longest is the first.
      this.#queues.delete(vq);
      this.#queues.set(vq, known);
      return known;
    }
    const state = this.#unsaved.get(vq) ?? readState(this.#durable, vq);
    return state !== undefined || this.#counted.has(vq) ? this.#keep(vq, state) : undefined;
  }

  /** WE2 */
  #makeRoom(): void {
    if (this.#queues.size < MAX_ESTIMATED_QUEUES) return;
    const [[vq, queue] = []] = this.#queues;
    if (vq === undefined || queue === undefined) return;
    this.#queues.delete(vq);
    const { counted } = queue;
    if (counted !== undefined) this.#counted.set(vq, counted);
    if (this.#changed.has(vq) && this.#unsaved.size < MAX_ESTIMATED_QUEUES) {
      this.#unsaved.set(vq, queue.state);
    }
  }

  #keep(vq: string, state: EstimatorState | undefined): QueueEstimator {
    const queue = new QueueEstimator(state, this.#counted.get(vq));
    this.#counted.delete(vq);
    this.#unsaved.delete(vq);
    this.#makeRoom();
    this.#queues.set(vq, queue);
    return queue;
  }

  /** The agents who are logged in and could take the call. */
  #agentsFor({ vq, media, snapshot }: VirtualInteraction): number {
    const now = this.#clock.now();
    const known = this.#agentCounts.get(vq);
    if (known !== undefined && now - known.at < AGENTS_KEPT_MS) return known.count;
    const { steps, active } = viewRoute(snapshot).context;
    const demand = { media, targets: targetsOf(steps, active) };
    const count = this.#agents
      .records()
      .filter((agent) => isLoggedInFor(agent, media) && matchesDemand(demand, agent)).length;
    this.#agentCounts.set(vq, { count, at: now });
    return count;
  }

  #saveLater(vq: string): void {
    this.#changed.add(vq);
    if (this.#isSaving || this.#closing?.aborted === true) return;
    this.#isSaving = true;
    const cancel = this.#clock.at(this.#clock.now() + SAVE_EVERY_MS, () => {
      this.#closing?.removeEventListener('abort', cancel);
      void this.#save();
    });
    this.#closing?.addEventListener('abort', cancel, { once: true });
  }

  /** Never rejects: the next change tries again. WE2. */
  async #save(): Promise<void> {
    const now = this.#clock.now();
    const changed = [...this.#changed];
    this.#changed.clear();
    this.#isSaving = false;
    try {
      const states = changed.flatMap((vq) => {
        const state = this.#queues.get(vq)?.state ?? this.#unsaved.get(vq);
        return state === undefined ? [] : [{ vq, state }];
      });
      await this.#durable.commit({ put: states.map(({ vq, state }) => stateRecord(vq, state, now)) });
      for (const { vq, state } of states) {
        if (this.#unsaved.get(vq) === state) this.#unsaved.delete(vq);
      }
    } catch (error) {
      if (this.#closing?.aborted === true) return;
      for (const vq of changed) this.#changed.add(vq);
      this.#log.warn({ err: error }, 'The estimated waits could not be stored.');
    }
  }
}

function estimated({ id, enteredAt, priority }: VirtualInteraction): EstimatedCall {
  return { id, enteredAt, rule: priority };
}
