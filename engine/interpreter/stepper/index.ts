export type {
  FetchExpectation,
  FetchReply,
  ModuleExpectation,
  ScriptRow,
  Stepper,
  StepperOptions,
  TraceLine,
  WsResponse,
} from './contract.ts';
export { stepper } from './stepper.ts';
export { StepperAssertion } from './stepperAssertion.ts';
