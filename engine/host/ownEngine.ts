import type { Program } from '../execution.ts';
import { compileProgram, restoreExecution, startExecution } from '../sessionExecution.ts';
import { parseSnapshot } from '../snapshot.ts';
import type { HostEngine } from './hostEngine.ts';

/** The engine in the host's own process. */
export const ownEngine: HostEngine = {
  compileProgram,
  startExecution,
  restoreExecution: (program: Program, { sessionId, text }, options) =>
    restoreExecution(program, parseSnapshot(text, sessionId), options),
};
