import type {
  Breakpoint,
  Inspected,
  InspectedLine,
  InspectedValue,
  PlacedBreakpoint,
} from '../debugger/index.ts';
import type { Batch } from '../durable/index.ts';
import type { Document, PendingTimer, StepInput } from '../interpreter/index.ts';
import type { SessionId } from '../ports/index.ts';
import type { WaitingInput } from './heldInputs.ts';
import type { SessionView } from './sessions.ts';
import type { StepEvent } from './takenStep.ts';

/** Something that a debugger is told of its session. */
export type DebugEvent =
  /** The session takes no input until it is told to. */
  | {
      readonly kind: 'stopped';
      readonly reason: StopReason;
      /** Present for a breakpoint, which the input that waits first comes to. */
      readonly hit?: BreakpointHit;
    }
  | { readonly kind: 'continued' }
  /** An input was stored for the stopped session. `waiting`: how many wait. */
  | { readonly kind: 'input'; readonly waiting: number }
  | StepEvent;

export type StopReason =
  /** A debugger has attached to the session. */
  | 'attach'
  /** The session has taken its first step, and a debugger waited for it. */
  | 'start'
  | 'pause'
  /** The input that waits first comes to a breakpoint. It is not taken yet. */
  | 'breakpoint'
  /** The step that was asked for is taken. */
  | 'step';

/** A breakpoint, and the step that comes to it. */
export interface BreakpointHit {
  readonly breakpoint: Breakpoint;
  readonly input: StepInput;
  readonly lines: readonly InspectedLine[];
  /** The line of `lines` at which the breakpoint stands. */
  readonly line: number;
}

/** Tells a debugger what happens. Must not throw. */
export type TellDebugger = (event: DebugEvent) => void;

/** Tells somebody who watches a session what happens. Must not throw. */
export type TellOfSteps = (
  event: StepEvent | { readonly kind: 'state'; readonly state: DebuggedState },
) => void;

/** The state of a session, for a debugger or somebody who watches it. */
export interface DebuggedState {
  readonly view: SessionView;
  readonly isStopped: boolean;
  /** The active states with their places, ancestors first. */
  readonly states: Inspected['states'];
  /** In the order of their due times. Those that are due wait as inputs while the session is stopped. */
  readonly timers: readonly PendingTimer[];
  /** Inputs that wait, at most MAX_SHOWN_INPUTS. */
  readonly waiting: readonly WaitingInput[];
  /** All that wait. */
  readonly waitingCount: number;
}

/**
 * Debuggers of running sessions.
 *
 * HE1. A session that is stopped takes no input: each one is stored behind the others, and acknowledged when
 *      it is durable. Its timers do not fire; those that become due wait as inputs.
 * HE2. A step is computed and committed whole. A session never stops inside a step.
 * HE3. Inputs are taken in the order in which they came, also those that come while others are taken.
 * HE4. No other session waits: the tasks of a stopped session are replaced by its stored inputs, and occupy
 *      neither lanes nor places of running tasks.
 * HE5. After the end of the process nothing is held: the stored inputs of a session are taken first.
 */
export interface DebuggableSessions {
  /**
   * Stops the session, and tells the debugger what happens to it. `alongside` joins the commit. Rejects with
   * SESSION_NOT_FOUND, SESSION_SET_ASIDE, SESSION_DEBUGGED, SESSION_NOT_DEBUGGABLE.
   */
  attach(
    sessionId: SessionId,
    debug: { readonly tell: TellDebugger; readonly alongside?: Batch },
  ): Promise<DebuggedSession>;
  /**
   * Attaches to the next session that starts on the document (an absolute URL, or the hash of a version). It
   * stops after its first step, or before it when that comes to a breakpoint: the session is stored then, and
   * whoever starts it goes on. Returns a function that waits for it no longer.
   */
  attachToNext(document: string, waiting: WaitingDebugger): () => void;
  /**
   * Tells of the steps of a session, and does not hold it. Its steps take longer meanwhile: their details are
   * computed. The state before the first of these steps is told first. Resolves with a function that ends the
   * watch. Rejects with SESSION_NOT_FOUND, also for a session that has ended, and SESSION_SET_ASIDE.
   */
  watch(sessionId: SessionId, tell: TellOfSteps): Promise<() => void>;
  /** Rejects as watch() does. */
  state(sessionId: SessionId): Promise<DebuggedState>;
  /**
   * Lets a timer become due now. A session that is stopped takes it later, as any input. `alongside` joins
   * the commit. False: no such timer is pending. Rejects as watch() does, and with MAILBOX_FULL.
   */
  fireTimer(sessionId: SessionId, key: string, alongside?: Batch): Promise<boolean>;
  /** The texts of the version of the document on which the session runs. Rejects as watch() does. */
  document(sessionId: SessionId): Promise<SessionDocument>;
}

export type SessionDocument = Pick<Document, 'url' | 'hash' | 'dialect' | 'sources'>;

/** A debugger that waits for a session. */
export interface WaitingDebugger {
  readonly tell: TellDebugger;
  /** Joins the commit that holds the session. */
  readonly alongside: (sessionId: SessionId) => Batch;
  /** Those at which the first step stops, and that the session has then. */
  readonly breakpoints: () => readonly Breakpoint[];
  /** The session is held, and this is durable. It may have ended in its first step. */
  readonly attached: (session: DebuggedSession) => void;
}

/** A session that a debugger is attached to. After its end, or after detach(), its methods do nothing. */
export interface DebuggedSession {
  readonly sessionId: SessionId;
  readonly isStopped: boolean;
  pause(): void;
  proceed(): void;
  /** Takes the input that waits first, or else the next one that comes, and stops. */
  step(): void;
  /** Resolves when no input waits any more, and the session runs as if there had been no debugger. */
  detach(): Promise<void>;
  /** Rejects with SESSION_NOT_FOUND when the session has ended. */
  state(): Promise<DebuggedState>;
  /**
   * Replaces all breakpoints. The session then stops before an input whose step comes to one; a session that
   * goes on from there takes it. Rejects as state() does.
   */
  setBreakpoints(breakpoints: readonly Breakpoint[]): Promise<readonly PlacedBreakpoint[]>;
  /** The value of an expression over a copy of the data. Rejects as state() does. */
  evaluate(expression: string): Promise<InspectedValue>;
}
