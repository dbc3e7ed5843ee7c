import { type Action, isLasting } from './actions.ts';
import type { ObjectKey } from './facts.ts';
import type { History } from './history.ts';
import type { Level } from './historyTables.ts';
import { tagOf } from './tally.ts';
import { isWithin, type TimeRange } from './timeProfiles.ts';

/** The statistical categories, with the meaning that they have here. */
export const CATEGORIES = {
  CurrentNumber: 'number of the actions that go on',
  CurrentTime: 'seconds of the actions that go on, added up',
  CurrentMaxTime: 'seconds of the longest action that goes on',
  CurrentMinTime: 'seconds of the shortest action that goes on',
  CurrentAverageTime: 'average seconds of the actions that go on',
  CurrentNumberInTimeRange: 'number of the actions that go on for a time in the range',
  CurrentNumberInTimeRangePercentage: 'their part of the actions that go on, in percent',
  TotalNumber: 'number of the actions that ended or occurred',
  TotalTime:
    'seconds of the actions within the time of the profile, added up; of moments, the seconds that led to them',
  AverageTime: 'average seconds of the actions that ended or occurred',
  AverageNumber: 'average number of the actions that went on at the same time',
  MaxTime: 'most seconds of an action that ended or occurred',
  MinTime: 'fewest seconds of an action that ended or occurred',
  MaxNumber: 'highest number of the actions that went on at the same time',
  MinNumber: 'lowest number of the actions that went on at the same time',
  TotalNumberInTimeRange: 'number of the actions that ended or occurred after a time in the range',
  TotalNumberInTimeRangePercentage: 'their part of all that ended or occurred, in percent',
  RelativeNumberPercentage: 'TotalNumber of the main mask, in percent of that of the relative mask',
  RelativeTimePercentage: 'TotalTime of the main mask, in percent of that of the relative mask',
  ServiceFactor1:
    'distributed calls that waited for a time in the first range, in percent of all that were distributed or ' +
    'abandoned, without those abandoned after a time in the second range',
} as const;
export type Category = keyof typeof CATEGORIES;

/** Categories that read only what goes on now: no time profile changes them. */
export function isCurrent(category: Category): boolean {
  return category.startsWith('Current');
}

/** Categories that need a time range. */
export function rangesOf(category: Category): 0 | 1 | 2 {
  if (category === 'ServiceFactor1') return 2;
  return category.includes('InTimeRange') ? 1 : 0;
}

/**
 * Whether the latest actions have what the category needs: those that ended, or a time that led to them.
 */
export function hasLatest(category: Category, actions: readonly Action[]): boolean {
  if (isOfOneObject(category) || category === 'AverageNumber') return false;
  return !actions.some((action) => WITHOUT_TIME.includes(action));
}

const WITHOUT_TIME: readonly Action[] = ['CallEntered', 'CallbackCreated'];

/** Categories that are about one object: the extremes of several objects cannot be added. */
export function isOfOneObject(category: Category): boolean {
  return category === 'MaxNumber' || category === 'MinNumber';
}

/** The span over which an object is counted. latest: the last actions of each mask. */
export type Span =
  | { readonly kind: 'since'; readonly from: number }
  | { readonly kind: 'latest'; readonly count: number };

export interface NamedRange extends TimeRange {
  readonly name: string;
}

/** A statistic of some objects, ready to be computed. */
export interface Computation {
  readonly category: Category;
  readonly main: readonly Action[];
  readonly relative: readonly Action[];
  readonly members: readonly { readonly object: ObjectKey; readonly span: Span }[];
  readonly filter?: string | undefined;
  /** As many as the category needs. */
  readonly ranges: readonly NamedRange[];
  readonly now: number;
}

/** Computes a statistic. Times are in seconds, percentages have at most two digits after the point. */
export async function compute(history: History, computation: Computation): Promise<number> {
  const { category } = computation;
  return isCurrent(category) ? computeCurrent(history, computation) : computeTotal(history, computation);
}

function computeTotal(history: History, computation: Computation): number {
  const { category } = computation;
  const main = sumMask(history, computation, computation.main);
  switch (category) {
    case 'TotalNumber':
      return main.count;
    case 'TotalTime':
      return seconds(main.timeMs);
    case 'AverageTime':
      return seconds(main.count === 0 ? 0 : main.ms / main.count);
    case 'AverageNumber':
      return round(main.spanMs === 0 ? 0 : (main.timeMs * computation.members.length) / main.spanMs);
    case 'MaxTime':
      return seconds(main.max);
    case 'MinTime':
      return seconds(main.min ?? 0);
    case 'MaxNumber':
      return main.highest;
    case 'MinNumber':
      return main.lowest;
    case 'TotalNumberInTimeRange':
      return main.inRange[0] ?? 0;
    case 'TotalNumberInTimeRangePercentage':
      return percent(main.inRange[0] ?? 0, main.count);
    case 'RelativeNumberPercentage':
      return percent(main.count, sumMask(history, computation, computation.relative).count);
    case 'RelativeTimePercentage':
      return percent(main.timeMs, sumMask(history, computation, computation.relative).timeMs);
    case 'ServiceFactor1':
      return serviceFactor(history, computation);
    default:
      throw new Error(`The category ${category} has no computation.`);
  }
}

