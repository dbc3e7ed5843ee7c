import type { Program } from '../algorithm/program.ts';
import type { Execution, ExecutionSnapshot, Limits, StartOptions } from '../execution.ts';

/** Makes the executions of a family. The stepper makes executions that stop after each macrostep. */
export interface Executions {
  start(program: Program, options: StartOptions): Execution;
  restore(program: Program, snapshot: ExecutionSnapshot, limits: Partial<Limits> | undefined): Execution;
}
