import { type FamilyTrace, leftOutText, readTrace } from '../engine/trace/index.ts';
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