function serviceFactor(history: History, computation: Computation): number {
  const distributed = sumMask(history, computation, ['CallDistributed']);
  const abandoned = sumMask(history, computation, ['CallAbandoned']);
  return percent(
    distributed.inRange[0] ?? 0,
    distributed.count + abandoned.count - (abandoned.inRange[1] ?? 0),
  );
}

interface MaskSum {
  count: number;
  ms: number;
  max: number;
  min: number | undefined;
  /** Time of the actions within the span; of moments, the time that led to them. */
  timeMs: number;
  /** Length of the spans of all objects. */
  spanMs: number;
  highest: number;
  lowest: number;
  /** In the order of Computation.ranges. */
  inRange: number[];
}

function sumMask(history: History, computation: Computation, actions: readonly Action[]): MaskSum {
  const sum: MaskSum = {
    count: 0,
    ms: 0,
    max: 0,
    min: undefined,
    timeMs: 0,
    spanMs: 0,
    highest: 0,
    lowest: 0,
    inRange: computation.ranges.map(() => 0),
  };
  for (const { object, span } of computation.members) {
    if (span.kind === 'latest') addLatest(history, { object, count: span.count }, computation, actions, sum);
    else addSpan(history, { object, from: span.from }, computation, actions, sum);
  }
  return sum;
}

function addSpan(
  history: History,
  { object, from }: { readonly object: ObjectKey; readonly from: number },
  { filter, ranges, now }: Computation,
  actions: readonly Action[],
  sum: MaskSum,
): void {
  const begin = history.beginning(from);
  sum.spanMs += now - begin;
  for (const action of actions) {
    const total = history.total(object, tagOf(action, filter), from);
    sum.count += total.count;
    sum.ms += total.ms;
    sum.max = Math.max(sum.max, total.max ?? 0);
    if (total.min !== undefined) sum.min = Math.min(sum.min ?? total.min, total.min);
    ranges.forEach(({ name }, at) => {
      sum.inRange[at] = (sum.inRange[at] ?? 0) + (total.inRange[name] ?? 0);
    });
    if (!isLasting(action)) {
      sum.timeMs += total.ms;
      continue;
    }
    // The actions that went on when the span began.
    const before = Math.max(
      0,
      history.level(object, tagOf(action, filter)).count - total.begun + total.count,
    );
    sum.timeMs +=
      before * (now - begin) + (total.begun * now - total.begunAt) - (total.count * now - total.endedAt);
    sum.highest += before + total.highest;
    sum.lowest += Math.max(0, before + total.lowest);
  }
}

function addLatest(
  history: History,
  { object, count }: { readonly object: ObjectKey; readonly count: number },
  { filter, ranges }: Computation,
  actions: readonly Action[],
  sum: MaskSum,
): void {
  const latest = actions
    .flatMap((action) => history.latest(object, tagOf(action, filter)))
    .sort((a, b) => a.at - b.at)
    .slice(-count);
  for (const { ms } of latest) {
    sum.count += 1;
    sum.ms += ms;
    sum.timeMs += ms;
    sum.max = Math.max(sum.max, ms);
    sum.min = Math.min(sum.min ?? ms, ms);
    ranges.forEach((range, at) => {
      if (isWithin(ms, range)) sum.inRange[at] = (sum.inRange[at] ?? 0) + 1;
    });
  }
}

async function computeCurrent(history: History, computation: Computation): Promise<number> {
  const { category, now } = computation;
  const { count, since } = sumLevels(history, computation);
  switch (category) {
    case 'CurrentNumber':
      return count;
    case 'CurrentTime':
      return seconds(count * now - since);
    case 'CurrentAverageTime':
      return seconds(count === 0 ? 0 : now - since / count);
    default: {
      const ages = await visitAges(history, computation);
      if (category === 'CurrentMaxTime') return seconds(ages.most);
      if (category === 'CurrentMinTime') return seconds(ages.least ?? 0);
      return category === 'CurrentNumberInTimeRange' ? ages.inRange : percent(ages.inRange, ages.count);
    }
  }
}

function sumLevels(history: History, { main, members, filter }: Computation): Level {
  let [count, since] = [0, 0];
  for (const { object } of members) {
    for (const action of main) {
      const level = history.level(object, tagOf(action, filter));
      count += level.count;
      since += level.since;
    }
  }
  return { count, since };
}

interface Ages {
  count: number;
  most: number;
  least: number | undefined;
  inRange: number;
}

async function visitAges(
  history: History,
  { main, members, filter, ranges, now }: Computation,
): Promise<Ages> {
  const [range] = ranges;
  const ages: Ages = { count: 0, most: 0, least: undefined, inRange: 0 };
  for (const { object } of members) {
    for (const action of main) {
      await history.visitOpen(object, action, ({ since, filters }) => {
        if (filter !== undefined && filters?.includes(filter) !== true) return;
        const age = Math.max(0, now - since);
        ages.count += 1;
        ages.most = Math.max(ages.most, age);
        ages.least = Math.min(ages.least ?? age, age);
        if (range !== undefined && isWithin(age, range)) ages.inRange += 1;
      });
    }
  }
  return ages;
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : round((100 * part) / whole);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
