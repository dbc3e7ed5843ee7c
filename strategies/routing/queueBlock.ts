import { compareCalls, type PriorityRule, priorityAt, type QueuePosition } from './priority.ts';

/** The entry of a call that waits. */
export interface VirtualQueueEntry extends QueuePosition {
  /** Target strings in use. */
  readonly targets: readonly string[];
}

/** The sums of some calls of a virtual queue. */
export interface QueueBlock {
  readonly calls: number;
  /** Target strings in use, each once. */
  readonly targets: ReadonlySet<string>;
  readonly groups: readonly RuleGroup[];
}

/** The calls of a block that have the same priority rule, in order of arrival. */
interface RuleGroup {
  readonly rule: PriorityRule;
  readonly serials: Float64Array;
  readonly enteredAt: Float64Array;
  /** Absent: the calls are compared one by one. */
  readonly sum?: GroupSum;
}

/**
 * The sums of a group in which an older call is never behind a younger one: its priority does not fall, and
 * the clock did not go back. The first and the last call of such a group tell which calls are ahead of
 * another, and the sum of the priorities is arithmetic. All numbers are whole, so that no sum depends on the
 * order of its terms.
 */
interface GroupSum {
  /** Sum over the calls: whole intervals from epoch to the entry. */
  readonly intervals: number;
  /** ms from the last whole interval to the entry, ascending. */
  readonly rests: Float64Array;
}

/** The calls that are ahead of another one. */
export interface CallsAhead {
  readonly calls: number;
  /** Sum of their priorities. */
  readonly priorities: number;
}

const NO_CALLS: CallsAhead = { calls: 0, priorities: 0 };

export function sumUpBlock(entries: readonly VirtualQueueEntry[]): QueueBlock {
  const targets = new Set<string>();
  const byRule = new Map<string, VirtualQueueEntry[]>();
  for (const entry of entries) {
    for (const target of entry.targets) targets.add(target);
    const { base, increment, everyMs } = entry.priority;
    const key = `${base} ${increment} ${everyMs}`;
    const known = byRule.get(key);
    if (known === undefined) byRule.set(key, [entry]);
    else known.push(entry);
  }
  return { calls: entries.length, targets, groups: [...byRule.values()].map(groupOf) };
}

/** The cost is the number of rules in each block, unless `self` is in the middle of a group. */
export function countAhead(blocks: readonly QueueBlock[], self: QueuePosition, now: number): CallsAhead {
  let calls = 0;
  let priorities = 0;
  for (const { groups } of blocks) {
    for (const group of groups) {
      const ahead = countGroup(group, self, now);
      calls += ahead.calls;
      priorities += ahead.priorities;
    }
  }
  return { calls, priorities };
}

function countGroup(group: RuleGroup, self: QueuePosition, now: number): CallsAhead {
  const { sum } = group;
  if (sum === undefined || !Number.isSafeInteger(now)) return countEach(group, self, now);
  const calls = group.serials.length;
  const first = positionAt(group, 0);
  const last = positionAt(group, calls - 1);
  if (compareCalls(first, self, now) >= 0) return NO_CALLS;
  if (compareCalls(last, self, now) >= 0) return countEach(group, self, now);
  return { calls, priorities: sumPriorities(group, sum, now) };
}

function countEach(group: RuleGroup, self: QueuePosition, now: number): CallsAhead {
  let calls = 0;
  let priorities = 0;
  for (let index = 0; index < group.serials.length; index += 1) {
    const position = positionAt(group, index);
    if (compareCalls(position, self, now) >= 0) continue;
    calls += 1;
    priorities += priorityAt(position, now);
  }
  return { calls, priorities };
}

/**
 * The whole intervals that each call has waited: the intervals up to now, minus those up to its entry, minus
 * one that is not over.
 */
function sumPriorities({ rule, serials }: RuleGroup, sum: GroupSum, now: number): number {
  const { base, increment, everyMs } = rule;
  if (everyMs <= 0) return serials.length * base;
  const { whole, rest } = divide(now, everyMs);
  const notOver = sum.rests.length - countUpTo(sum.rests, rest);
  return serials.length * base + (serials.length * whole - sum.intervals - notOver) * increment;
}

function groupOf(entries: readonly VirtualQueueEntry[]): RuleGroup {
  const ordered = [...entries].sort((a, b) => a.serial - b.serial);
  const rule = ordered[0]!.priority;
  const group = {
    rule,
    serials: Float64Array.from(ordered, ({ serial }) => serial),
    enteredAt: Float64Array.from(ordered, ({ enteredAt }) => enteredAt),
  };
  return isRegular(group) ? { ...group, sum: sumGroup(group) } : group;
}

function isRegular({ rule: { base, increment, everyMs }, enteredAt }: RuleGroup): boolean {
  if (![base, increment, everyMs].every(Number.isSafeInteger)) return false;
  if (increment < 0 && everyMs > 0) return false;
  return enteredAt.every(
    (time, index) => Number.isSafeInteger(time) && time >= (enteredAt[index - 1] ?? time),
  );
}

function sumGroup({ rule: { everyMs }, enteredAt }: RuleGroup): GroupSum {
  if (everyMs <= 0) return { intervals: 0, rests: new Float64Array() };
  return {
    intervals: enteredAt.reduce((sum, time) => sum + divide(time, everyMs).whole, 0),
    rests: enteredAt.map((time) => divide(time, everyMs).rest).sort(),
  };
}

function divide(time: number, everyMs: number): { readonly whole: number; readonly rest: number } {
  const whole = Math.floor(time / everyMs);
  return { whole, rest: time - whole * everyMs };
}

/** Count of the ascending numbers that are not above `limit`. */
function countUpTo(numbers: Float64Array, limit: number): number {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

function positionAt({ rule, serials, enteredAt }: RuleGroup, index: number): QueuePosition {
  return { serial: serials[index]!, enteredAt: enteredAt[index]!, priority: rule };
}
