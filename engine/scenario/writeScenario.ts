import { stringify } from 'yaml';
import type { Scenario } from './contract.ts';

/** The text of a scenario file. `comment`: lines for people at its top. */
export function writeScenario(scenario: Scenario, comment = ''): string {
  const head = comment === '' ? '' : comment.replace(/^/gm, '# ').replace(/ +$/gm, '').concat('\n');
  return `${head}${stringify(scenario, { lineWidth: 110, aliasDuplicateObjects: false })}`;
}
