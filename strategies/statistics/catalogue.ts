import { type Filter, parseFilter } from './filters.ts';
import { AGENT_STATISTICS, CALLBACK_STATISTICS, QUEUE_STATISTICS } from './measured.ts';
import {
  BUILT_IN_PROFILES,
  BUILT_IN_RANGES,
  readStatType,
  STAT_TYPES,
  type StatType,
  type StatTypeOptions,
} from './statTypes.ts';
import { parseTimeProfile, parseTimeRange, type TimeProfile, type TimeRange } from './timeProfiles.ts';

/** The definitions of an installation, as sections of Stat Server have them. */
export interface StatisticDefinitions {
  readonly timeProfiles: Readonly<Record<string, string>>;
  readonly timeRanges: Readonly<Record<string, string>>;
  readonly filters: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, StatTypeOptions>>;
}

export interface DefinitionProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Every statistic, time profile, time range and filter that a request may name. */
export interface Catalogue {
  readonly types: readonly StatType[];
  readonly profiles: ReadonlyMap<string, TimeProfile>;
  readonly ranges: ReadonlyMap<string, TimeRange>;
  readonly filters: ReadonlyMap<string, Filter>;
}

const NONE: StatisticDefinitions = { timeProfiles: {}, timeRanges: {}, filters: {}, types: {} };

/**
 * The built-in definitions with those of an installation, which replace time profiles and ranges of the same
 * name. `problems` is empty when all are right.
 */
export function readCatalogue(definitions: StatisticDefinitions = NONE): {
  readonly catalogue: Catalogue;
  readonly problems: readonly DefinitionProblem[];
} {
  const problems: DefinitionProblem[] = [];
  const attempt = (path: readonly string[], read: () => void): void => {
    try {
      read();
    } catch (error) {
      problems.push({ path, message: (error as Error).message });
    }
  };
  const profiles = new Map<string, TimeProfile>();
  const ranges = new Map<string, TimeRange>();
  const filters = new Map<string, Filter>();
  for (const [title, value] of Object.entries({ ...BUILT_IN_PROFILES, ...definitions.timeProfiles })) {
    attempt(['timeProfiles', title], () => {
      const { name, profile } = parseTimeProfile(title, value);
      profiles.set(name, profile);
    });
  }
  for (const [name, value] of Object.entries({ ...BUILT_IN_RANGES, ...definitions.timeRanges })) {
    attempt(['timeRanges', name], () => ranges.set(name, parseTimeRange(value)));
  }
  for (const [name, value] of Object.entries(definitions.filters)) {
    attempt(['filters', name], () => filters.set(name, parseFilter(value)));
  }
  const types = [...STAT_TYPES];
  for (const [name, options] of Object.entries(definitions.types)) {
    const read = readStatType(name, options);
    if ('problems' in read) {
      const found = read.problems.map(({ option, message }) => ({ path: ['types', name, option], message }));
      problems.push(...found);
      continue;
    }
    if (BUILT_IN_NAMES.has(name)) {
      problems.push({ path: ['types', name], message: 'expected a name that no built-in statistic has' });
    }
    if (!profiles.has(read.type.timeProfile)) {
      const message = `expected ${[...profiles.keys()].join(', ')}, got '${read.type.timeProfile}'`;
      problems.push({ path: ['types', name, 'TimeProfile'], message });
    }
    types.push(read.type);
  }
  return { catalogue: { types, profiles, ranges, filters }, problems };
}

const BUILT_IN_NAMES: ReadonlySet<string> = new Set(
  [...STAT_TYPES, ...AGENT_STATISTICS, ...QUEUE_STATISTICS, ...CALLBACK_STATISTICS].flatMap(
    ({ name, aliases }) => [name, ...aliases],
  ),
);
