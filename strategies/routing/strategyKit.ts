import { assign, emit, enqueueActions, setup } from 'xstate';
import { defined } from '../../engine/ports/index.ts';
import { stepFrom } from '../targets/index.ts';
import type { RouteStrategy } from './routeStrategy.ts';
import { armTarget, planRoute, waitForTarget } from './waitForTarget.ts';

/** The parts of which a strategy is made. A file of an installation gets them: it can import nothing. */
const STRATEGY_KIT = { assign, emit, enqueueActions, setup, waitForTarget, planRoute, stepFrom, armTarget };

export type StrategyKit = typeof STRATEGY_KIT;

/** A strategy's file exports this function as its default. */
export type StrategyFactory = (kit: StrategyKit) => RouteStrategy;

/** Calls the default export of a strategy's file. Throws an Error for the operator. */
export function makeStrategy(factory: unknown): RouteStrategy {
  if (typeof factory !== 'function') {
    throw new Error(
      `Expected the default export to be a function (kit) => ({ machine, plan }), got ${kindOf(factory)}.`,
    );
  }
  const strategy = (factory as (kit: StrategyKit) => Partial<RouteStrategy> | undefined)(STRATEGY_KIT);
  const { machine, plan } = strategy ?? {};
  if (typeof machine?.getInitialSnapshot !== 'function') {
    throw new Error(
      `Expected the function to return { machine }, a machine of XState, got ${kindOf(machine)}.`,
    );
  }
  if (plan !== undefined && typeof plan !== 'function') {
    throw new Error(`Expected plan to be a function of a new call, got ${kindOf(plan)}.`);
  }
  return { machine, ...defined({ plan }) };
}

function kindOf(value: unknown): string {
  return value === undefined ? 'nothing' : `a value of the type ${typeof value}`;
}
