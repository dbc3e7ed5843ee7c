import { z } from 'zod';
import { FORMER_AGENT_DAYS } from '../../../strategies/chat/index.ts';
import {
  DEFAULT_ESTIMATE,
  ESTIMATE_METHODS,
  isProductStrategy,
  RoutingError,
  Strategy,
  StrategyNames,
} from '../../../strategies/routing/index.ts';
import { SKILL_PRECEDENCES } from '../../../strategies/targets/index.ts';

const text = z.string().min(1);
/** Queues of one group. */
const MAX_QUEUES_IN_GROUP = 100;
/** Characters of the name of a strategy. */
const MAX_STRATEGY_NAME = 255;
const MAX_FORMER_AGENT_DAYS = 3_650;

/** The section `routing`: names that an installation has for its strategies and groups of queues. */
export const routingSchema = z
  .strictObject({
    /**
     * The names under which strategies were imported, each with a strategy of the product, or with the path
     * of a file.
     */
    strategies: z
      .record(text.max(MAX_STRATEGY_NAME), text)
      .default({})
      .superRefine((strategies, context) => {
        for (const [name, value] of Object.entries(strategies)) {
          const message = strategyProblem(name, value);
          if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
        }
      }),
    /** Days for which it is known which agent a customer had; 0: it is not kept. */
    formerAgentDays: z.number().int().min(0).max(MAX_FORMER_AGENT_DAYS).default(FORMER_AGENT_DAYS),
    /** The order of `&` and `|` without parentheses in skill expressions. */
    skillPrecedence: z.enum(SKILL_PRECEDENCES).default('leftToRight'),
    /** How waits are estimated for requests that name no method. */
    estimateMethod: z.enum(ESTIMATE_METHODS).default(DEFAULT_ESTIMATE),
    /** Groups of virtual queues by name, without .GQ. */
    queueGroups: z.record(text, z.array(text).min(1).max(MAX_QUEUES_IN_GROUP)).default({}),
  })
  .prefault({});

/** Undefined: the name may stand for this value. */
function strategyProblem(name: string, value: string): string | undefined {
  if (isProductStrategy(name) && name !== value) {
    return `Expected a name of your own for another strategy, got '${name}', which is one of this server.`;
  }
  if (isProductStrategy(value) || isScript(value)) return undefined;
  return `Expected ${Object.values(Strategy).join(', ')}, or the path of a file (.js, .mjs, .cjs), got '${value}'.`;
}

function isScript(value: string): boolean {
  return /\.[cm]?js$/.test(value);
}

/** Options of callback services that name a strategy, and the check of each name. */
const STRATEGY_OPTIONS: readonly (readonly [string, (names: StrategyNames, given: string) => unknown])[] = [
  ['_urs_prioritization_strategy', (names, given) => names.ofCall(given)],
  ['_urs_strategy_update_sub_routine', (names, given) => names.requireSetRouteDelay(given)],
];

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
  return STRATEGY_OPTIONS.flatMap(([option, check]) => {
    const given = options[option];
    if (given === undefined || given === '' || given.includes('$')) return [];
    try {
      check(names, given);
      return [];
    } catch (error) {
      if (error instanceof RoutingError) return [{ option, message: error.message }];
      throw error;
    }
  });
}
