import { defined, type Json } from '../../ports/index.ts';
import {
  type DataSession,
  DEFAULT_LIMITS,
  type Execution,
  type ExecutionSnapshot,
  type ExecutionStatus,
  type Expression,
  type Limits,
  type Program,
  type ReadFigure,
  restoreExecution,
  type StartOptions,
  type StepInput,
  type StepOptions,
  type StepOutcome,
  type StepRecord,
  startExecution,
  stepWithFigures,
} from '../index.ts';
import { openData } from './openData.ts';

/** A macrostep after some of its rounds. */
export interface Probe {
  readonly execution: Execution;
  readonly records: readonly StepRecord[];
  /** False: the macrostep has more rounds. */
  readonly complete: boolean;
}

/**
 * An execution that takes one macrostep for each step, and that can show a macrostep before it takes it.
 *
 * A probe runs a copy with a low limit of rounds. The copy fails with MAX_MICROSTEPS_PER_MACROSTEP at that
 * round, and keeps the configuration and the data that it had there.
 */
export class PacedExecution implements Execution {
  readonly #program: Program;
  readonly #limits: Partial<Limits> | undefined;
  readonly #readFigure: ReadFigure | undefined;
  /** Defined until the first step. */
  #start: StartOptions | undefined;
  #execution: Execution;

  constructor(
    program: Program,
    from:
      | { readonly kind: 'start'; readonly options: StartOptions }
      | { readonly kind: 'snapshot'; readonly snapshot: ExecutionSnapshot },
    {
      limits,
      readFigure,
    }: { readonly limits: Partial<Limits> | undefined; readonly readFigure: ReadFigure | undefined },
  ) {
    this.#program = program;
    this.#limits = limits;
    this.#readFigure = readFigure;
    if (from.kind === 'start') {
      this.#start = from.options;
      this.#execution = startExecution(program, from.options);
    } else {
      this.#execution = restoreExecution(program, from.snapshot, defined({ limits }));
    }
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

  /** True before the first step. */
  get isFresh(): boolean {
    return this.#start !== undefined;
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

  step(input: StepInput, options: StepOptions): StepOutcome {
    const { execution, outcome } = this.#stepCopy(pace(input), input, options);
    this.#execution = execution;
    this.#start = undefined;
    return outcome;
  }

  /** The macrostep of `input` after `rounds` rounds. This execution does not change. */
  probe(input: StepInput, options: StepOptions, rounds: number): Probe {
    const records: StepRecord[] = [];
    const paced = { ...pace(input), MAX_MICROSTEPS_PER_MACROSTEP: rounds };
    const recorded = { ...options, onRecord: (record: StepRecord) => void records.push(record) };
    const { execution, outcome } = this.#stepCopy(paced, input, recorded);
    const limit = this.#limits?.MAX_MICROSTEPS_PER_MACROSTEP ?? DEFAULT_LIMITS.MAX_MICROSTEPS_PER_MACROSTEP;
    const complete =
      rounds >= limit ||
      outcome.status !== 'failed' ||
      !outcome.reason?.startsWith('MAX_MICROSTEPS_PER_MACROSTEP:');
    return { execution, records: complete ? records : withoutFailure(records), complete };
  }

  /** Value of an expression over the data of `execution`: of a probe, or by default of this one. */
  evaluate(source: string, at: { readonly now: number; readonly execution?: Execution }): Json | undefined {
    const { data, slot } = this.#open(source, 'value', at);
    return data.value(slot);
  }

  assign(location: string, value: Json | undefined, at: { readonly now: number }): void {
    const { data, slot } = this.#open(location, 'location', at);
    data.assignJson(slot, value);
    const snapshot = { ...this.#execution.snapshot(), data: data.snapshot() };
    this.#execution = restoreExecution(this.#program, snapshot, defined({ limits: this.#limits }));
  }

  #stepCopy(
    limits: Partial<Limits>,
    input: StepInput,
    options: StepOptions,
  ): { readonly execution: Execution; readonly outcome: StepOutcome } {
    const read = this.#readFigure;
    if (read !== undefined) return stepWithFigures(() => this.#copy(limits), { input, options, read });
    const execution = this.#copy(limits);
    return { execution, outcome: execution.step(input, options) };
  }

  #copy(limits: Partial<Limits>): Execution {
    const all = { ...this.#limits, ...limits };
    if (this.#start) return startExecution(this.#program, { ...this.#start, limits: all });
    return restoreExecution(this.#program, this.#execution.snapshot(), { limits: all });
  }

  /** Opens the data in a compilation of the document with one more expression. */
  #open(
    source: string,
    kind: Expression['kind'],
    { now, execution = this.#execution }: { readonly now: number; readonly execution?: Execution },
  ): { readonly data: DataSession; readonly slot: number } {
    const { document } = this.#program;
    const { sessionId } = this;
    const { configuration } = execution;
    return openData(
      { document, sessionId, configuration, snapshot: execution.snapshot() },
      { source, kind, now },
    );
  }
}

/** One external event for each step: the event of the input, or the first in the external queue. */
function pace(input: StepInput): Pick<Limits, 'MAX_EVENTS_PER_STEP'> {
  return { MAX_EVENTS_PER_STEP: input.kind === 'start' || input.kind === 'event' ? 0 : 1 };
}

function withoutFailure(records: readonly StepRecord[]): readonly StepRecord[] {
  const end = records.findIndex(({ kind }) => kind === 'failed');
  return end === -1 ? records : records.slice(0, end);
}
