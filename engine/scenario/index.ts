export type { Place, Scenario, ScenarioFile, ScenarioStep } from './contract.ts';
export { Coverage, type DocumentCoverage } from './coverage.ts';
export {
  countsOf,
  coverageLcov,
  coverageText,
  missedStates,
  missedTransitions,
  nameOf,
} from './coverageReports.ts';
export {
  type PlayedScenario,
  playScenario,
  type ScenarioFailure,
  ScenarioFault,
} from './playScenario.ts';
export { readScenario, ScenarioError } from './readScenario.ts';
export { writeScenario } from './writeScenario.ts';
