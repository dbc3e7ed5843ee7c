/** The test kit: documents in virtual time, simulators of the servers around them, assertions. */

export type {
  FetchReply,
  FetchRequest,
  OpenRequest,
  ScriptRow,
  StepLine,
  WsResponse,
} from '../engine/interpreter/stepper/index.ts';
export {
  assertAccepts,
  assertAnswered,
  assertAsked,
  assertConfiguration,
  assertData,
  assertEnded,
  assertFault,
  assertIn,
  assertNotAccepts,
  assertNotAsked,
  assertNotIn,
  assertNotSent,
  assertRunning,
  assertSent,
} from './assertions.ts';
export type { FieldValues } from './checks.ts';
export { CoverageCollector } from './coverageCollector.ts';
export type { DocumentFault } from './documentFaults.ts';
export type { FakeFailure } from './fakes/failures.ts';
export type { AgentSettings, AgentState, FakeAgent, FakeAgents } from './fakes/fakeAgents.ts';
export type { FakeChats, NewChat } from './fakes/fakeChats.ts';
export type { FakeGms, SentNotification } from './fakes/fakeGms.ts';
export type { ModuleStub } from './fakes/fakeModules.ts';
export type { QueueSettings } from './fakes/fakeQueue.ts';
export type { FakeUrs } from './fakes/fakeUrs.ts';
export type { CallState, TestCall } from './fakes/testCall.ts';
export type { ChatLine, ChatState, TestChat } from './fakes/testChat.ts';
export type { ServiceReport, TestService } from './fakes/testService.ts';
export {
  type DocumentSource,
  type OpenOptions,
  openDocument,
  type ReadOptions,
  type SessionOptions,
} from './openDocument.ts';
export { orsayChai } from './orsayChai.ts';
export {
  type ApplicationSource,
  type CentreOptions,
  openCentre,
  type ServiceSource,
  type TestCentre,
} from './testCentre.ts';
export { TestSession } from './testSession.ts';
