export type { FamilyTrace, SessionTrace, TracedDocument, TraceStart, TraceStep } from './contract.ts';
export { metricLines } from './metricLines.ts';
export { openReplays, ReplayDiffers, replaySteps, type SessionReplay } from './replayTrace.ts';
export { isTraceText, readTrace, TraceError, traceLines } from './traceFile.ts';
export { stepperAfter } from './traceStepper.ts';
