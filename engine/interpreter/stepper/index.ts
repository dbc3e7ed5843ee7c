export { errorEvent, fetchEvent, resultEvent } from './answers.ts';
export type {
  FetchExpectation,
  FetchReply,
  Fields,
  ModuleEvent,
  ModuleExpectation,
  OpenRequest,
  ScriptRow,
  SteppedChild,
  Stepper,
  StepperOptions,
  TraceLine,
  WsResponse,
} from './contract.ts';
export {
  activeStates,
  brokenSequence,
  type Difference,
  missingStates,
  otherStates,
  otherTrace,
  presentLine,
  unknownStates,
} from './expectations.ts';
export { readInvokedDocuments } from './invokedDocuments.ts';
export { openData } from './openData.ts';
export { stepper } from './stepper.ts';
export { StepperAssertion } from './stepperAssertion.ts';
