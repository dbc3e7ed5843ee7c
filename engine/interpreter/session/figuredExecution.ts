import { defined, type Json } from '../../ports/index.ts';
import type { Program } from '../algorithm/program.ts';
import type {
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  Limits,
  StepInput,
  StepOptions,
  StepOutcome,
  StepRecord,
} from '../execution.ts';
import {
  type Figure,
  type FigureQuestion,
  type KnownFigure,
  mayAskForFigures,
  type ReadFigure,
} from '../figures.ts';
import type { Executions } from './executions.ts';

/** The executions of a family whose documents may ask for statistics. */
export function figuredExecutions(executions: Executions, read: ReadFigure): Executions {
  const restore = (program: Program, snapshot: ExecutionSnapshot, limits: Partial<Limits> | undefined) =>
    executions.restore(program, snapshot, limits);
  return {
    start: (program, options) =>
      mayAskForFigures(program.document)
        ? new FiguredExecution(
            () => executions.start(program, options),
            (snapshot) => restore(program, snapshot, options.limits),
            read,
          )
        : executions.start(program, options),
    restore: (program, snapshot, limits) =>
      mayAskForFigures(program.document)
        ? new FiguredExecution(
            () => restore(program, snapshot, limits),
            (later) => restore(program, later, limits),
            read,
          )
        : restore(program, snapshot, limits),
  };
}

/**
 * Takes the step of a copy that `open` makes of a session; of another copy again, until the step has all
 * values that it asks for. `onRecord` gets the records of the last one.
 */
export function stepWithFigures(
  open: () => Execution,
  {
    input,
    options,
    read,
  }: { readonly input: StepInput; readonly options: StepOptions; readonly read: ReadFigure },
): { readonly execution: Execution; readonly outcome: StepOutcome } {
  const { onRecord } = options;
  let figures: readonly KnownFigure[] = [];
  for (;;) {
    const execution = open();
    const records: StepRecord[] = [];
    const kept = onRecord && ((record: StepRecord): void => void records.push(record));
    const outcome = execution.step(input, { ...options, figures, ...defined({ onRecord: kept }) });
    if (outcome.asks === undefined) {
      for (const record of records) onRecord?.(record);
      return { execution, outcome };
    }
    figures = [...figures, ...outcome.asks.map((asked) => ({ ...asked, figure: figureOf(asked, read) }))];
  }
}

function figureOf({ object, statistic }: FigureQuestion, read: ReadFigure): Figure {
  const value = read(object, statistic);
  if (value === undefined) return { refusal: 'there is no such statistic or object' };
  return { value: Number.isFinite(value) ? value : null };
}

/** An execution that is computed again from its last snapshot when a step asks for statistics. */
class FiguredExecution implements Execution {
  readonly #restore: (snapshot: ExecutionSnapshot) => Execution;
  readonly #read: ReadFigure;
  #open: () => Execution;
  #execution: Execution;

  constructor(open: () => Execution, restore: (snapshot: ExecutionSnapshot) => Execution, read: ReadFigure) {
    this.#open = open;
    this.#restore = restore;
    this.#read = read;
    this.#execution = open();
  }

  get sessionId(): string {
    return this.#execution.sessionId;
  }

  get status(): ExecutionStatus {
    return this.#execution.status;
  }

  get configuration(): readonly string[] {
    return this.#execution.configuration;
  }

  step(input: StepInput, options: StepOptions): StepOutcome {
    const before = this.#execution;
    const reopen = this.#open;
    let isFirst = true;
    const open = (): Execution => {
      const execution = isFirst ? before : reopen();
      isFirst = false;
      return execution;
    };
    const { execution, outcome } = stepWithFigures(open, { input, options, read: this.#read });
    this.#execution = execution;
    if (outcome.status === 'running') {
      const snapshot = execution.snapshot();
      this.#open = () => this.#restore(snapshot);
    }
    return outcome;
  }

  data(): Json {
    return this.#execution.data();
  }

  snapshot(): ExecutionSnapshot {
    return this.#execution.snapshot();
  }

  snapshotText(): string {
    return this.#execution.snapshotText();
  }
}
