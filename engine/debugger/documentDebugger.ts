import type { Document } from '../interpreter/index.ts';
import type { StepLine, Stepper } from '../interpreter/stepper/index.ts';
import { defined, type Json } from '../ports/index.ts';
import { type Breakpoint, isAt, placed } from './breakpoints.ts';
import type { Change } from './changes.ts';
import { changesOf } from './changes.ts';

/** Microsteps and timers that one command takes at most. */
const MAX_MICROSTEPS = 10_000;

/** Why a command returned. */
export interface Stop {
  readonly reason: /** The step that was asked for is taken. */
    | 'step'
    /** No input waits. */
    | 'idle'
    | 'ended'
    | 'breakpoint'
    /** MAX_MICROSTEPS were not enough. */
    | 'endless';
  readonly breakpoint?: Breakpoint;
  /** The line at which the breakpoint stopped. */
  readonly line?: StepLine;
}

/** A command that runs, with the actions of the stepper that it has taken. */
interface Command {
  actions: number;
}

/** The session before a command. */
interface Before {
  readonly data: Json;
  /** Number of lines. */
  readonly lines: number;
}

/**
 * Debugs one session in virtual time. Each command can be undone, also one of many steps. Breakpoints stop
 * the stepped session between two microsteps; a session that it invoked has then completed its macrostep.
 */
export class DocumentDebugger {
  readonly #stepper: Stepper;
  readonly #document: Document;
  readonly #maxMicrosteps: number;
  /** The number of actions of the stepper, for each command that can be undone. */
  readonly #commands: number[] = [];
  #before: Before | undefined;
  #breakpoints: readonly Breakpoint[] = [];
  /** The conditions that were true when they were last evaluated. */
  #holding = new Set<string>();

  constructor(stepper: Stepper, document: Document, { maxMicrosteps = MAX_MICROSTEPS } = {}) {
    this.#stepper = stepper;
    this.#document = document;
    this.#maxMicrosteps = maxMicrosteps;
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  /** The number of commands that back() can undo. */
  get undoable(): number {
    return this.#commands.length;
  }

  /** Replaces all breakpoints, and returns them as they will stop. Throws BreakpointRefused. */
  setBreakpoints(breakpoints: readonly Breakpoint[]): readonly Breakpoint[] {
    this.#breakpoints = breakpoints.map((breakpoint) => placed(breakpoint, this.#document));
    this.#holding = new Set(this.#trueConditions());
    return this.#breakpoints;
  }

  /** The lines of the last command. */
  get lastLines(): readonly StepLine[] {
    return this.#stepper.lines.slice(this.#before?.lines ?? 0);
  }

  /** The data that the last command changed. */
  changes(): readonly Change[] {
    return this.#before ? changesOf(this.#before.data, this.#stepper.data) : [];
  }

  /** Takes one set of transitions. */
  microstep(): Stop {
    return this.#command((command) => this.#step(() => this.#stepper.microstep(), command));
  }

  /** Takes one event to its end. */
  macrostep(): Stop {
    return this.#command((command) => this.#step(() => this.#stepper.macrostep(), command));
  }

  /** Runs to the next breakpoint, or until no input waits. */
  run(): Stop {
    return this.#command((command) => this.#run(command));
  }

  /** Puts an input into the queue of the session with `act`, and runs. */
  runWith(act: (stepper: Stepper) => void): Stop {
    return this.#command((command) => {
      act(this.#stepper);
      command.actions += 1;
      return this.#run(command);
    });
  }

  /** Puts an input into the queue of the session, and takes no step. */
  queue(act: (stepper: Stepper) => void): void {
    this.#command((command) => {
      act(this.#stepper);
      command.actions += 1;
      return { reason: 'idle' };
    });
  }

  /** Lets `ms` pass, or the time to the next breakpoint. */
  advance(ms: number): Stop {
    const stepper = this.#stepper;
    return this.#command((command) => {
      const until = stepper.now + ms;
      let stop = this.#run(command);
      while (stop.reason === 'idle' && stepper.enqueueNextTimer(until)) {
        command.actions += 1;
        stop = this.#run(command);
      }
      if (stop.reason !== 'idle' || stepper.now >= until) return stop;
      stepper.advance(until - stepper.now);
      command.actions += 1;
      return stop;
    });
  }

  /** Undoes commands. Throws a RangeError when there are not so many. */
  back(commands = 1): void {
    if (this.#commands.length === 0) throw new RangeError('Expected a command before this one, got none.');
    if (!(commands >= 1 && commands <= this.#commands.length)) {
      throw new RangeError(`Expected to go back 1 to ${this.#commands.length} commands, got ${commands}.`);
    }
    this.#stepper.back(this.#commands.splice(-commands).reduce((sum, actions) => sum + actions, 0));
    this.#holding = new Set(this.#trueConditions());
    this.#before = { data: this.#stepper.data, lines: this.#stepper.lines.length };
  }

  #command(run: (command: Command) => Stop): Stop {
    this.#before = { data: this.#stepper.data, lines: this.#stepper.lines.length };
    const command: Command = { actions: 0 };
    try {
      return run(command);
    } finally {
      if (command.actions > 0) this.#commands.push(command.actions);
    }
  }

  #step(take: () => boolean, command: Command): Stop {
    const from = this.#stepper.lines.length;
    if (!take()) return { reason: this.#stepper.status === 'running' ? 'idle' : 'ended' };
    command.actions += 1;
    const hit = this.#hit(from);
    if (hit) return hit;
    return { reason: this.#stepper.status === 'running' ? 'step' : 'ended' };
  }

  #run(command: Command): Stop {
    while (command.actions < this.#maxMicrosteps) {
      const stop = this.#step(() => this.#stepper.microstep(), command);
      if (stop.reason !== 'step') return stop;
    }
    return { reason: 'endless' };
  }

  /** The first breakpoint among the lines from `from` on. */
  #hit(from: number): Stop | undefined {
    const became = this.#becameTrue();
    for (const line of this.#stepper.lines.slice(from)) {
      const breakpoint = this.#breakpoints.find(
        (candidate) =>
          isAt(candidate, line) && (candidate.condition === undefined || this.#isTrue(candidate.condition)),
      );
      if (breakpoint) return { reason: 'breakpoint', breakpoint, line };
    }
    if (!became) return undefined;
    return { reason: 'breakpoint', breakpoint: became, ...defined({ line: this.#stepper.lines.at(-1) }) };
  }

  /** A condition that is true now and was not before. */
  #becameTrue(): Breakpoint | undefined {
    const holding = new Set(this.#trueConditions());
    const before = this.#holding;
    this.#holding = holding;
    return this.#breakpoints.find(
      ({ kind, condition = '' }) => kind === 'condition' && holding.has(condition) && !before.has(condition),
    );
  }

  #trueConditions(): readonly string[] {
    return this.#breakpoints.flatMap((breakpoint) =>
      breakpoint.kind === 'condition' && this.#isTrue(breakpoint.condition) ? [breakpoint.condition] : [],
    );
  }

  /** A condition that throws is not true: it may read data that do not exist yet. */
  #isTrue(condition: string): boolean {
    try {
      return Boolean(this.#stepper.get(condition));
    } catch {
      return false;
    }
  }
}
