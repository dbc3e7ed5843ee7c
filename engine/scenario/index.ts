export type { Expected, Place, Scenario, ScenarioFile, ScenarioStep, TextPattern } from './contract.ts';
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
