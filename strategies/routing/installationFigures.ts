import { RoutingError } from './errors.ts';
import type { OutsideFigures } from './outsideFigures.ts';
import type { QueueGroups } from './queueGroups.ts';
import { queueKey } from './queueNames.ts';
import type { StatisticCache } from './statisticCache.ts';
import type { WaitEstimates } from './waitEstimates.ts';

/** The values of a running installation. */
export function installationFigures({
  cache,
  estimates,
  groups,
  settingOf,
}: {
  readonly cache: StatisticCache;
  readonly estimates: WaitEstimates;
  readonly groups: QueueGroups;
  readonly settingOf: OutsideFigures['setting'] | undefined;
}): OutsideFigures {
  return {
    statistic: (question) => cache.value(question),
    expectedWait: (queues, place) => {
      const meanMs = estimates.estimate(queues, place)?.meanMs;
      return meanMs === undefined ? Number.NaN : Math.round(meanMs / 1000);
    },
    setting: settingOf ?? (() => undefined),
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
