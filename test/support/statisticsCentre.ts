import type { Batch, Durable } from '../../engine/durable/durable.ts';
import { ForwardedDurable } from '../../engine/durable/forwardedDurable.ts';
import { defined } from '../../engine/ports/defined.ts';
import { readCatalogue, type StatisticDefinitions } from '../../strategies/statistics/catalogue.ts';
import { History } from '../../strategies/statistics/history.ts';
import { HistoryRecorder } from '../../strategies/statistics/historyRecorder.ts';
import { Statistics } from '../../strategies/statistics/statistics.ts';
import { type ContactCentre, openContactCentre } from './contactCentre.ts';
import type { SimulatedClock } from './simulatedClock.ts';

export interface StatisticsCentre extends ContactCentre {
  readonly recorder: HistoryRecorder;
  readonly history: History;
  readonly statistics: Statistics;
  /** The value of a statistic now. Fields that are '' are left out. */
  peek(
    metric: string,
    objectType: string,
    objectId: string,
    definitions?: Readonly<Partial<Record<'filter' | 'timeProfile' | 'timeRange' | 'timeRange2', string>>>,
  ): Promise<number>;
}

/**
 * A contact centre that records its history. `spy` is called after each commit, before it is durable;
 * `committed` resolves when it is.
 */
export function openStatisticsCentre(
  given: Omit<Parameters<typeof openContactCentre>[0] & object, 'around'> & {
    readonly definitions?: StatisticDefinitions;
    readonly timeZone?: string;
    readonly keptMs?: number;
    readonly waitingCallbacks?: (service: string) => number | undefined;
    readonly spy?: (durable: Durable, clock: SimulatedClock, committed: Promise<void>) => void;
  } = {},
): StatisticsCentre {
  const { definitions, timeZone, spy, waitingCallbacks, keptMs = 35 * 24 * 3_600_000, ...rest } = given;
  const { catalogue, problems } = readCatalogue(definitions);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  let recorder: HistoryRecorder | undefined;
  const centre = openContactCentre({
    ...rest,
    around: (store, clock) => {
      const durable =
        spy === undefined ? store : new SpiedDurable(store, (committed) => spy(store, clock, committed));
      recorder = new HistoryRecorder({ durable, clock, filters: catalogue.filters });
      return recorder;
    },
  });
  recorder?.watchCalls(centre.routing.watcher);
  const history = new History({ ...centre, ranges: catalogue.ranges, keptMs });
  const statistics = new Statistics({
    ...centre,
    history,
    catalogue,
    waitingCallbacks: waitingCallbacks ?? (() => undefined),
    ...defined({ timeZone }),
  });
  return {
    ...centre,
    recorder: recorder!,
    history,
    statistics,
    async peek(metric, objectType, objectId, more = {}) {
      const request = { metric, objectType, objectId, tenant: 'Environment', ...more };
      return (await statistics.peek(request, -1)).value;
    },
  };
}

/** Calls a function after each commit, while reads see it already. */
class SpiedDurable extends ForwardedDurable {
  readonly #spy: (committed: Promise<void>) => void;

  constructor(durable: Durable, spy: (committed: Promise<void>) => void) {
    super(durable);
    this.#spy = spy;
  }

  override commit(batch: Batch): Promise<void> {
    const committed = super.commit(batch);
    this.#spy(committed);
    return committed;
  }
}
