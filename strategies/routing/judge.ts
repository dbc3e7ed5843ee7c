import type { Condition, StatisticObject, StatisticOfAgent, Target } from '../targets/index.ts';

/** Says what holds at one moment, for one call. */
export interface Judge {
  readonly holds: (condition: Condition) => boolean;
  readonly statisticOf: StatisticOfAgent;
  /** A statistic of agents or queues; NaN: not known. */
  readonly statisticOfObject: (object: StatisticObject, statistic: string) => number;
  /** A statistic of the agents of a target. */
  readonly statisticOfTarget: (target: Target, statistic: string) => number;
}
