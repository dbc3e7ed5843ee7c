export { hasFields, textOf } from './compareValues.ts';
export type { Expected, Place, Scenario, ScenarioFile, ScenarioStep, TextPattern } from './contract.ts';
export { Coverage, type DocumentCoverage } from './coverage.ts';
export {
  type CoverageCounts,
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
export { readScenario } from './readScenario.ts';
export { readYaml, ScenarioError } from './readYaml.ts';
export { recordScenario } from './recordScenario.ts';
export { strict } from './schema.ts';
export { writeScenario } from './writeScenario.ts';
