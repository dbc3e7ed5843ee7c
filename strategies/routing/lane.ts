import { growsSince, type PriorityRule, priorityOf } from './priority.ts';

/** Calls of a chunk at most. A fuller chunk is halved. */
export const MAX_CALLS_IN_CHUNK = 512;
/** Two neighbours that have fewer calls together become one chunk. */
const FEW_CALLS = MAX_CALLS_IN_CHUNK / 4;

/** The fields of a call that order it within a lane. */
export interface LaneCall {
  /** Order of arrival over all queues. */
  readonly serial: number;
  /** ms since epoch. */
  readonly enteredAt: number;
  /** ms since epoch: the customer of a call at the head of its queue. */
  readonly waitsSince?: number | undefined;
}

/** The calls that are ahead of another one. */
export interface CallsAhead {
  readonly calls: number;
  /** Sum of their priorities. */
  readonly priorities: number;
}

interface Chunk<C> {
  readonly calls: C[];
  /** Present in a lane that adds up priorities. */
  readonly sum: ChunkSum | undefined;
}

/** The sum of the whole intervals that the calls of a chunk have waited follows from it at any time. */
interface ChunkSum {
  /** Sum over the calls: whole intervals from epoch to the entry. */
  intervals: number;
  /** ms from the last whole interval to the entry, ascending. */
  readonly rests: number[];
}

/** A call, or the end of the lane. */
interface Place {
  readonly chunk: number;
  readonly at: number;
}

const START: Place = { chunk: 0, at: 0 };

/**
 * Calls of one priority rule.
 *
 * PL1. The calls are in the order of arrival, and none grows since before an older one. So the priority of an
 *      older call is never lower, or, where priorities fall, never higher. Each question about the order is
 *      a binary search. Where no priority changes, the order of arrival is enough.
 * PL2. A call that would break PL1 is not taken, and goes to another lane of its rule: the clock went back,
 *      or it is at the head of the queue. The calls at the head fit into one lane.
 * PL3. The numbers of a sum are whole, so that no sum depends on the order of its terms. A rule with
 *      fractions has no sums: its calls are added up one by one.
 */
export class Lane<C extends LaneCall> {
  readonly rule: PriorityRule;
  readonly #chunks: Chunk<C>[] = [];
  readonly #hasSums: boolean;
  #size = 0;

  constructor(rule: PriorityRule, sums: 'sums' | 'none') {
    this.rule = rule;
    this.#hasSums = sums === 'sums' && this.#changes && Object.values(rule).every(Number.isSafeInteger);
  }

  get size(): number {
    return this.#size;
  }

  /** The call that arrived first. */
  get oldest(): C | undefined {
    return this.#chunks[0]?.calls[0];
  }

  get falls(): boolean {
    return this.rule.increment < 0 && this.#changes;
  }

