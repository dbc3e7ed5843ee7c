import type { Log } from '../../engine/ports/index.ts';
import { parseTargets, type TargetStep } from '../targets/index.ts';
import type { ConnId } from './callIds.ts';
import { lastAgentFirst } from './lastAgentFirst.ts';
import {
  beginRoute,
  continueRoute,
  type NewRoute,
  ROUTE_STATES,
  type RouteEvent,
  type RouteSnapshot,
  type RouteStep,
  type RouteStrategy,
  viewRoute,
} from './routeStrategy.ts';
import { makeStrategy } from './strategyKit.ts';
import { type CallStrategyName, Strategy } from './strategyNames.ts';
import { planRoute, startRoute, stepRoute, waitForTarget } from './waitForTarget.ts';

const WAIT_FOR_TARGET: RouteStrategy = { machine: waitForTarget, plan: planRoute };

/** The strategies that calls can have. */
export class RouteStrategies {
  readonly #log: Log;
  readonly #strategies: ReadonlyMap<string, RouteStrategy>;

  constructor(deps: {
    readonly log: Log;
    /** The strategies of the installation's files, by their names. */
    readonly ownStrategies?: ReadonlyMap<string, RouteStrategy>;
  }) {
    this.#log = deps.log;
    this.#strategies = new Map([
      ...(deps.ownStrategies ?? []),
      [Strategy.LAST_AGENT_FIRST, makeStrategy(lastAgentFirst)],
      [Strategy.WAIT_FOR_TARGET, WAIT_FOR_TARGET],
    ]);
  }

  /**
   * A new call, after its first transitions. `skipsOf` has the indexes of the steps that their statistic
   * skips now. A strategy that fails is logged, and the call gets WaitForTarget for this event: a customer
   * must not wait for ever because of a fault in a file.
   */
  start(
    { id, strategy }: StrategyCall,
    call: Omit<NewRoute, 'skips'>,
    skipsOf: (steps: readonly TargetStep[]) => readonly number[],
  ): RouteStep {
    const given = { ...call, skips: skipsOf(call.steps) };
    const own = this.#own(strategy);
    if (own === undefined) return startRoute(given);
    try {
      const input = (own.plan ?? planRoute)(given);
      const { delayMs } = call;
      return checkStep(beginRoute(own.machine, input, { delayMs, skips: skipsOf(input.steps) }));
    } catch (error) {
      this.#report({ id, strategy }, error);
      return startRoute(given);
    }
  }

  /** The call after the event. A strategy that fails, or exists no more, is logged: see start(). */
  step({ id, strategy }: StrategyCall, snapshot: RouteSnapshot, event: RouteEvent): RouteStep {
    const own = this.#own(strategy);
    if (own !== undefined) {
      try {
        return checkStep(continueRoute(own.machine, snapshot, event));
      } catch (error) {
        this.#report({ id, strategy }, error);
      }
    } else if (!NAMES_WITHOUT_FILE.includes(strategy)) {
      this.#log.warn(
        { connId: id, strategy },
        'The strategy of a call is in the configuration no more: the call goes on with WaitForTarget.',
      );
    }
    return stepRoute(withoutInnerStates(snapshot), event);
  }

  /** Undefined: WaitForTarget, also for submits. */
  #own(strategy: string): RouteStrategy | undefined {
    return strategy === Strategy.WAIT_FOR_TARGET ? undefined : this.#strategies.get(strategy);
  }

  #report({ id, strategy }: StrategyCall, err: unknown): void {
    this.#log.error(
      { connId: id, strategy, err },
      'A strategy failed: the call goes on with WaitForTarget from the state that it had.',
    );
  }
}

interface StrategyCall {
  readonly id: ConnId;
  readonly strategy: CallStrategyName;
}

const NAMES_WITHOUT_FILE: readonly string[] = [Strategy.WAIT_FOR_TARGET, 'queue:submit'];

/** Throws an Error when the rest of routing could not work with the step, or the store not keep it. */
function checkStep(step: RouteStep): RouteStep {
  const { state, context } = step;
  if (!ROUTE_STATES.includes(state)) {
    throw new Error(`Expected a state of ${ROUTE_STATES.join(', ')}, got '${state}'.`);
  }
  for (const { target } of context.steps) parseTargets(target);
  const isUsed = context.active.some((index) => context.steps[index] !== undefined);
  if (!isUsed) {
    throw new Error(
      `Expected active to have the index of one of ${context.steps.length} steps, got [${context.active.join(', ')}].`,
    );
  }
  return { ...step, snapshot: JSON.parse(JSON.stringify(step.snapshot)) as RouteSnapshot };
}

/** WaitForTarget has no inner states. */
function withoutInnerStates(snapshot: RouteSnapshot): RouteSnapshot {
  return { ...snapshot, value: viewRoute(snapshot).state } as unknown as RouteSnapshot;
}
