export type { Program } from './algorithm/program.ts';
export { basicHttpPath, EVENT_NAME_PARAMETER, nameOfMethod } from './content/basicHttp.ts';
export { parseDelay } from './content/delay.ts';
export { BASIC_HTTP_PROCESSOR } from './content/send.ts';
export { sendFailed } from './content/sendFailed.ts';
export type { DataSession } from './datamodel/datamodel.ts';
export { compileDatamodel } from './datamodel/ecmascript.ts';
export { DatamodelFault } from './datamodel/fault.ts';
export { MAX_FIGURE_NAME_CHARS, MAX_FIGURES_PER_STEP } from './datamodel/limits.ts';
export { childNames, takesActions } from './document/childNames.ts';
export { DocumentError, formatProblem } from './document/errors.ts';
export { DOCUMENT_LIMITS } from './document/limits.ts';
export type {
  Action,
  Attribute,
  Block,
  DataItem,
  Dialect,
  Document,
  EventDescriptor,
  Expression,
  Invoke,
  Problem,
  SourceLocation,
  StateNode,
  Transition,
} from './document/model.ts';
export { moduleOf, SCXML_NAMESPACE, XINCLUDE_NAMESPACE } from './document/namespaces.ts';
export { readTextFile } from './document/readFile.ts';
export { PREFIX_TOKEN, resolveToken } from './document/resolveIds.ts';
export { hashSources, hashTexts } from './document/sources.ts';
export { ruleOf } from './document/vocabulary.ts';
export { joinPrefix } from './document/weaveContext.ts';
export {
  type NamespaceScope,
  type XmlAttribute,
  type XmlElement,
  XmlFile,
  type XmlText,
} from './document/xmlTree.ts';
export type {
  Effect,
  InvokeEffect,
  ModuleEffect,
  NestedElement,
  RespondEffect,
  SendEffect,
} from './effects.ts';
export type { ScxmlEvent, UntypedEvent } from './event.ts';
export type {
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  Installation,
  Limits,
  StartOptions,
  StepInput,
  StepOptions,
  StepOutcome,
  StepRecord,
} from './execution.ts';
export {
  type Figure,
  type FigureQuestion,
  type KnownFigure,
  mayAskForFigures,
  type ReadFigure,
} from './figures.ts';
export { DEFAULT_LIMITS } from './limits.ts';
export { guessDialect, readDialect } from './load/dialect.ts';
export { loadDocument, parseDocument } from './load/load.ts';
export { doneData } from './ors/doneData.ts';
export { parseInstallation } from './ors/installation.ts';
export { moduleError, unsupportedElement } from './ors/moduleError.ts';
export { elementsOf, factsOf, refusalOf } from './ors/modules.ts';
export { derivedSessionId } from './ors/sessionId.ts';
export type {
  InvokedSnapshot,
  InvokedStart,
  InvokeSource,
  OutwardEffect,
  RecordListener,
  Session,
  SessionDirectory,
  SessionEvent,
  SessionOptions,
  SessionPorts,
  Snapshot,
  TimerName,
  WaitingInput,
} from './session/contract.ts';
export { isDeeperThan, MAX_DATA_DEPTH } from './session/dataDepth.ts';
export type { Executions } from './session/executions.ts';
export { figuredExecutions, stepWithFigures } from './session/figuredExecution.ts';
export type { InProcessSession } from './session/inProcessSession.ts';
export { invokedStart } from './session/invokedSession.ts';
export { notPerformed } from './session/notPerformed.ts';
export { type PendingTimer, pendingTimers } from './session/pendingTimers.ts';
export { createSession, newSession, restoredSession, restoreSession } from './session/session.ts';
export { createSessionDirectory } from './session/sessionDirectory.ts';
export { compileProgram, restoreExecution, startExecution } from './session/sessionExecution.ts';
export { stepLine } from './session/stepLines.ts';
export { type RecordedStep, StepRecorder } from './session/stepRecorder.ts';
export { toJson } from './session/toJson.ts';
export { VirtualClock } from './session/virtualClock.ts';
export { acceptedEvents, describesEvent, whyIgnored } from './session/whyIgnored.ts';
export { parseSnapshot, snapshotText } from './snapshot/snapshot.ts';
export { parseWithoutProto } from './snapshot/withoutProto.ts';
