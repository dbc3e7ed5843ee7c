export {
  type Difference,
  firstDifference,
  replyDifference,
  type SeenCourse,
  type SeenReply,
} from './checkExpected.ts';
export { patternOf } from './compareValues.ts';
export type {
  Expected,
  FetchAnswers,
  FieldPath,
  GivenAnswer,
  JsonFields,
  Place,
  RequestStep,
  Scenario,
  ScenarioFile,
  ScenarioReply,
  ScenarioStep,
  SendStep,
  TextPattern,
} from './contract.ts';
export { type FilesToPlay, isScenarioName, type PlayedFiles } from './playFiles.ts';
export {
  type PlayedScenario,
  playScenario,
  type ScenarioFailure,
  ScenarioFault,
  scenarioDocument,
} from './playScenario.ts';
export { readScenario } from './readScenario.ts';
export { readYaml, ScenarioError } from './readYaml.ts';
export { recordScenario } from './recordScenario.ts';
export { type PlacedMessage, scenarioProblems } from './scenarioProblems.ts';
export { strict } from './schema.ts';
export { writeScenario } from './writeScenario.ts';
