import type { Writable } from 'node:stream';
import type { Session } from '../engine/interpreter/index.ts';
import type { CommandIo } from './commandIo.ts';
import type { RunClock } from './runClock.ts';

/** Session time after which a run stops, if the caller sets none. */
const MAX_REAL_MS = 10_000;
const MAX_VIRTUAL_MS = 24 * 3_600_000;
/** In virtual time, a run that has not ended stops after as much computing as --max-time, within these. */
const MIN_COMPUTING_MS = 2_000;
const MAX_COMPUTING_MS = 10_000;
/**
 * Steps without a pause after which a session is one that never rests. A number of steps, because the time
 * that they take depends on the machine.
 */
const RESTLESS_STEPS = 50;
/** Number of events that the reason names. */
const LAST_EVENTS = 3;

export interface RunBoundsParts {
  readonly clock: RunClock;
  readonly io: CommandIo;
  /** --max-time in ms. */
  readonly maxMs: number | undefined;
  readonly virtual: boolean;
}

/** The bounds of one run: they also hold for a session that never rests. */
export class RunBounds {
  /** Session time at which the run stops, in ms since epoch. */
  readonly until: number;
  readonly #clock: RunClock;
  readonly #elapsed: () => number;
  readonly #stdout: Writable;
  readonly #maxMs: number;
  readonly #computingMs: number;
  readonly #virtual: boolean;
  /** Steps since the sessions of the run last had nothing more to do at once. */
  #steps = 0;
  #isRestless = false;
  #isOverdue = false;
  /** The reader of the output has gone: `orsay run … | head -1`. */
  #isUnread = false;
  #events = 0;
  #last: readonly string[] = [];

  constructor({ clock, io, maxMs, virtual }: RunBoundsParts) {
    this.#clock = clock;
    this.#virtual = virtual;
    this.#maxMs = maxMs ?? (virtual ? MAX_VIRTUAL_MS : MAX_REAL_MS);
    this.#computingMs = virtual
      ? Math.max(MIN_COMPUTING_MS, Math.min(this.#maxMs, MAX_COMPUTING_MS))
      : this.#maxMs;
    this.#stdout = io.stdout;
    const begin = io.elapsed();
    this.#elapsed = () => io.elapsed() - begin;
    // The stream itself forgets its error at the end of this event-loop turn.
    io.stdout.once('error', () => {
      this.#isUnread = true;
    });
    this.until = clock.now() + this.#maxMs;
  }

  /** Counts the events of a session and of those that it invokes. */
  watch(session: Session): void {
    session.onRecord(({ kind, name }) => {
      if (kind !== 'event_processed') return;
      this.#events += 1;
      this.#last = [...this.#last.slice(1 - LAST_EVENTS), String(name)];
    });
  }

  /** Asked before each step. True when no session of the run may take a further one. */
  readonly isHeld = (): boolean => {
    if (this.#isOver) return true;
    this.#steps += 1;
    this.#isRestless = this.#steps > RESTLESS_STEPS && this.#elapsed() > this.#computingMs;
    return this.#isRestless;
  };

  /** Asked between steps. True when the run goes on, if an event or a delay is left. */
  mayGoOn(): boolean {
    if (!this.#clock.isBusy) {
      this.#steps = 0;
      this.#isOverdue = this.#virtual && this.#elapsed() > this.#computingMs;
    }
    return !this.#isOver && !this.#isOverdue;
  }

  get #isOver(): boolean {
    return this.#isUnread || this.#isRestless || this.#stdout.errored !== null;
  }

  /** True when the run stopped while the session had more to do at once, or too many delays passed. */
  get isCut(): boolean {
    return this.#isRestless || this.#isCutInDelays;
  }

  get #isCutInDelays(): boolean {
    const { exhausted, nextAt } = this.#clock;
    return exhausted !== undefined || (this.#isOverdue && nextAt !== undefined && nextAt <= this.until);
  }

  /** The reason, for people, why a run stopped before its session had ended or waits for events only. */
  get reason(): string | undefined {
    const { exhausted, nextAt } = this.#clock;
    if (this.#isRestless) {
      return `Stopped after ${this.#bound()}: the session did not come to rest. ${this.#course()}`;
    }
    if (nextAt === undefined) return undefined;
    const after = timeText(Math.max(1, nextAt - this.#clock.now()));
    const toCome = `delayed events are still to come, the next after ${after}.`;
    if (!this.#isCutInDelays) return `Stopped after ${timeText(this.#maxMs)} (--max-time): ${toCome}`;
    return `Stopped after ${exhausted ?? this.#bound()}: ${toCome} ${this.#course()}`;
  }

  #bound(): string {
    if (!this.#virtual || this.#computingMs === this.#maxMs) return `${timeText(this.#maxMs)} (--max-time)`;
    return `${timeText(this.#computingMs)} of computing`;
  }

  #course(): string {
    const passed = this.#virtual
      ? ` in ${timeText(this.#clock.now() - this.until + this.#maxMs)} of its time`
      : '';
    return `It processed ${this.#events} events${passed}; the last were ${this.#last.join(', ')}.`;
  }
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** '59m', '1.5s', '20ms': the largest unit that gives a short number. */
function timeText(ms: number): string {
  for (const [unit, size] of UNITS) {
    if (ms >= size && (ms % size === 0 || unit === 's')) return `${Number((ms / size).toFixed(3))}${unit}`;
  }
  return `${Math.ceil(ms)}ms`;
}
