import { RoutingError } from './errors.ts';

/** The strategies of the product. Options _urs_prioritization_strategy, _urs_strategy_update_sub_routine. */
export const Strategy = {
  WAIT_FOR_TARGET: 'WaitForTarget',
  LAST_AGENT_FIRST: 'LastAgentFirst',
  SET_ROUTE_DELAY: 'SetRouteDelay',
} as const;

export type Strategy = (typeof Strategy)[keyof typeof Strategy];

/** Name of a strategy that calls are started with: one of the product, or the name of a file's. */
export type CallStrategyName = Exclude<Strategy, typeof Strategy.SET_ROUTE_DELAY> | (string & {});

const OF_PRODUCT: readonly string[] = Object.values(Strategy);

export function isProductStrategy(name: string): name is Strategy {
  return OF_PRODUCT.includes(name);
}

/**
 * The names of strategies: those of the product, those under which an installation has imported them, and
 * those of its own files.
 */
export class StrategyNames {
  readonly #named: ReadonlyMap<string, string>;

  /** Each name with a strategy of the product, or with the path of a file. */
  constructor(configured: Readonly<Record<string, string>> = {}) {
    this.#named = new Map([
      ...OF_PRODUCT.map((name) => [name, name] as const),
      ...Object.entries(configured).map(
        ([name, value]) => [name, isProductStrategy(value) ? value : name] as const,
      ),
    ]);
  }

  /** The strategy of a call that is started with this name. Throws RoutingError STRATEGY_UNKNOWN. */
  ofCall(given: string): CallStrategyName {
    const strategy = this.#named.get(given);
    if (strategy !== undefined && strategy !== Strategy.SET_ROUTE_DELAY) return strategy;
    throw this.#unknown(given, (one) => one !== Strategy.SET_ROUTE_DELAY);
  }

  /** Throws RoutingError STRATEGY_UNKNOWN when the name is not one of SetRouteDelay. */
  requireSetRouteDelay(given: string): void {
    if (this.#named.get(given) === Strategy.SET_ROUTE_DELAY) return;
    throw this.#unknown(given, (one) => one === Strategy.SET_ROUTE_DELAY);
  }

  #unknown(given: string, isPossible: (strategy: string) => boolean): RoutingError {
    const known = [...this.#named].filter(([, strategy]) => isPossible(strategy)).map(([name]) => name);
    return new RoutingError(
      'STRATEGY_UNKNOWN',
      `Expected strategy to be ${known.join(' or ')} (other names need routing.strategies), got '${given}'.`,
    );
  }
}
