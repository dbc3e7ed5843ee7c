import { RoutingError } from './errors.ts';

/** The strategies that run here. Options _urs_prioritization_strategy, _urs_strategy_update_sub_routine. */
export const Strategy = { WAIT_FOR_TARGET: 'WaitForTarget', SET_ROUTE_DELAY: 'SetRouteDelay' } as const;

export type Strategy = (typeof Strategy)[keyof typeof Strategy];

/** The names of strategies: their own, and those under which an installation has imported them. */
export class StrategyNames {
  readonly #named: ReadonlyMap<string, Strategy>;

  constructor(renamed: Readonly<Record<string, Strategy>> = {}) {
    this.#named = new Map([
      ...Object.values(Strategy).map((name) => [name, name] as const),
      ...Object.entries(renamed),
    ]);
  }

  /** Throws RoutingError STRATEGY_UNKNOWN when the name is not one of this strategy. */
  require(given: string, wanted: Strategy): void {
    if (this.#named.get(given) === wanted) return;
    const known = [...this.#named].filter(([, strategy]) => strategy === wanted).map(([name]) => name);
    throw new RoutingError(
      'STRATEGY_UNKNOWN',
      `Expected strategy to be ${known.join(' or ')} (other names need routing.strategies), got '${given}'.`,
    );
  }
}
