import { defined } from '../../engine/ports/index.ts';
import { TargetError } from './errors.ts';
import { parseTargets, whyNoAgent } from './parseTarget.ts';
import { GroupStatistic, statisticsOf, unknownStatistic } from './statisticNames.ts';
import type { Target } from './target.ts';
import { readTargetEntry, type TargetEntry } from './targetEntry.ts';
import { placeIn } from './textPlace.ts';

/** GMS option `_target`: 15 entries since 8.5.114.09. */
export const MAX_TARGET_STEPS = 15;

/** The statistics that an entry with a skill target may check. GMS option `_target`. */
const SKILL_STATISTICS: readonly string[] = [
  GroupStatistic.R_READY_VOICE,
  GroupStatistic.R_READY,
  GroupStatistic.R_TOTAL,
];

/** One entry of a target list: the target, and the time until the next entry is used. */
export interface TargetStep {
  /** The target as text, unchanged. */
  readonly target: string;
  /** ms until the next entry is used; absent: never. */
  readonly timeoutMs?: number;
  /** At the timeout, the next entry replaces this one (true), or is added to it (false). */
  readonly clear: boolean;
  /** The entry is skipped while this condition is true, unless it is the last. */
  readonly skipWhen?: { readonly stat: string; readonly operator: '<' | '>'; readonly value: number };
}

/**
 * GMS option `_target`: one target string (a comma list too), or a JSON array of
 * `{target, timeout, clear, stat_to_check, stat_operator, stat_value}`. Throws TargetError TARGET_INVALID
 * naming every fault.
 */
export function parseTargetList(text: string): readonly TargetStep[] {
  const trimmed = text.trim();
  if (trimmed === '') throw new TargetError('TARGET_INVALID', 'expected a target, got nothing.');
  if (!isJsonArray(trimmed)) {
    const why = whyNoAgent(trimmed);
    if (why !== undefined) throw new TargetError('TARGET_INVALID', why);
    return [{ target: trimmed, clear: false }];
  }
  const list = parseJson(trimmed) as readonly unknown[];
  if (list.length < 1 || list.length > MAX_TARGET_STEPS) {
    const expected = `expected 1 to ${MAX_TARGET_STEPS} targets in the list`;
    throw new TargetError('TARGET_INVALID', `${expected}, got ${list.length}.`);
  }
  const problems: string[] = [];
  const steps = list.flatMap((given, index): TargetStep[] => {
    const { entry, faults } = readTargetEntry(given);
    problems.push(...(entry === undefined ? faults : problemsOf(entry)).map((fault) => `${index}: ${fault}`));
    if (entry === undefined) return [];
    const { target, timeoutMs, clear } = entry;
    return [{ target, clear, ...defined({ timeoutMs, skipWhen: conditionOf(entry) }) }];
  });
  if (problems.length > 0) throw new TargetError('TARGET_INVALID', problems.join('; '));
  return steps;
}

/**
 * Index of the entry to use at or after `from`: the first entry that is not skipped, else the last.
 * `skips` has the indexes of the entries whose condition is true now.
 */
export function stepFrom(steps: readonly TargetStep[], from: number, skips: readonly number[]): number {
  const last = steps.length - 1;
  for (let index = from; index < last; index += 1) {
    if (!skips.includes(index)) return index;
  }
  return last;
}

/** The targets of the entries in use. */
export function targetsOf(steps: readonly TargetStep[], active: readonly number[]): readonly Target[] {
  return active.flatMap((index) => {
    const step = steps[index];
    return step === undefined ? [] : parseTargets(step.target);
  });
}

function conditionOf({ stat, operator = '<', value = 0 }: TargetEntry): TargetStep['skipWhen'] {
  return stat === '' ? undefined : { stat, operator, value };
}

function problemsOf({ target, stat, operator, value }: TargetEntry): readonly string[] {
  const problems: string[] = [];
  if (stat !== '' && (operator === undefined || value === undefined)) {
    problems.push('expected stat_operator and stat_value beside stat_to_check');
  }
  try {
    const targets = parseTargets(target);
    const why = whyNoAgent(target);
    if (why !== undefined) problems.push(why);
    const known = statisticsFor(targets);
    if (stat !== '' && why === undefined && !known.includes(stat)) {
      const [expected, got] = unknownStatistic(stat, known);
      problems.push(`expected stat_to_check to be ${expected}, got ${got}`);
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    problems.push(error.message);
  }
  return problems;
}

/** The statistics that stat_to_check may name: fewer for skill targets. */
function statisticsFor(targets: readonly Target[]): readonly string[] {
  if (targets.some(({ skills }) => skills !== undefined)) return SKILL_STATISTICS;
  const [first = [], ...others] = targets.map(({ type }) => statisticsOf(type));
  return first.filter((one) => others.every((names) => names.includes(one)));
}

/**
 * A target may begin with a weight, `[5]Billing@S.GA`. So only `[` before `{`, `]` or the end begins a list.
 */
function isJsonArray(text: string): boolean {
  return /^\[\s*(?:\{\s*"|\]\s*$|$)/.test(text);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Messages differ between versions of Node.js; a text that ends too early has no position.
    const at = /position (\d+)/.exec((error as Error).message)?.[1];
    const place = placeIn(text, at === undefined ? text.length : Number(at));
    throw new TargetError('TARGET_INVALID', `expected a JSON array of targets; its text is wrong ${place}.`, {
      cause: error,
    });
  }
}
