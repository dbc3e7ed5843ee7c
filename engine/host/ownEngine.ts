import { type Inspected, type Inspection, inspect } from '../debugger/index.ts';
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
  type StepInput,
  type StepOutcome,
  startExecution,
} from '../interpreter/index.ts';
import { defined, type Json } from '../ports/index.ts';
import type { HostEngine, HostedExecution, HostStepOptions } from './hostEngine.ts';
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
  #execution: Execution;
  /** Makes the state before the present step again. */
  #reopen: (() => Execution) | undefined;

  constructor(
    program: Program,
    { first, limits }: { readonly first: () => Execution; readonly limits?: Partial<Limits> },
  ) {
    this.#program = program;
    this.#limits = limits;
    this.#mayAsk = mayAskForFigures(program.document);
    this.#execution = first();
    if (this.#mayAsk) this.#reopen = first;
  }

  get configuration(): readonly string[] {
    return this.#execution.configuration;
  }

  async step(input: StepInput, options: HostStepOptions): Promise<StepOutcome> {
    const { readFigure, ...plain } = options;
    if (!this.#mayAsk || readFigure === undefined) return this.#execution.step(input, plain);
    const reopen = this.#reopen ?? this.#reopenFrom(this.#execution.snapshotText());
    const outcome = await stepWithFigures(options, async (given) => {
      const computed = this.#execution.step(input, given);
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

  async inspect(inspection: Inspection): Promise<Inspected> {
    const { sessionId } = this.#execution;
    const text = this.#execution.snapshotText();
    return inspect(this.#program, { sessionId, text, ...defined({ limits: this.#limits }) }, inspection);
  }

  #reopenFrom(text: string): () => Execution {
    const { sessionId } = this.#execution;
    return () =>
      restoreExecution(this.#program, parseSnapshot(text, sessionId), defined({ limits: this.#limits }));
  }
}
