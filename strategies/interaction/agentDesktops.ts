import { type Batch, type Durable, IdleWatch, joinBatches } from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';

/** Table of the agents whose event streams are watched. */
const WATCHED = 'agentDesktop';
const GONE_TASK = 'agent.desktopGone';

/** Time for which all event streams of an agent may be closed. */
export const DEFAULT_RECONNECT_MS = 60_000;

/**
 * Watches the event streams of agents' desktops. An agent who opened one, and has had none for the reconnect
 * time, is gone. Agents who never open a stream are not watched.
 */
export class AgentDesktops {
  readonly #durable: Durable;
  readonly #log: Log;
  readonly #reconnectMs: number;
  readonly #watch: IdleWatch<AgentId>;
  /** Number of open streams, by agent. */
  readonly #open = new Map<AgentId, number>();

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    /** Default: DEFAULT_RECONNECT_MS. */
    readonly reconnectMs?: number;
    /** Logs the agent out; empty for one who is logged out. */
    readonly leaveBatch: (agentId: AgentId) => Batch;
  }) {
    this.#durable = deps.durable;
    this.#log = deps.log;
    this.#reconnectMs = deps.reconnectMs ?? DEFAULT_RECONNECT_MS;
    this.#watch = new IdleWatch({
      durable: deps.durable,
      clock: deps.clock,
      kind: GONE_TASK,
      isInUse: (agentId) => this.isOpen(agentId),
      // One commit: a stream that is opened meanwhile begins to be watched again.
      end: (agentId) =>
        deps.durable.commit(
          joinBatches(deps.leaveBatch(agentId), { remove: [{ table: WATCHED, key: agentId }] }),
        ),
    });
  }

  /** A stream was opened. The returned function tells that it was closed. */
  opened(agentId: AgentId): () => void {
    this.#open.set(agentId, (this.#open.get(agentId) ?? 0) + 1);
    if (this.#durable.get(WATCHED, agentId) === undefined) this.#begin(agentId);
    let isOpen = true;
    return () => {
      if (isOpen) this.#closed(agentId);
      isOpen = false;
    };
  }

  /** True while a stream of the agent is open. */
  isOpen(agentId: AgentId): boolean {
    return this.#open.has(agentId);
  }

  #closed(agentId: AgentId): void {
    const others = (this.#open.get(agentId) ?? 1) - 1;
    if (others > 0) {
      this.#open.set(agentId, others);
      return;
    }
    this.#open.delete(agentId);
    this.#watch.touch(agentId);
  }

  #begin(agentId: AgentId): void {
    const begun = joinBatches(
      { put: [{ table: WATCHED, key: agentId, value: true }] },
      this.#watch.startBatch(agentId, this.#reconnectMs),
    );
    this.#durable.commit(begun).catch((error: unknown) => {
      // The next stream of the agent tries again.
      this.#log.error({ agentId, err: error }, 'The event stream of an agent is not watched.');
    });
  }
}
