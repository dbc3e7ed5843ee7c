import { type Durable, visitRecords } from '../../engine/durable/index.ts';
import { type Clock, type Log, recentEntries } from '../../engine/ports/index.ts';
import {
  type AccuracyView,
  type EstimatedCall,
  type EstimatorState,
  estimateTogether,
  joinAccuracies,
  QueueEstimator,
  type WaitEstimate,
  type WaitQuestion,
} from '../estimates/index.ts';
import { isLoggedInFor } from './agentState.ts';
import type { Agents } from './agents.ts';
import { type CallMove, type CallWatcher, type HandledCall, phaseOf } from './callWatcher.ts';
import { matchesDemand } from './demandClass.ts';
import { readState, stateRecord } from './estimateRecords.ts';
import { targetsOf } from './targetList.ts';
import { CALL, type VirtualInteraction } from './virtualInteraction.ts';
import { viewRoute } from './waitForTarget.ts';

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
 * WE2. Its state is stored SAVE_EVERY_MS after a change at the latest. A stop, or another queue that takes
 *      its place in memory, loses what came since; nothing else depends on it.
 * WE3. The calls that wait are counted anew at a start, from their records in the order of ids. A move of a
 *      call that is not counted yet counts nothing: its record will show where it is then.
 */
export class WaitEstimates implements CallWatcher {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #agents: Agents;
  readonly #closing: AbortSignal | undefined;
  readonly #queues = recentEntries<string, QueueEstimator>(MAX_ESTIMATED_QUEUES);
  readonly #changed = new Set<string>();
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

  /** The estimates of the last served calls of these queues, compared with their waits. Undefined: none. */
  accuracy(queues: readonly string[]): AccuracyView | undefined {
    const joined = joinAccuracies(queues.flatMap((vq) => this.#findQueue(vq)?.accuracy ?? []));
    return joined.calls === 0 ? undefined : joined;
  }

  /** Counts the calls that wait, after a start. Rejects with StoreError. WE3. */
  async countWaiting(): Promise<void> {
    for (const queue of this.#queues.values()) queue.clear();
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
    if (known !== undefined) return known;
    const state = readState(this.#durable, vq);
    return state && this.#keep(vq, state);
  }

  #keep(vq: string, state: EstimatorState | undefined): QueueEstimator {
    const queue = new QueueEstimator(state);
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
      // A queue that is no longer in memory has nothing to store.
      const put = changed.flatMap((vq) => {
        const queue = this.#queues.peek(vq);
        return queue === undefined ? [] : [stateRecord(vq, queue.state, now)];
      });
      await this.#durable.commit({ put });
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
