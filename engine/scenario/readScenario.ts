import { type FieldPath, type Place, SCENARIO_VERSION, type ScenarioFile } from './contract.ts';
import { readYaml, ScenarioError } from './readYaml.ts';
import { scenarioSchema, typeName } from './schema.ts';

/** Reads the text of a scenario file: YAML, or JSON. `url`: the file. Throws ScenarioError. */
export function readScenario(text: string, url: string): ScenarioFile {
  const { content, place } = readYaml(text, url, { schema: scenarioSchema, check: checkVersion });
  return { url, scenario: content, place };
}

function checkVersion(content: unknown, place: (path: FieldPath) => Place): void {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    const message = `expected the fields of a scenario, got ${typeName(content)}`;
    throw new ScenarioError([{ ...place([]), message }]);
  }
  const { scenario: version } = content as { readonly scenario?: unknown };
  if (version === SCENARIO_VERSION) return;
  const got = version === undefined ? 'no version' : `version ${JSON.stringify(version)}`;
  const message = `expected 'scenario: ${SCENARIO_VERSION}', the version of the format, got ${got}`;
  throw new ScenarioError([{ ...place(['scenario']), message }]);
}
