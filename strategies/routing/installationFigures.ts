import type { Clock, Log } from '../../engine/ports/index.ts';
import { RoutingError } from './errors.ts';
import { numberOf } from './figureFunctions.ts';
import type { OutsideFigures, SettingOf } from './outsideFigures.ts';
import { QueueGroups } from './queueGroups.ts';
import { queueKey } from './queueNames.ts';
import { type ReadStatistic, StatisticCache } from './statisticCache.ts';
import type { WaitEstimates } from './waitEstimates.ts';

/** The values of a running installation. */
export function installationFigures(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly estimates: WaitEstimates;
  readonly queueGroups?: ConstructorParameters<typeof QueueGroups>[0];
  readonly readStatistic?: ReadStatistic;
  readonly settingOf?: SettingOf;
  readonly closing?: AbortSignal;
}): OutsideFigures {
  const { estimates, settingOf } = deps;
  const cache = new StatisticCache(deps);
  const groups = new QueueGroups(deps.queueGroups);
  return {
    statistic: (question) => cache.value(question),
    expectedWait: (queues, place) => {
      const meanMs = estimates.estimate(queues, place)?.meanMs;
      return meanMs === undefined ? Number.NaN : Math.round(meanMs / 1000);
    },
    setting: (source, path) => numberOf(settingOf?.(source, path)),
    queueKeys: (name, tenant) => {
      try {
        return groups.queuesOf(name).map((queue) => queueKey(tenant, queue));
      } catch (error) {
        if (error instanceof RoutingError) return [];
        throw error;
      }
    },
  };
}
