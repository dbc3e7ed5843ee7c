import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import { nextArrival } from './arrivals.ts';
import type { ConnId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { DEFAULT_TENANT, queueKey, targetQueueKey } from './queueNames.ts';
import type { SkillPrecedence } from './skillExpression.ts';
import { DEFAULT_RESERVE_TIMEOUT_MS, type StartCall } from './startCall.ts';
import { Strategy, type StrategyNames } from './strategyNames.ts';
import { respellTargets } from './target.ts';
import { parseTargetList } from './targetList.ts';

/** Makes calls of requests, and gives them their places in the queues. */
export class CallStarts {
  readonly #clock: Clock;
  readonly #durable: Durable;
  readonly #runtime: CallRuntime;
  readonly #strategies: StrategyNames;
  readonly #precedence: SkillPrecedence;

  constructor(deps: {
    readonly clock: Clock;
    readonly durable: Durable;
    readonly runtime: CallRuntime;
    readonly names: StrategyNames;
    /** The order of `&` and `|` in skill expressions. Default: leftToRight. */
    readonly skillPrecedence?: SkillPrecedence;
  }) {
    this.#clock = deps.clock;
    this.#durable = deps.durable;
    this.#runtime = deps.runtime;
    this.#strategies = deps.names;
    this.#precedence = deps.skillPrecedence ?? 'leftToRight';
  }

  /** Throws RoutingError STRATEGY_UNKNOWN or TARGET_INVALID. */
  startBatch(id: ConnId, request: StartCall): Batch {
    const { sessionUrl, sessionId, serviceId, data, tenant = DEFAULT_TENANT } = request;
    const strategy = Strategy.WAIT_FOR_TARGET;
    this.#strategies.require(request.strategy ?? strategy, strategy);
    const steps = parseTargetList(request.target).map((step) => ({
      ...step,
      target: respellTargets(step.target, this.#precedence),
    }));
    const vq =
      request.vq === undefined ? targetQueueKey(tenant, request.target) : queueKey(tenant, request.vq);
    const { serial, batch: taken } = nextArrival(this.#durable);
    const { base = 0, increment = 0, everyMs = 0 } = request.priority ?? {};
    const call = {
      id,
      owner: { kind: 'call' as const, ...defined({ sessionUrl, sessionId }) },
      tenant,
      strategy,
      ...defined({ serviceId, data }),
      media: request.media ?? 'chat',
      vq,
      serial,
      enteredAt: this.#clock.now(),
      priority: { base, increment, everyMs },
    };
    const reserveTimeoutMs = request.reserveTimeoutMs ?? DEFAULT_RESERVE_TIMEOUT_MS;
    const route = { steps, reserveTimeoutMs, delayMs: request.routeDelayMs ?? null };
    return joinBatches(taken, this.#runtime.startBatch(call, route));
  }
}
