import type { Document } from '../document/model.ts';
import type { Execution, ExecutionSnapshot, Limits, Program, StartOptions } from '../execution.ts';

/** What the host needs of the engine; engine/interpreter.ts has it, tests may hand in something scripted. */
export interface HostEngine {
  compileProgram(document: Document): Program;
  startExecution(program: Program, options: StartOptions): Execution;
  restoreExecution(
    program: Program,
    snapshot: ExecutionSnapshot,
    options?: { readonly limits?: Partial<Limits> },
  ): Execution;
}
