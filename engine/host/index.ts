export type { Figure } from '../interpreter/index.ts';
export type {
  BreakpointHit,
  DebugEvent,
  DebuggableSessions,
  DebuggedSession,
  DebuggedState,
  SessionDocument,
} from './debugging.ts';
export type { WaitingInput } from './heldInputs.ts';
export { MAX_SHOWN_INPUTS } from './heldSessions.ts';
export {
  type DocumentFacts,
  ExecutionLost,
  type HostEngine,
  type HostedExecution,
  type HostedOutcome,
  type HostedProgram,
  type HostStartOptions,
  type HostStepOptions,
  type LoadRequest,
  RestoreFailed,
  type StepFacts,
  type StoredSnapshot,
} from './hostEngine.ts';
export { HostError, type HostErrorCode } from './hostError.ts';
export { HOST_MIGRATIONS } from './hostMigrations.ts';
export { DEFAULT_LINEAGE_LIMITS } from './lineages.ts';
export type { HeapLimit } from './liveSessions.ts';
export { createOwnEngine, ownEngine } from './ownEngine.ts';
export type { CopiedState, Fork, ForkInput, ReplayedStep, SessionCopies } from './sessionCopies.ts';
export { SessionHost } from './sessionHost.ts';
export { isLive, SESSION_STATUSES } from './sessionIndex.ts';
export { MAX_LISTED_SESSIONS } from './sessionLists.ts';
export { parseSessionId, SESSION } from './sessionRecord.ts';
export type {
  AdministeredSessions,
  DocumentVersion,
  ModuleEvent,
  ModuleRequest,
  NestedElement,
  PublishedEvent,
  ReadSessionFigure,
  SessionCounts,
  SessionReply,
  SessionStatus,
  Sessions,
  SessionView,
  StartSession,
} from './sessions.ts';
export { SessionTraces } from './sessionTraces.ts';
export type { StepTracing } from './stepTracing.ts';
export { stepWithFigures } from './stepWithFigures.ts';
export { MAX_LISTED_TRACES, type StoredTraces } from './storedTraces.ts';
export type { TakenStep } from './takenStep.ts';
export type { TraceBounds } from './traceRecords.ts';
