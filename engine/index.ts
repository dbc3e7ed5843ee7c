/** The engine's door. */

export type {
  Dialect,
  Document,
  Effect,
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  InvokeSource,
  Limits,
  ModuleEffect,
  OutwardEffect,
  Problem,
  Program,
  RespondEffect,
  ScxmlEvent,
  SendEffect,
  Session,
  SessionDirectory,
  SessionEvent,
  SessionOptions,
  SessionPorts,
  Snapshot,
  SourceLocation,
  StepInput,
  StepOutcome,
  StepRecord,
} from './interpreter/index.ts';
export {
  compileProgram,
  createSession,
  createSessionDirectory,
  DEFAULT_LIMITS,
  DocumentError,
  formatProblem,
  loadDocument,
  parseDocument,
  restoreExecution,
  restoreSession,
  startExecution,
} from './interpreter/index.ts';
export type {
  FetchExpectation,
  FetchReply,
  ModuleExpectation,
  ScriptRow,
  StepLine,
  Stepper,
  StepperOptions,
  WsResponse,
} from './interpreter/stepper/index.ts';
export { StepperAssertion, stepper } from './interpreter/stepper/index.ts';
export type { ScxmlSnapshot } from './interpreter/xstate/index.ts';
export { type FromScxmlOptions, fromScxml, type ScxmlLogic } from './interpreter/xstate/index.ts';
export type { Clock, FetchText, HttpClient, Ids, Json, Log } from './ports/index.ts';
