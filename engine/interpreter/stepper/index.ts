export { errorEvent, fetchEvent, resultEvent } from './answers.ts';
export type {
  FetchExpectation,
  FetchReply,
  FetchRequest,
  Fields,
  ModuleEvent,
  ModuleExpectation,
  OpenRequest,
  ScriptRow,
  StepLine,
  SteppedChild,
  Stepper,
  StepperOptions,
  WsResponse,
} from './contract.ts';
export {
  activeStates,
  brokenSequence,
  type Difference,
  missingStates,
  otherLines,
  otherStates,
  otherValue,
  presentLine,
  unknownStates,
} from './expectations.ts';
export { readInvokedDocuments } from './invokedDocuments.ts';
export { openData } from './openData.ts';
export { fitsFetch } from './outside.ts';
export { prepareStepper, stepper } from './stepper.ts';
export { StepperAssertion } from './stepperAssertion.ts';
