import {
  compileProgram,
  type Program,
  parseSnapshot,
  restoreExecution,
  startExecution,
} from '../interpreter/index.ts';
import type { HostEngine } from './hostEngine.ts';

/** The engine in the host's own process. */
export const ownEngine: HostEngine = {
  compileProgram,
  startExecution,
  restoreExecution: (program: Program, { sessionId, text }, options) =>
    restoreExecution(program, parseSnapshot(text, sessionId), options),
};
