import { type Batch, type Durable, joinBatches, keyedBy, type Once } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Ids, type Log, ownId } from '../../engine/ports/index.ts';
import type { AgentId, ServiceId } from '../ids/index.ts';
import { parseTargetList, respellTargets, type SkillPrecedence } from '../targets/index.ts';
import { headArrival, nextArrival } from './arrivals.ts';
import type { ConnId } from './callIds.ts';
import type { CallRuntime } from './callRuntime.ts';
import { DEFAULT_TENANT, queueKey, queueNameOf, targetQueueKey } from './queueNames.ts';
import { viewRoute } from './routeStrategy.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { DEFAULT_RESERVE_TIMEOUT_MS, type StartCall, type StartedCall } from './startCall.ts';
import { Strategy, type StrategyNames } from './strategyNames.ts';
import type { InteractionOffers } from './submits.ts';
import { warnUnservable } from './unservable.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';

/** The agent who had the last interaction of the customer for whom a call is started. */
export type FindFormerAgent = (call: {
  readonly serviceId?: ServiceId | undefined;
  /** Other parameters of the request. */
  readonly data: Readonly<Record<string, string>>;
}) => AgentId | undefined;

/** Makes calls of requests, and gives them their places in the queues. */
export class CallStarts {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #once: Once;
  readonly #index: RoutingIndex;
  readonly #durable: Durable;
  readonly #sessions: Pick<Sessions, 'exists'>;
  readonly #runtime: CallRuntime;
  readonly #strategies: StrategyNames;
  readonly #offers: Pick<InteractionOffers, 'find'>;
  readonly #precedence: SkillPrecedence;
  readonly #findFormerAgent: FindFormerAgent;

  constructor(deps: {
    readonly clock: Clock;
    readonly ids: Ids;
    readonly log: Log;
    readonly once: Once;
    readonly index: RoutingIndex;
    readonly durable: Durable;
    readonly sessions: Pick<Sessions, 'exists'>;
    readonly runtime: CallRuntime;
    readonly names: StrategyNames;
    readonly offers: Pick<InteractionOffers, 'find'>;
    /** The order of `&` and `|` in skill expressions. Default: leftToRight. */
    readonly skillPrecedence?: SkillPrecedence;
    /** Default: none is known. */
    readonly findFormerAgent?: FindFormerAgent;
  }) {
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#log = deps.log;
    this.#once = deps.once;
    this.#index = deps.index;
    this.#durable = deps.durable;
    this.#sessions = deps.sessions;
    this.#runtime = deps.runtime;
    this.#strategies = deps.names;
    this.#offers = deps.offers;
    this.#precedence = deps.skillPrecedence ?? 'leftToRight';
    this.#findFormerAgent = deps.findFormerAgent ?? (() => undefined);
  }

  /** Routing.startCall. */
  async start(request: StartCall): Promise<StartedCall> {
    const { vq, serviceId, sessionId, key } = request;
    const id = ownId<ConnId>(`${this.#ids.prefix}${this.#ids.hex(16)}`);
    const isTold = sessionId !== undefined && (await this.#sessions.exists(sessionId));
    const tellPosition = isTold ? request.tellPosition : undefined;
    const connId = await this.#once.commit(keyedBy(key, 'urs.start'), () => ({
      batch: this.#startBatch(id, request, tellPosition),
      answer: id,
    }));
    const started = { connId, ...defined({ tellPosition: readCall(this.#durable, connId)?.tellPosition }) };
    if (connId !== id) return started;
    this.#log.info({ connId, vq, serviceId }, 'Virtual interaction started.');
    const call = readCall(this.#durable, id);
    // The caller need not wait while the index is read after a start.
    if (call !== undefined) void this.#reportUnservable(call);
    return started;
  }

  /** All entries of the target list count: later ones are used in time. Never rejects. */
  async #reportUnservable({ id: connId, vq, media, tenant, snapshot }: VirtualInteraction): Promise<void> {
    const targets = viewRoute(snapshot).context.steps.map(({ target }) => target);
    try {
      const calls = await this.#index.ready();
      const missing = calls.whyUnservable({ media, tenant, targets });
      if (missing === undefined) return;
      warnUnservable(this.#log, { connId, vq: queueNameOf(vq), media, targets, missing });
    } catch (error) {
      this.#log.debug({ connId, err: error }, 'The agents for a call could not be read.');
    }
  }

  /** Throws RoutingError STRATEGY_UNKNOWN, TARGET_INVALID or ROUTING_LIMITED. */
  #startBatch(id: ConnId, request: StartCall, tellPosition: number | undefined): Batch {
    const { sessionUrl, sessionId, serviceId, data, tenant = DEFAULT_TENANT } = request;
    const strategy = this.#strategies.ofCall(request.strategy ?? Strategy.WAIT_FOR_TARGET);
    const steps = parseTargetList(request.target).map((step) => ({
      ...step,
      target: respellTargets(step.target, this.#precedence),
    }));
    const vq =
      request.vq === undefined ? targetQueueKey(tenant, request.target) : queueKey(tenant, request.vq);
    const own = sessionId === undefined ? undefined : this.#offers.find(sessionId, undefined);
    const waitsSince = own !== undefined && 'waitsSince' in own ? own.waitsSince : undefined;
    const { serial, batch: taken } =
      waitsSince === undefined ? nextArrival(this.#durable) : headArrival(this.#durable, waitsSince);
    const { base = 0, increment = 0, everyMs = 0 } = request.priority ?? {};
    const call = {
      id,
      owner: { kind: 'call' as const, ...defined({ sessionUrl, sessionId }) },
      tenant,
      strategy,
      ...defined({ serviceId, data, tellPosition, waitsSince }),
      media: request.media ?? 'chat',
      vq,
      serial,
      enteredAt: this.#clock.now(),
      priority: { base, increment, everyMs },
    };
    const { media, priority } = call;
    this.#index.admit({ media, tenant, targets: steps.slice(0, 1).map(({ target }) => target), priority });
    const reserveTimeoutMs = request.reserveTimeoutMs ?? DEFAULT_RESERVE_TIMEOUT_MS;
    const formerAgent = () => this.#findFormerAgent({ serviceId, data: data ?? {} });
    const route = { steps, reserveTimeoutMs, delayMs: request.routeDelayMs ?? null, formerAgent };
    return joinBatches(taken, this.#runtime.startBatch(call, route));
  }
}
