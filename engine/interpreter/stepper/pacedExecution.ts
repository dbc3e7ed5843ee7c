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
  restoreExecution,
  type StartOptions,
  type StepInput,
  type StepOptions,
  type StepOutcome,
  startExecution,
  type TraceRecord,
} from '../index.ts';
import { openData } from './openData.ts';

/** A macrostep after some of its rounds. */
export interface Probe {
  readonly execution: Execution;
  readonly records: readonly TraceRecord[];
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
  /** Defined until the first step. */
  #start: StartOptions | undefined;
  #execution: Execution;

  constructor(
    program: Program,
    from:
      | { readonly kind: 'start'; readonly options: StartOptions }
      | { readonly kind: 'snapshot'; readonly snapshot: ExecutionSnapshot },
    limits: Partial<Limits> | undefined,
  ) {
    this.#program = program;
    this.#limits = limits;
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
    this.#execution = this.#copy(pace(input));
    this.#start = undefined;
    return this.#execution.step(input, options);
  }

  /** The macrostep of `input` after `rounds` rounds. This execution does not change. */
  probe(input: StepInput, options: StepOptions, rounds: number): Probe {
    const execution = this.#copy({ ...pace(input), MAX_MICROSTEPS_PER_MACROSTEP: rounds });
    const records: TraceRecord[] = [];
    const outcome = execution.step(input, { ...options, trace: (record) => void records.push(record) });
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

function withoutFailure(records: readonly TraceRecord[]): readonly TraceRecord[] {
  const end = records.findIndex(({ kind }) => kind === 'failed');
  return end === -1 ? records : records.slice(0, end);
}
