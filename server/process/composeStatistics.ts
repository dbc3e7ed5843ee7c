import {
  type Durable,
  type DurableCounts,
  DurableStore,
  type StorePort,
} from '../../engine/durable/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import { DAY_MS } from '../../strategies/calendar/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import type { Agents, Routing, StatisticQuestion } from '../../strategies/routing/index.ts';
import { History, HistoryRecorder, readCatalogue, Statistics } from '../../strategies/statistics/index.ts';
import type { Tracing } from '../tracing/index.ts';
import type { Config } from './config.ts';

/**
 * The durable store, which records the history of agents, queues and callbacks with every commit; and the
 * counts of its commits and tasks.
 */
export function composeDurable({
  config,
  store,
  write,
  clock,
  log,
  tracing,
}: {
  readonly config: Config;
  readonly store: StorePort;
  readonly write?: StorePort['write'];
  readonly clock: Clock;
  readonly log: Log;
  readonly tracing?: Tracing | undefined;
}): { readonly durable: HistoryRecorder; readonly durableCounts: () => DurableCounts } {
  const { filters } = readCatalogue(config.statistics).catalogue;
  const written: StorePort['write'] = write ?? ((operations) => store.write(operations));
  const plain = new DurableStore({ store, write: tracing?.write(written) ?? written, clock, log });
  const durable = tracing?.durable(plain, clock) ?? plain;
  return {
    durable: new HistoryRecorder({ durable, clock, filters }),
    durableCounts: () => plain.counts,
  };
}

/** A statistic for routing. Rejects with StatisticError. */
export async function readStatistic(
  statistics: Statistics,
  { statistic: metric, ...object }: StatisticQuestion,
): Promise<number> {
  // urs-routing 5: the occupancy counts from the login on.
  const profile = metric === 'StatAgentOccupancy' ? { timeProfile: 'SinceLogin' } : {};
  return (await statistics.peek({ metric, ...object, ...profile })).value;
}

export function composeStatistics(
  config: Config['statistics'],
  deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly agents: Agents;
    readonly routing: Routing;
    readonly services: Services;
  },
): Statistics {
  const { catalogue } = readCatalogue(config);
  const history = new History({ ...deps, ranges: catalogue.ranges, keptMs: config.keptDays * DAY_MS });
  return new Statistics({
    ...deps,
    history,
    catalogue,
    timeZone: config.timeZone,
    waitingCallbacks: (name) => deps.services.waitingCallbacks(name),
  });
}
