import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { ConnId } from './callIds.ts';
import { QueueGroups } from './queueGroups.ts';
import { DEFAULT_TENANT, isTargetQueue, queueKey, queueNameOf } from './queueNames.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { readCall } from './virtualInteraction.ts';
import { type QueueView, viewQueue } from './virtualQueues.ts';
import { DEFAULT_ESTIMATE, type EstimateMethod } from './waitEstimate.ts';
import type { WaitEstimates } from './waitEstimates.ts';

/** A question about a queue. */
export interface QueueQuestion {
  /** Name of a queue, or of a group of queues. */
  readonly vq?: string;
  readonly tenant?: string;
  readonly method?: EstimateMethod;
}

/** Answers questions about queues and groups of queues by their names. */
export class QueueQuestions {
  readonly #durable: Durable;
  readonly #index: RoutingIndex;
  readonly #clock: Clock;
  readonly #estimates: WaitEstimates;
  readonly #method: EstimateMethod;
  readonly #groups: QueueGroups;

  constructor(deps: {
    readonly durable: Durable;
    readonly index: RoutingIndex;
    readonly clock: Clock;
    readonly estimates: WaitEstimates;
    /** For questions that name no method. Default: DEFAULT_ESTIMATE. */
    readonly estimateMethod?: EstimateMethod;
    /** Names of groups of queues (without .GQ), and the names of their queues. */
    readonly queueGroups?: Readonly<Record<string, readonly string[]>>;
  }) {
    this.#durable = deps.durable;
    this.#index = deps.index;
    this.#clock = deps.clock;
    this.#estimates = deps.estimates;
    this.#method = deps.estimateMethod ?? DEFAULT_ESTIMATE;
    this.#groups = new QueueGroups(deps.queueGroups);
  }

  /** Rejects with RoutingError CALL_NOT_FOUND, or ROUTING_REQUEST_INVALID for an unknown group. */
  async view(connId: ConnId, { vq, tenant, method = this.#method }: QueueQuestion = {}): Promise<QueueView> {
    const queues =
      vq === undefined
        ? undefined
        : this.#groups.queuesOf(vq).map((name) => this.#keyFor(connId, name, tenant));
    return viewQueue(
      { durable: this.#durable, index: this.#index, clock: this.#clock, estimates: this.#estimates },
      { id: connId, method, ...defined({ queues }) },
    );
  }

  /**
   * Number of calls that wait and that no agent, in whatever state, can take. Rejects with RoutingError
   * ROUTING_REQUEST_INVALID for an unknown group.
   */
  async countUnservable(vq: string, tenant: string): Promise<number> {
    const keys = this.keysOf(vq, tenant);
    const calls = await this.#index.ready();
    const now = this.#clock.now();
    return keys.reduce((sum, key) => sum + calls.countUnservable(key, now), 0);
  }

  /** Throws RoutingError ROUTING_REQUEST_INVALID for an unknown group. */
  keysOf(vq: string, tenant: string): readonly string[] {
    return this.#groups.queuesOf(vq).map((name) => queueKey(tenant, name));
  }

  /** The key of a queue that a request about a call names. */
  #keyFor(connId: ConnId, name: string, tenant: string | undefined): string {
    const call = readCall(this.#durable, connId);
    if (call === undefined) return queueKey(tenant ?? DEFAULT_TENANT, name);
    const isOwn = name === queueNameOf(call.vq) && (tenant ?? call.tenant) === call.tenant;
    // A call that named no queue is asked for by the name that its document has in mind.
    return isOwn || isTargetQueue(call.vq) ? call.vq : queueKey(tenant ?? call.tenant, name);
  }
}
