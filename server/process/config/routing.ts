import { z } from 'zod';
import {
  DEFAULT_ESTIMATE,
  ESTIMATE_METHODS,
  RoutingError,
  SKILL_PRECEDENCES,
  Strategy,
  StrategyNames,
} from '../../../strategies/routing/index.ts';

const text = z.string().min(1);
/** Queues of one group. */
const MAX_QUEUES_IN_GROUP = 100;

/** The section `routing`: names that an installation has for its strategies and groups of queues. */
export const routingSchema = z
  .strictObject({
    /** The names under which strategies were imported, and the strategy of each. */
    strategies: z.record(text, z.enum(Object.values(Strategy))).default({}),
    /** The order of `&` and `|` without parentheses in skill expressions. */
    skillPrecedence: z.enum(SKILL_PRECEDENCES).default('leftToRight'),
    /** How waits are estimated for requests that name no method. */
    estimateMethod: z.enum(ESTIMATE_METHODS).default(DEFAULT_ESTIMATE),
    /** Groups of virtual queues by name, without .GQ. */
    queueGroups: z.record(text, z.array(text).min(1).max(MAX_QUEUES_IN_GROUP)).default({}),
  })
  .prefault({});

/** Options of callback services that name a strategy, and the strategy that each needs. */
const STRATEGY_OPTIONS = [
  ['_urs_prioritization_strategy', Strategy.WAIT_FOR_TARGET],
  ['_urs_strategy_update_sub_routine', Strategy.SET_ROUTE_DELAY],
] as const;

/**
 * The options of a service that name a strategy which does not run here. A service with another
 * `_urs_server_url` may name any.
 */
export function unknownStrategies(
  options: Readonly<Record<string, string>>,
  { strategies }: z.infer<typeof routingSchema>,
): readonly { readonly option: string; readonly message: string }[] {
  if (options._urs_server_url) return [];
  const names = new StrategyNames(strategies);
  return STRATEGY_OPTIONS.flatMap(([option, wanted]) => {
    const given = options[option];
    if (given === undefined || given === '' || given.includes('$')) return [];
    try {
      names.require(given, wanted);
      return [];
    } catch (error) {
      if (error instanceof RoutingError) return [{ option, message: error.message }];
      throw error;
    }
  });
}
