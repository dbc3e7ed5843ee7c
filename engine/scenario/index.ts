export type { Scenario, ScenarioStep } from './contract.ts';
export { type PlayedScenario, playScenario, ScenarioFault } from './playScenario.ts';
export { readScenario, ScenarioError } from './readScenario.ts';
export { writeScenario } from './writeScenario.ts';
