import {
  type Document,
  type Execution,
  type ExecutionSnapshot,
  type FigureQuestion,
  type Limits,
  type PendingTimer,
  type Program,
  parseSnapshot,
  pendingTimers,
  restoreExecution,
  type SourceLocation,
  type StartOptions,
  type StepInput,
  type StepOptions,
  startExecution,
} from '../interpreter/index.ts';
import { openData } from '../interpreter/stepper/index.ts';
import { defined, type Json } from '../ports/index.ts';
import { type Breakpoint, isAt, type PlacedBreakpoint, placedIn } from './breakpoints.ts';
import { type InspectedLine, type RecordedLine, stepWithLines } from './stepDetails.ts';

/** Loop passes and calls of the condition of a breakpoint: each step comes to many of them. */
const MAX_CONDITION_STEPS = 20_000;

/** Questions about a session, which change nothing. */
export interface Inspection {
  /** ms since epoch. */
  readonly now: number;
  /** The step that this input would cause is shown. */
  readonly input?: StepInput;
  /** Each is placed in the document, and looked for in the step. */
  readonly breakpoints?: readonly Breakpoint[];
  /** Expressions over the data before the step. */
  readonly expressions?: readonly string[];
}

export type InspectedValue =
  /** Absent: undefined. */
  { readonly value?: Json } | { readonly refused: string };

export interface Inspected {
  /** The active states before the step, ancestors first. */
  readonly states: readonly { readonly id: string; readonly at: SourceLocation }[];
  /** In the order of their due times. Empty when a step is shown. */
  readonly timers: readonly PendingTimer[];
  readonly lines: readonly InspectedLine[];
  /** The first breakpoint that the step comes to. `line`: of `lines`. */
  readonly hit?: { readonly breakpoint: Breakpoint; readonly line: number };
  readonly values: readonly InspectedValue[];
  readonly placed: readonly PlacedBreakpoint[];
  /** The step needs these values, and is not shown. */
  readonly asks?: readonly FigureQuestion[];
}

/** A session between two steps, or before its first one. */
export type InspectedSession =
  | {
      readonly sessionId: string;
      /** Its snapshot. */
      readonly text: string;
      readonly limits?: Partial<Limits>;
    }
  | { readonly start: StartOptions };

/** The facts that the copy of a step is given, as the step itself is. */
export type InspectionFacts = Pick<StepOptions, 'reaches' | 'figures'>;

/**
 * Answers the questions over copies of a session. Conditions of breakpoints are evaluated with the data after
 * the step; a breakpoint that is a condition is hit when the step makes it true.
 */
export function inspect(
  program: Program,
  session: InspectedSession,
  { facts = {}, ...inspection }: Inspection & { readonly facts?: InspectionFacts },
): Inspected {
  const { now, input, breakpoints = [], expressions = [] } = inspection;
  const { document } = program;
  const open = () => opened(program, session);
  const before = open();
  const values = expressions.map((source) => evaluated(document, before, { source, now }));
  const placements = breakpoints.map((breakpoint) => placedIn(document, breakpoint));
  const states = before.configuration.flatMap((id) => {
    const index = document.stateById.get(id);
    return index === undefined ? [] : [{ id, at: document.states[index]!.at }];
  });
  if (input === undefined) {
    const timers = 'start' in session ? [] : pendingTimers({ execution: parsedOf(session) });
    return { states, timers, lines: [], values, placed: placements };
  }
  const after = open();
  const { outcome, lines } = stepWithLines(document, after, { input, options: { now, ...facts } });
  if (outcome.asks !== undefined) {
    return { states, timers: [], lines: [], values, placed: placements, asks: outcome.asks };
  }
  const usable = placements.flatMap((one) => ('breakpoint' in one ? [one.breakpoint] : []));
  const wasTrue = conditionsOf(document, before, now);
  const isTrue = outcome.status === 'running' ? conditionsOf(document, after, now) : () => false;
  const hit = firstHit(usable, lines, {
    holds: isTrue,
    becomes: (condition) => isTrue(condition) && !wasTrue(condition),
  });
  const shown = lines.map(({ record: _, ...line }) => line);
  return { states, timers: [], lines: shown, values, placed: placements, ...defined({ hit }) };
}

function opened(program: Program, session: InspectedSession): Execution {
  if ('start' in session) return startExecution(program, session.start);
  return restoreExecution(program, parsedOf(session), defined({ limits: session.limits }));
}

function parsedOf({
  text,
  sessionId,
}: Exclude<InspectedSession, { readonly start: unknown }>): ExecutionSnapshot {
  return parseSnapshot(text, sessionId);
}

/** Tells whether a condition is true. Each is evaluated once: all lines of a step have the same data. */
function conditionsOf(document: Document, execution: Execution, now: number): (source: string) => boolean {
  const known = new Map<string, boolean>();
  return (source) => {
    const answer = known.get(source);
    if (answer !== undefined) return answer;
    const found = evaluated(document, execution, { source, now, gas: MAX_CONDITION_STEPS });
    const isTrue = 'value' in found && Boolean(found.value);
    known.set(source, isTrue);
    return isTrue;
  };
}

function firstHit(
  breakpoints: readonly Breakpoint[],
  lines: readonly RecordedLine[],
  is: {
    readonly holds: (condition: string) => boolean;
    readonly becomes: (condition: string) => boolean;
  },
): Inspected['hit'] {
  for (const [line, shown] of lines.entries()) {
    const breakpoint = breakpoints.find(
      (one) => isAt(one, shown) && (one.condition === undefined || is.holds(one.condition)),
    );
    if (breakpoint) return { breakpoint, line };
  }
  const made = breakpoints.find((one) => one.kind === 'condition' && is.becomes(one.condition));
  return made && { breakpoint: made, line: Math.max(0, lines.length - 1) };
}

/** The code runs on a copy of the data, and cannot make requests. Default of `gas`: as much as a step has. */
function evaluated(
  document: Document,
  execution: Execution,
  { source, now, gas }: { readonly source: string; readonly now: number; readonly gas?: number },
): InspectedValue {
  const { sessionId, configuration } = execution;
  try {
    const stored = { document, sessionId, configuration, snapshot: execution.snapshot() };
    const { data, slot } = openData(stored, { source, kind: 'value', now, ...defined({ gas }) });
    return defined({ value: data.value(slot) });
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}
