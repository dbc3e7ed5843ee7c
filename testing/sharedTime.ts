import { parseDelay, VirtualClock } from '../engine/interpreter/index.ts';

/** The virtual clock starts here when a test names no time. */
export const START_TIME = Date.UTC(2026, 0, 5, 9, 0, 0);
/** Rounds in which events go from one part to another before all are quiet. */
const MAX_ROUNDS = 10_000;
/** Points of time that one advance() passes at most. */
const MAX_TIMES = 100_000;

/** A session as the shared time moves it. */
export interface TimedSession {
  readonly isRunning: boolean;
  readonly isIdle: boolean;
  /** Due time of its next timer, in ms since epoch. */
  readonly nextTimer: number | undefined;
  /** Moves its clock, which fires the timers that are due by then. */
  moveTo(time: number): void;
  /** The actions are one action of the session, under this name. */
  asOne(name: string, actions: () => void): void;
  /** Throws when its document had a fault that nothing handled. */
  throwFault(): void;
}

/**
 * The one clock of several sessions and of the fakes around them.
 *
 * ST1. A part never acts in the middle of an action of another one: it posts its work, which is done when all
 *      sessions are stable.
 * ST2. Time moves from one due time to the next. There the timers of sessions come first, in the order in
 *      which the sessions were opened, then the alarms of fakes.
 */
export class SharedTime {
  readonly #clock: VirtualClock;
  readonly #sessions: TimedSession[] = [];
  #posts: (() => void)[] = [];
  /** Each returns true when it waits no more. */
  #waits: (() => boolean)[] = [];
  #isRunning = false;

  /** `start`: ms since epoch. */
  constructor(start: number) {
    this.#clock = new VirtualClock(start);
  }

  /** ms since epoch. */
  get now(): number {
    return this.#clock.now();
  }

  add(session: TimedSession): void {
    this.#sessions.push(session);
  }

  /** Calls `fire` at a time (ms since epoch). Returns a function that cancels it. */
  at(dueAt: number, fire: () => void): () => void {
    return this.#clock.at(dueAt, fire);
  }

  /** Work that is done when all sessions are stable. */
  post(work: () => void): void {
    this.#posts.push(work);
  }

  /** `isOver` is asked whenever all sessions are stable, until it returns true. */
  wait(isOver: () => boolean): void {
    this.#waits.push(isOver);
  }

  /** Performs an action of a test, and all that follows from it at the same time. */
  run<Result>(action: () => Result): Result {
    if (this.#isRunning) return action();
    this.#isRunning = true;
    try {
      const result = action();
      this.#settle();
      for (const session of this.#sessions) session.throwFault();
      return result;
    } finally {
      this.#posts = [];
      this.#isRunning = false;
    }
  }

  /** Lets time pass: '30s', '5m', '200ms', or a number of ms. */
  advance(time: string | number): void {
    const ms = typeof time === 'number' ? time : parseDelay(time);
    if (ms === undefined || !(ms >= 0)) {
      throw new TypeError(`Expected a time as '30s', '5m', '200ms' or in ms, got '${time}'.`);
    }
    const until = this.now + ms;
    const pass = this.#sessions
      .filter(({ isRunning }) => isRunning)
      .reduceRight<() => void>(
        (inner, session) => () => session.asOne(`advance ${time}`, inner),
        () => this.#passUntil(until),
      );
    this.run(pass);
  }

  #passUntil(until: number): void {
    this.#settle();
    for (let times = 0; ; times++) {
      const due = this.#nextDue();
      if (due === undefined || due > until) break;
      if (times === MAX_TIMES) throw new Error(`Expected at most ${MAX_TIMES} due times, got more.`);
      this.#moveTo(due);
    }
    this.#moveTo(until);
  }

  #nextDue(): number | undefined {
    const dues = [this.#clock.next, ...this.#sessions.map(({ nextTimer }) => nextTimer)];
    const known = dues.filter((due) => due !== undefined);
    return known.length === 0 ? undefined : Math.max(this.now, Math.min(...known));
  }

  #moveTo(time: number): void {
    this.#clock.moveTo(time);
    for (const session of this.#sessions) session.moveTo(time);
    this.#settle();
    while (this.#clock.fireNext(time)) this.#settle();
  }

  #settle(): void {
    for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
      const busy = this.#sessions.find(({ isIdle }) => !isIdle);
      const work = busy === undefined ? this.#posts.shift() : undefined;
      if (busy !== undefined) busy.moveTo(this.now);
      else if (work !== undefined) work();
      else if (!this.#endWaits()) return;
    }
    throw new Error(`Expected the sessions to become stable, but after ${MAX_ROUNDS} rounds they are not.`);
  }

  /** True when a wait was over: what it did may have caused more. */
  #endWaits(): boolean {
    const before = this.#waits;
    this.#waits = [];
    const left = before.filter((isOver) => !isOver());
    this.#waits = [...left, ...this.#waits];
    return left.length < before.length;
  }
}
