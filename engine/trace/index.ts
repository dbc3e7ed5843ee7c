export type { FamilyTrace, SessionTrace, TracedDocument, TraceStart, TraceStep } from './contract.ts';
export { metricLines } from './metricLines.ts';
export { openReplays, ReplayDiffers, replaySteps, type SessionReplay } from './replayTrace.ts';
export { isTraceText, leftOutText, readTrace, TraceError, traceLines } from './traceFile.ts';
export { stepperAfter } from './traceStepper.ts';
