import type { WaitingCall } from './waitingCall.ts';

/** When a call is looked at again. */
export interface NextLook {
  /** ms since epoch; Infinity: never. */
  readonly at: number;
  /** Other things than the time may change it. */
  readonly varies: boolean;
}

/**
 * The calls whose targets depend on the calls themselves, by the time at which each is looked at again.
 *
 * TC1. A call whose conditions compare only its age is looked at when a comparison may change, not before.
 * TC2. The others are looked at in turn, a bounded number in one interval.
 * TC3. If the clock goes back, all are looked at again.
 */
export class TimedCalls {
  readonly #all = new Map<WaitingCall, NextLook>();
  /** TC1: by whole seconds since epoch. */
  readonly #bySecond = new Map<number, Set<WaitingCall>>();
  #earliest = Number.POSITIVE_INFINITY;
  /** TC2: the call that was looked at longest ago is the first. */
  readonly #varying = new Set<WaitingCall>();
  /** TC3 */
  #again = new Set<WaitingCall>();
  /** The latest time at which a call was looked at. */
  #now = 0;

  get size(): number {
    return this.#all.size;
  }

  /** The call was looked at now. */
  set(call: WaitingCall, look: NextLook, now: number): void {
    this.remove(call);
    this.#now = Math.max(this.#now, now);
    this.#all.set(call, look);
    if (look.varies) this.#varying.add(call);
    if (look.at === Number.POSITIVE_INFINITY) return;
    const second = Math.floor(look.at / 1000);
    const due = this.#bySecond.get(second) ?? new Set();
    this.#bySecond.set(second, due.add(call));
    this.#earliest = Math.min(this.#earliest, second);
  }

  remove(call: WaitingCall): void {
    const look = this.#all.get(call);
    if (look === undefined) return;
    this.#all.delete(call);
    this.#varying.delete(call);
    this.#again.delete(call);
    if (look.at === Number.POSITIVE_INFINITY) return;
    const second = Math.floor(look.at / 1000);
    const due = this.#bySecond.get(second)!;
    due.delete(call);
    if (due.size > 0) return;
    this.#bySecond.delete(second);
    if (second !== this.#earliest) return;
    this.#earliest = [...this.#bySecond.keys()].reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  }

  /** At most `limit` calls whose time has come. */
  due(now: number, limit: number): readonly WaitingCall[] {
    if (now < this.#now) this.#again = new Set(this.#all.keys());
    this.#now = now;
    const found: WaitingCall[] = first(this.#again, limit);
    const second = Math.floor(now / 1000);
    if (this.#earliest > second) return found;
    for (const one of [...this.#bySecond.keys()].filter((key) => key <= second).sort((a, b) => a - b)) {
      for (const call of this.#bySecond.get(one)!) {
        if (found.length >= limit) return found;
        if (this.#all.get(call)!.at <= now && !this.#again.has(call)) found.push(call);
      }
    }
    return found;
  }

  /** The calls whose turn it is, at most `limit`. TC2. */
  inTurn(limit: number): readonly WaitingCall[] {
    return first(this.#varying, limit);
  }
}

function first<T>(all: Iterable<T>, limit: number): T[] {
  const found: T[] = [];
  for (const one of all) {
    if (found.length >= limit) break;
    found.push(one);
  }
  return found;
}
