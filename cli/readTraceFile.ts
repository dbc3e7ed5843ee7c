import {
  type FamilyTrace,
  leftOutText,
  ReplayDiffers,
  readTrace,
  TraceError,
} from '../engine/trace/index.ts';
import { type CommandIo, printProblem } from './commandIo.ts';

/** As readTrace(), for all commands. Warns when sessions of the family are not in the file. */
export function readTraceFile(io: CommandIo, text: string, file: string): FamilyTrace {
  const trace = readTrace(text, file);
  warnOfLeftOut(io, trace, file);
  return trace;
}

export function warnOfLeftOut(io: CommandIo, trace: Pick<FamilyTrace, 'leftOut'>, file: string): void {
  const text = leftOutText(trace);
  if (text === undefined) return;
  printProblem(io, { severity: 'warning', code: 'TRACE_CUT', message: `${file}: ${text}` });
}

/** The message of a fault of a trace file, with its place. Throws any other error. */
export function traceFault(error: unknown, file: string): string {
  if (error instanceof TraceError) return error.message;
  if (error instanceof ReplayDiffers) return `${file}: ${error.message}`;
  throw error;
}
