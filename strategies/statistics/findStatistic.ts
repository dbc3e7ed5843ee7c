import { didYouMean } from '../../engine/ports/index.ts';
import type { Catalogue } from './catalogue.ts';
import { StatisticError } from './errors.ts';
import { AGENT_STATISTICS, CALLBACK_STATISTICS, type Measured, QUEUE_STATISTICS } from './measured.ts';
import { COUNTED_OF, isObjectType, ObjectType } from './objectTypes.ts';
import type { StatType } from './statTypes.ts';
import type { TimeProfile } from './timeProfiles.ts';

/** A statistic of one object. */
export interface StatisticRequest {
  readonly metric: string;
  readonly objectType: string;
  /** The name of the object, with or without `@<switch>`. */
  readonly objectId: string;
  readonly tenant: string;
  /** Names of definitions of the configuration, or of those that are built in. */
  readonly filter?: string;
  readonly timeProfile?: string;
  readonly timeRange?: string;
  readonly timeRange2?: string;
}

type Found =
  | { readonly kind: 'counted'; readonly objectType: ObjectType; readonly type: StatType }
  | {
      readonly kind: 'measured';
      readonly objectType: ObjectType;
      readonly measure: (subject: never) => number;
    };

const MEASURED = { agent: AGENT_STATISTICS, queue: QUEUE_STATISTICS, callback: CALLBACK_STATISTICS } as const;

/** The definition of the statistic. Throws StatisticError STATISTIC_INVALID. */
export function findStatistic({ types, profiles }: Catalogue, request: StatisticRequest): Found {
  const { metric, objectType, filter, timeRange } = request;
  if (!isObjectType(objectType)) {
    throw new StatisticError(
      'STATISTIC_INVALID',
      `Expected objectType to be ${Object.values(ObjectType).join(', ')}, got '${objectType.slice(0, 80)}'.`,
    );
  }
  const has = (one: { readonly objectTypes: readonly ObjectType[] }): boolean =>
    one.objectTypes.includes(objectType);
  const isNamed = (one: { readonly name: string; readonly aliases: readonly string[] }): boolean =>
    one.name === metric || one.aliases.includes(metric);
  const counted = types.filter(has);
  const type = counted.find(isNamed);
  if (type !== undefined) return { kind: 'counted', objectType, type };
  const measured: readonly Measured<never>[] = MEASURED[COUNTED_OF[objectType]].filter(has);
  const found = measured.find(isNamed);
  if (found === undefined) {
    const all = [...measured, ...counted];
    const names = all.flatMap(({ name, aliases }) => [name, ...aliases]);
    throw new StatisticError(
      'STATISTIC_INVALID',
      `Expected a statistic of the object type ${objectType} (${all.map(({ name }) => name).join(', ')}), got '${metric.slice(0, 80)}'.${didYouMean(metric, names)}`,
    );
  }
  // A present value has no time profile, but the name of one is checked as elsewhere.
  if (request.timeProfile !== undefined) requireProfile(profiles, request.timeProfile);
  // Its value would be that of another statistic.
  const needless = filter === undefined ? timeRange : filter;
  if (needless === undefined) return { kind: 'measured', objectType, measure: found.value };
  const option = filter === undefined ? 'timeRange' : 'filter';
  throw new StatisticError(
    'STATISTIC_INVALID',
    `Expected no ${option} for the statistic ${found.name}, got '${needless.slice(0, 80)}'.`,
  );
}

/** The time profile of a request. Stat Server lists profiles as `<name>,<kind>`. Throws STATISTIC_INVALID. */
export function requireProfile(profiles: Catalogue['profiles'], name: string): TimeProfile {
  return requireNamed(profiles, 'TimeProfile', name.split(',')[0]!.trim());
}

/** A definition of the configuration. Throws StatisticError STATISTIC_INVALID. */
export function requireNamed<T>(all: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const known = [...all.keys()];
  throw new StatisticError(
    'STATISTIC_INVALID',
    `${what} '${name.slice(0, 80)}' not found. Expected ${known.length === 0 ? 'none: the configuration has none' : known.join(', ')}.`,
  );
}