  get #changes(): boolean {
    return this.rule.increment !== 0 && this.rule.everyMs > 0;
  }

  /** False: PL2. */
  add(call: C): boolean {
    const place = this.#isLast(call)
      ? { chunk: this.#chunks.length, at: 0 }
      : this.#find((one) => one.serial <= call.serial);
    const before = this.#before(place);
    const after = this.#chunks[place.chunk]?.calls[place.at];
    if (this.#changes) {
      if (before !== undefined && growsSince(before) > growsSince(call)) return false;
      if (after !== undefined && growsSince(after) < growsSince(call)) return false;
    }
    this.#insert(call, place);
    this.#size += 1;
    return true;
  }

  remove(call: C): void {
    let { chunk, at } = this.#find((one) => one.serial < call.serial);
    while (this.#chunks[chunk]!.calls[at] !== call) {
      at += 1;
      if (at < this.#chunks[chunk]!.calls.length) continue;
      chunk += 1;
      at = 0;
    }
    const { calls, sum } = this.#chunks[chunk]!;
    calls.splice(at, 1);
    if (sum !== undefined) this.#subtract(sum, call);
    this.#size -= 1;
    if (calls.length === 0) this.#chunks.splice(chunk, 1);
    else if (calls.length < FEW_CALLS) this.#mergeAfter(chunk);
  }

  /** The call that is next after `skipped` others. */
  nth(skipped: number, now: number): C | undefined {
    if (!this.falls) return this.#atRank(skipped);
    // The calls of the newest interval come first, each interval in the order of arrival.
    let end = this.#size;
    let left = skipped;
    while (end > 0) {
      const priority = this.#priorityOf(this.#atRank(end - 1)!, now);
      const begin = this.#rankOf(this.#find((one) => this.#priorityOf(one, now) < priority));
      if (left < end - begin) return this.#atRank(begin + left);
      left -= end - begin;
      end = begin;
    }
    return undefined;
  }

  /** The calls before one that has this priority and this number of arrival. */
  countAhead(self: { readonly serial: number; readonly priority: number }, now: number): CallsAhead {
    const { serial, priority } = self;
    const end = { chunk: this.#chunks.length, at: 0 };
    if (!this.falls) {
      const first = this.#find((one) => {
        const own = this.#priorityOf(one, now);
        return own > priority || (own === priority && one.serial < serial);
      });
      return this.#addUp(START, first, now);
    }
    const equal = this.#find((one) => this.#priorityOf(one, now) < priority);
    const younger = this.#find((one) => {
      const own = this.#priorityOf(one, now);
      return own < priority || (own === priority && one.serial < serial);
    });
    const higher = this.#find((one) => this.#priorityOf(one, now) <= priority);
    return sumOf(this.#addUp(equal, younger, now), this.#addUp(higher, end, now));
  }

  #priorityOf(call: C, now: number): number {
    return priorityOf(this.rule, growsSince(call), now);
  }

  #isLast({ serial }: C): boolean {
    const last = this.#chunks.at(-1)?.calls.at(-1);
    return last === undefined || last.serial <= serial;
  }

  /** The first call for which `isBefore` is false; it is true for all calls before that. */
  #find(isBefore: (call: C) => boolean): Place {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.#chunks[middle]!.calls.at(-1)!)) low = middle + 1;
      else high = middle;
    }
    const calls = this.#chunks[low]?.calls;
    if (calls === undefined) return { chunk: low, at: 0 };
    let from = 0;
    let to = calls.length - 1;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (isBefore(calls[middle]!)) from = middle + 1;
      else to = middle;
    }
    return { chunk: low, at: from };
  }

  #before({ chunk, at }: Place): C | undefined {
    return at > 0 ? this.#chunks[chunk]!.calls[at - 1] : this.#chunks[chunk - 1]?.calls.at(-1);
  }

  #insert(call: C, { chunk, at }: Place): void {
    const last = this.#chunks.at(-1);
    if (chunk === this.#chunks.length) {
      if (last === undefined || last.calls.length >= MAX_CALLS_IN_CHUNK) {
        this.#chunks.push(this.#chunkOf([call]));
        return;
      }
      last.calls.push(call);
      if (last.sum !== undefined) this.#add(last.sum, call);
      return;
    }
    const { calls, sum } = this.#chunks[chunk]!;
    calls.splice(at, 0, call);
    if (sum !== undefined) this.#add(sum, call);
    if (calls.length <= MAX_CALLS_IN_CHUNK) return;
    const middle = calls.length >> 1;
    const halves = [this.#chunkOf(calls.slice(0, middle)), this.#chunkOf(calls.slice(middle))];
    this.#chunks.splice(chunk, 1, ...halves);
  }

  #mergeAfter(chunk: number): void {
    const calls = this.#chunks[chunk]!.calls;
    const next = this.#chunks[chunk + 1]?.calls;
    if (next === undefined || calls.length + next.length >= FEW_CALLS) return;
    this.#chunks.splice(chunk, 2, this.#chunkOf([...calls, ...next]));
  }

  #chunkOf(calls: C[]): Chunk<C> {
    if (!this.#hasSums) return { calls, sum: undefined };
    const divided = calls.map((call) => divide(growsSince(call), this.rule.everyMs));
    return {
      calls,
      sum: {
        intervals: divided.reduce((sum, { whole }) => sum + whole, 0),
        rests: divided.map(({ rest }) => rest).sort((a, b) => a - b),
      },
    };
  }

  #add(sum: ChunkSum, call: C): void {
    const { whole, rest } = divide(growsSince(call), this.rule.everyMs);
    sum.intervals += whole;
    sum.rests.splice(countUpTo(sum.rests, rest), 0, rest);
  }

  #subtract(sum: ChunkSum, call: C): void {
    const { whole, rest } = divide(growsSince(call), this.rule.everyMs);
    sum.intervals -= whole;
    sum.rests.splice(countUpTo(sum.rests, rest) - 1, 1);
  }

  #atRank(rank: number): C | undefined {
    let left = rank;
    for (const { calls } of this.#chunks) {
      if (left < calls.length) return calls[left];
      left -= calls.length;
    }
    return undefined;
  }

  #rankOf({ chunk, at }: Place): number {
    let rank = at;
    for (let index = 0; index < chunk; index += 1) rank += this.#chunks[index]!.calls.length;
    return rank;
  }

  /** The calls from a place to another one. */
  #addUp(from: Place, to: Place, now: number): CallsAhead {
    let calls = 0;
    let priorities = 0;
    for (let index = from.chunk; index <= to.chunk && index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index]!;
      const begin = index === from.chunk ? from.at : 0;
      const end = index === to.chunk ? to.at : chunk.calls.length;
      calls += end - begin;
      if (end - begin === chunk.calls.length) priorities += this.#sumOfChunk(chunk, now);
      else for (let at = begin; at < end; at += 1) priorities += this.#priorityOf(chunk.calls[at]!, now);
    }
    return { calls, priorities };
  }

  #sumOfChunk({ calls, sum }: Chunk<C>, now: number): number {
    const { base, increment, everyMs } = this.rule;
    if (everyMs <= 0 || increment === 0) return calls.length * base;
    if (sum === undefined || !Number.isSafeInteger(now)) {
      return calls.reduce((total, call) => total + this.#priorityOf(call, now), 0);
    }
    const { whole, rest } = divide(now, everyMs);
    const notOver = sum.rests.length - countUpTo(sum.rests, rest);
    return calls.length * base + (calls.length * whole - sum.intervals - notOver) * increment;
  }
}

function sumOf(a: CallsAhead, b: CallsAhead): CallsAhead {
  return { calls: a.calls + b.calls, priorities: a.priorities + b.priorities };
}

function divide(time: number, everyMs: number): { readonly whole: number; readonly rest: number } {
  const whole = Math.floor(time / everyMs);
  return { whole, rest: time - whole * everyMs };
}

/** Count of the ascending numbers that are not above `limit`. */
function countUpTo(numbers: readonly number[], limit: number): number {
  let from = 0;
  let to = numbers.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}
