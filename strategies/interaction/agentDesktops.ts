import {
  type Batch,
  type Durable,
  IdleWatch,
  joinBatches,
  type StoredUse,
} from '../../engine/durable/index.ts';
import { type Clock, defined, type Log } from '../../engine/ports/index.ts';
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

/** Table, key: the agent. ms since epoch of the last sign of life, for AD2. */
const LOST = 'agentDesktopLost';

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
 * AD2. The first step stores the time of the last sign of life. So the other steps come at the same time
 *      after a restart, but leave the desktop the time of the first step to come back.
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
    const lostBatch = (agentId: AgentId, at: number): Batch => ({
      put: [{ table: LOST, key: agentId, value: at }],
    });
    const storedUse = (agentId: AgentId): StoredUse | undefined => {
      const at = deps.durable.get<number>(LOST, agentId);
      return at === undefined ? undefined : { at, graceMs: times.notReadyMs };
    };
    this.#notReady = new Step({
      ...base,
      table: 'agentDesktopAway',
      kind: 'agent.desktopAway',
      timeoutMs: times.notReadyMs,
      endBatch: (agentId, idleSince) =>
        joinBatches(losses.notReadyBatch(agentId), lostBatch(agentId, idleSince)),
    });
    this.#logout = new Step({
      ...base,
      table: 'agentDesktop',
      kind: 'agent.desktopGone',
      timeoutMs: times.logoutMs,
      storedUse,
      // AD1. In a store of an earlier version there is only this step.
      endBatch: (agentId) => joinBatches(losses.logOutBatch(agentId), this.#handling.beginBatch(agentId)),
    });
    this.#handling = new Step({
      ...base,
      table: 'agentDesktopHandling',
      kind: 'agent.desktopHandling',
      timeoutMs: times.handlingMs,
      storedUse,
      endBatch: (agentId) => joinBatches(losses.returnBatch(agentId), foundBatch(agentId)),
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
    return joinBatches(
      this.#steps.map((step) => step.forgetBatch(agentId)),
      foundBatch(agentId),
    );
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
    const begun = joinBatches(
      missing.map((step) => step.beginBatch(agentId)),
      foundBatch(agentId),
    );
    this.#durable.commit(begun).catch((error: unknown) => {
      // The next sign of life tries again.
      this.#log.error({ agentId, err: error }, 'The desktop of an agent is not watched.');
    });
  }
}

/** AD2. The desktop is there, or nothing is left to lose. */
function foundBatch(agentId: AgentId): Batch {
  return { remove: [{ table: LOST, key: agentId }] };
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
    /** The last sign of life, where it is stored. */
    readonly storedUse?: (agentId: AgentId) => StoredUse | undefined;
    readonly endBatch: (agentId: AgentId, idleSince: number) => Batch;
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
      ...defined({ storedUse: deps.storedUse }),
      end: async (agentId, idleSince) => {
        if (!this.isWatched(agentId)) return;
        const over = { remove: [{ table, key: agentId }] };
        await durable.commit(joinBatches(deps.endBatch(agentId, idleSince), over));
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
