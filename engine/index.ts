/** The engine's door. */
export { loadDocument, parseDocument } from './document/load.ts';
export type { Dialect, Document, Problem, SourceLocation } from './document/model.ts';
export type { Effect, ModuleEffect, RespondEffect, SendEffect } from './effects.ts';
export { DocumentError, formatProblem } from './errors.ts';
export type { Json, ScxmlEvent } from './event.ts';
export type {
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  Limits,
  Program,
  StepInput,
  StepOutcome,
  TraceRecord,
} from './execution.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export type { Clock, FetchText, HttpClient, Ids, Log } from './ports.ts';
export type {
  ChildSource,
  OutwardEffect,
  Session,
  SessionDirectory,
  SessionEvent,
  SessionOptions,
  SessionPorts,
  Snapshot,
} from './session/contract.ts';
export { createSessionDirectory } from './session/sessionDirectory.ts';
export { createSession, restoreSession } from './session.ts';
export { compileProgram, restoreExecution, startExecution } from './sessionExecution.ts';
export type {
  FetchExpectation,
  FetchReply,
  ModuleExpectation,
  ScriptRow,
  Stepper,
  StepperOptions,
  TraceLine,
  WsResponse,
} from './stepper/contract.ts';
export { StepperAssertion } from './stepper/stepperAssertion.ts';
export { stepper } from './stepper.ts';
export { type FromScxmlOptions, fromScxml, type ScxmlLogic } from './xstate/fromScxml.ts';
export type { ScxmlSnapshot } from './xstate/scxmlSnapshot.ts';
