import {
  type Inspected,
  type InspectedSession,
  type Inspection,
  inspect,
  stepWithDetails,
} from '../debugger/index.ts';
import {
  compileProgram,
  type Document,
  type Execution,
  type Installation,
  type Limits,
  mayAskForFigures,
  type Program,
  parseDocument,
  parseSnapshot,
  restoreExecution,
  type StartOptions,
  type StepInput,
  type StepOptions,
  startExecution,
} from '../interpreter/index.ts';
import { defined, type Json } from '../ports/index.ts';
import type { HostEngine, HostedExecution, HostedOutcome, HostStepOptions, StepFacts } from './hostEngine.ts';
import { stepWithFigures } from './stepWithFigures.ts';

/**
 * The interpreter in the host's own process. `installation`: lists, options and special days that its
 * sessions read. `compile`: makes the program of a document; hosts of one process may share the programs.
 */
export function createOwnEngine(
  installation?: Installation,
  compile: (document: Document) => Program = compileProgram,
): HostEngine {
  return {
    async loadProgram({ text, baseUrl, dialect, fetchText }) {
      const options = { baseUrl, fetchText, warnOfCode: false, ...defined({ dialect }) };
      const program = compile(await parseDocument(text, options));
      return { ...program, ...defined({ installation }) };
    },
    startExecution: (program: Program, options) =>
      new OwnExecution(program, {
        first: () => startExecution(program, options),
        start: options,
        ...defined({ limits: options.limits }),
      }),
    restoreExecution: (program: Program, { sessionId, text }, { limits } = {}) =>
      new OwnExecution(program, {
        first: () => restoreExecution(program, parseSnapshot(text, sessionId), defined({ limits })),
        ...defined({ limits }),
      }),
  };
}

/** The interpreter without an installation. */
export const ownEngine = createOwnEngine();

class OwnExecution implements HostedExecution {
  readonly #program: Program;
  readonly #limits: Partial<Limits> | undefined;
  /** The document may ask for statistics: then the state before a step is kept. */
  readonly #mayAsk: boolean;
  /** Undefined after the first step. */
  #start: StartOptions | undefined;
  #execution: Execution;
  /** Makes the state before the present step again. */
  #reopen: (() => Execution) | undefined;

  constructor(
    program: Program,
    {
      first,
      start,
      limits,
    }: {
      readonly first: () => Execution;
      /** The session is before its first step. */
      readonly start?: StartOptions;
      readonly limits?: Partial<Limits>;
    },
  ) {
    this.#program = program;
    this.#limits = limits;
    this.#mayAsk = mayAskForFigures(program.document);
    this.#start = start;
    this.#execution = first();
    if (this.#mayAsk) this.#reopen = first;
  }

  get configuration(): readonly string[] {
    return this.#execution.configuration;
  }

  async step(input: StepInput, options: HostStepOptions): Promise<HostedOutcome> {
    const { readFigure, withDetails = false, ...plain } = options;
    this.#start = undefined;
    const compute = (given: StepOptions): HostedOutcome => {
      if (!withDetails) return this.#execution.step(input, given);
      const { document } = this.#program;
      const { outcome, details } = stepWithDetails(document, this.#execution, { input, options: given });
      return { ...outcome, ...defined({ details }) };
    };
    if (!this.#mayAsk || readFigure === undefined) return compute(plain);
    const reopen = this.#reopen ?? this.#reopenFrom(this.#execution.snapshotText());
    const outcome = await stepWithFigures({ readFigure }, async (figures) => {
      const computed = compute({ ...plain, ...defined({ figures }) });
      if (computed.asks !== undefined) this.#execution = reopen();
      return computed;
    });
    this.#reopen = undefined;
    return outcome;
  }

  snapshotText(): string {
    const text = this.#execution.snapshotText();
    if (this.#mayAsk) this.#reopen = this.#reopenFrom(text);
    return text;
  }

  async data(): Promise<Json> {
    return this.#execution.data();
  }

  inspect(inspection: Inspection, { readFigure, reaches }: StepFacts = {}): Promise<Inspected> {
    const session = this.#inspected();
    const read = this.#mayAsk ? defined({ readFigure }) : {};
    return stepWithFigures(read, async (figures) =>
      inspect(this.#program, session, { ...inspection, facts: defined({ reaches, figures }) }),
    );
  }

  #inspected(): InspectedSession {
    if (this.#start !== undefined) return { start: this.#start };
    const { sessionId } = this.#execution;
    const text = this.#execution.snapshotText();
    return { sessionId, text, ...defined({ limits: this.#limits }) };
  }

  #reopenFrom(text: string): () => Execution {
    const { sessionId } = this.#execution;
    return () =>
      restoreExecution(this.#program, parseSnapshot(text, sessionId), defined({ limits: this.#limits }));
  }
}
