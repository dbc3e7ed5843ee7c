import { DocumentError } from '../interpreter/index.ts';
import type { Place } from './contract.ts';
import { ScenarioFault } from './playScenario.ts';
import { ScenarioError } from './readYaml.ts';

export type PlacedMessage = Place & { readonly message: string };

/** Why a scenario cannot be played: it, or its document, is wrong. Undefined for any other error. */
export function scenarioProblems(error: unknown): readonly PlacedMessage[] | undefined {
  if (error instanceof ScenarioError) return error.problems;
  if (error instanceof DocumentError) {
    return error.problems.map(({ file, line, column, code, message }) => ({
      file,
      line,
      column,
      message: `${code}: ${message}`,
    }));
  }
  if (error instanceof ScenarioFault) return [{ ...error.at, message: error.reason }];
  return undefined;
}
