import { compareCalls, type PriorityRule, priorityAt, type QueuePlace } from './priority.ts';

/** A call that waits, as its queue keeps it. */
export interface VirtualQueueEntry extends QueuePlace {
  /** Target strings in use. */
  readonly targets: readonly string[];
}

/** Some calls of a virtual queue, summed up. */
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
  /** Absent: each call is looked at by itself. */
  readonly sum?: GroupSum;
}

/**
 * Of a group in which an older call is never behind a younger one (its priority does not fall, the clock did not
 * go back): who is ahead of a call is then told by the first and the last of the group, and the sum of the
 * priorities by arithmetic. Everything in it is a whole number, so that no sum depends on its order.
 */
interface GroupSum {
  /** Whole intervals from epoch to the entry, all calls together. */
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

const NOBODY: CallsAhead = { calls: 0, priorities: 0 };

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

/** Costs the number of rules in each block, except where `self` stands in the middle of a group. */
export function countAhead(blocks: readonly QueueBlock[], self: QueuePlace, now: number): CallsAhead {
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

function countGroup(group: RuleGroup, self: QueuePlace, now: number): CallsAhead {
  const { sum } = group;
  if (sum === undefined || !Number.isSafeInteger(now)) return countEach(group, self, now);
  const calls = group.serials.length;
  const first = placeAt(group, 0);
  const last = placeAt(group, calls - 1);
  if (compareCalls(first, self, now) >= 0) return NOBODY;
  if (compareCalls(last, self, now) >= 0) return countEach(group, self, now);
  return { calls, priorities: sumPriorities(group, sum, now) };
}

function countEach(group: RuleGroup, self: QueuePlace, now: number): CallsAhead {
  let calls = 0;
  let priorities = 0;
  for (let index = 0; index < group.serials.length; index += 1) {
    const place = placeAt(group, index);
    if (compareCalls(place, self, now) >= 0) continue;
    calls += 1;
    priorities += priorityAt(place, now);
  }
  return { calls, priorities };
}

/** Each call's whole intervals of waiting: those up to now, less those up to its entry, less one begun but not over. */
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

/** How many of the ascending numbers are not above `limit`. */
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

function placeAt({ rule, serials, enteredAt }: RuleGroup, index: number): QueuePlace {
  return { serial: serials[index]!, enteredAt: enteredAt[index]!, priority: rule };
}
