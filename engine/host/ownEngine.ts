import {
  compileProgram,
  type Document,
  type Execution,
  type Installation,
  type Program,
  parseDocument,
  parseSnapshot,
  restoreExecution,
  type StepInput,
  type StepOptions,
  type StepOutcome,
  startExecution,
} from '../interpreter/index.ts';
import { defined, type Json } from '../ports/index.ts';
import type { HostEngine, HostedExecution } from './hostEngine.ts';

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
    startExecution: (program: Program, options) => new OwnExecution(startExecution(program, options)),
    restoreExecution: (program: Program, { sessionId, text }, options) =>
      new OwnExecution(restoreExecution(program, parseSnapshot(text, sessionId), options)),
  };
}

/** The interpreter without an installation. */
export const ownEngine = createOwnEngine();

class OwnExecution implements HostedExecution {
  readonly #execution: Execution;

  constructor(execution: Execution) {
    this.#execution = execution;
  }

  get configuration(): readonly string[] {
    return this.#execution.configuration;
  }

  async step(input: StepInput, options: StepOptions): Promise<StepOutcome> {
    return this.#execution.step(input, options);
  }

  snapshotText(): string {
    return this.#execution.snapshotText();
  }

  async data(): Promise<Json> {
    return this.#execution.data();
  }
}
