import { type Batch, type Durable, IdleWatch, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';

/** Times for which all event streams of an agent may be closed, without a request of theirs. */
export interface DesktopTimes {
  /** Then the agent is not ready. */
  readonly notReadyMs: number;
  /** Then the agent is logged out. */
  readonly logoutMs: number;
  /** Then their interactions return to the heads of their queues. Not shorter than `logoutMs`. */
  readonly handlingMs: number;
}

export const DEFAULT_DESKTOP_TIMES: DesktopTimes = {
  notReadyMs: 30_000,
  logoutMs: 300_000,
  handlingMs: 300_000,
};

/** Changes with the commit that ends a time of DesktopTimes. */
export interface DesktopLosses {
  /** Sets the agent not ready; empty for one who is not ready. */
  readonly notReadyBatch: (agentId: AgentId) => Batch;
  /** Logs the agent out; empty for one who is logged out. */
  readonly logOutBatch: (agentId: AgentId) => Batch;
  /** Returns the interactions of the agent. */
  readonly returnBatch: (agentId: AgentId) => Batch;
}

/**
 * Watches the desktops of agents by their event streams and requests. An agent who opened a stream, and has
 * had neither a stream nor a request for a time, is lost in three steps: DesktopTimes. Agents who never open
 * a stream are not watched.
 *
 * AD1. The last step is watched whenever another one is. A sign of life begins the steps again that were
 *      performed, as long as the last one was not.
 */
export class AgentDesktops {
  readonly #log: Log;
  readonly #exists: (agentId: AgentId) => boolean;
  readonly #notReady: Step;
  readonly #logout: Step;
  readonly #handling: Step;
  /** Number of open streams, by agent. */
  readonly #open = new Map<AgentId, number>();
  readonly #durable: Durable;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly times?: DesktopTimes;
    /** Whether there is such an agent. */
    readonly exists: (agentId: AgentId) => boolean;
    readonly losses: DesktopLosses;
  }) {
    const { losses, times = DEFAULT_DESKTOP_TIMES } = deps;
    this.#durable = deps.durable;
    this.#log = deps.log;
    this.#exists = deps.exists;
    const isInUse = (agentId: AgentId): boolean => this.isOpen(agentId);
    const base = { durable: deps.durable, clock: deps.clock, isInUse };
    this.#notReady = new Step({
      ...base,
      table: 'agentDesktopAway',
      kind: 'agent.desktopAway',
      timeoutMs: times.notReadyMs,
      endBatch: losses.notReadyBatch,
    });
    this.#logout = new Step({
      ...base,
      table: 'agentDesktop',
      kind: 'agent.desktopGone',
      timeoutMs: times.logoutMs,
      // AD1. In a store of an earlier version there is only this step.
      endBatch: (agentId) => joinBatches(losses.logOutBatch(agentId), this.#handling.beginBatch(agentId)),
    });
    this.#handling = new Step({
      ...base,
      table: 'agentDesktopHandling',
      kind: 'agent.desktopHandling',
      timeoutMs: times.handlingMs,
      endBatch: losses.returnBatch,
    });
  }

  /** A stream was opened. The returned function tells that it was closed. */
  opened(agentId: AgentId): () => void {
    this.#open.set(agentId, (this.#open.get(agentId) ?? 0) + 1);
    this.#touch(agentId);
    let isOpen = true;
    return () => {
      if (isOpen) this.#closed(agentId);
      isOpen = false;
    };
  }

  /** The desktop sent a request. */
  seen(agentId: AgentId): void {
    if (this.#handling.isWatched(agentId)) this.#touch(agentId);
  }

  /** The agent no longer exists. */
  forgetBatch(agentId: AgentId): Batch {
    return joinBatches(this.#steps.map((step) => step.forgetBatch(agentId)));
  }

  /** True while a stream of the agent is open. */
  isOpen(agentId: AgentId): boolean {
    return this.#open.has(agentId);
  }

  get #steps(): readonly Step[] {
    return [this.#notReady, this.#logout, this.#handling];
  }

  #closed(agentId: AgentId): void {
    const others = (this.#open.get(agentId) ?? 1) - 1;
    if (others > 0) {
      this.#open.set(agentId, others);
      return;
    }
    this.#open.delete(agentId);
    this.#touch(agentId);
  }

  #touch(agentId: AgentId): void {
    if (!this.#exists(agentId)) return;
    for (const step of this.#steps) step.touch(agentId);
    const missing = this.#steps.filter((step) => !step.isWatched(agentId));
    if (missing.length === 0) return;
    const begun = joinBatches(missing.map((step) => step.beginBatch(agentId)));
    this.#durable.commit(begun).catch((error: unknown) => {
      // The next sign of life tries again.
      this.#log.error({ agentId, err: error }, 'The desktop of an agent is not watched.');
    });
  }
}

/** One of the steps in which an agent is lost. */
class Step {
  readonly #durable: Durable;
  readonly #table: string;
  readonly #timeoutMs: number;
  readonly #watch: IdleWatch<AgentId>;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly isInUse: (agentId: AgentId) => boolean;
    /** The agents for whom it is watched. */
    readonly table: string;
    readonly kind: string;
    readonly timeoutMs: number;
    readonly endBatch: (agentId: AgentId) => Batch;
  }) {
    const { durable, clock, isInUse, table, kind, timeoutMs } = deps;
    this.#durable = durable;
    this.#table = table;
    this.#timeoutMs = timeoutMs;
    this.#watch = new IdleWatch({
      durable,
      clock,
      kind,
      timeoutMs,
      isInUse,
      // One commit: a sign of life meanwhile begins the step again.
      end: async (agentId) => {
        if (!this.isWatched(agentId)) return;
        const over = { remove: [{ table, key: agentId }] };
        await durable.commit(joinBatches(deps.endBatch(agentId), over));
      },
    });
  }

  isWatched(agentId: AgentId): boolean {
    return this.#durable.get(this.#table, agentId) !== undefined;
  }

  touch(agentId: AgentId): void {
    if (this.isWatched(agentId)) this.#watch.touch(agentId);
  }

  forgetBatch(agentId: AgentId): Batch {
    return { remove: [{ table: this.#table, key: agentId }] };
  }

  /** Empty while it is watched. */
  beginBatch(agentId: AgentId): Batch {
    if (this.isWatched(agentId)) return {};
    return joinBatches(
      { put: [{ table: this.#table, key: agentId, value: true }] },
      this.#watch.startBatch(agentId, this.#timeoutMs),
    );
  }
}
