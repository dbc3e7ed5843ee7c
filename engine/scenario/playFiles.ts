import type { Place } from './contract.ts';
import { playScenario, type ScenarioFailure } from './playScenario.ts';
import { readScenario } from './readScenario.ts';
import { type PlacedMessage, scenarioProblems } from './scenarioProblems.ts';

const SCENARIO_NAME = /\.scenario\.(ya?ml|json)$/;
/** Scenarios that did not pass of which more than the place and the message is told. */
const MAX_EXPLAINED = 20;
/** Characters of the last actions, and of what was expected and came as JSON. */
const MAX_EXPLAINED_CHARS = 10_000;
const ROOT = 'file:///';

/** Whether a file of this path or URL is a scenario. */
export function isScenarioName(name: string): boolean {
  return SCENARIO_NAME.test(name);
}

/** Files that are not on a disk, as bytes by their path: a/b.scxml. */
export type FilesToPlay = ReadonlyMap<string, Uint8Array>;

/** All scenarios of such files. */
export interface PlayedFiles {
  readonly scenarios: number;
  readonly failed: number;
  readonly problems: readonly PlayedProblem[];
}

/** One thing for which a scenario did not pass. `file` is the path of a file. */
export interface PlayedProblem extends PlacedMessage {
  readonly code: 'SCENARIO_FAILED' | 'SCENARIO_INVALID';
  readonly severity: 'error';
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly lastActions?: string;
  /** Place in the document that the session passed last. */
  readonly documentAt?: Place;
}

/** Plays the scenarios among the files. They read no other file. */
export async function playFiles(files: FilesToPlay): Promise<PlayedFiles> {
  const fetchText = async (url: URL): Promise<string> => {
    const path = pathOf(url.href);
    const bytes = files.get(path);
    if (bytes === undefined) throw new Error(`'${path}' is not a file of the template.`);
    return textOf(bytes);
  };
  const names = [...files.keys()].filter(isScenarioName).sort();
  const problems: PlayedProblem[] = [];
  let failed = 0;
  for (const name of names) {
    const found = await problemsOf(name, textOf(files.get(name)!), fetchText);
    if (found.length > 0) failed += 1;
    problems.push(...(failed > MAX_EXPLAINED ? found.map(placeOnly) : found));
  }
  return { scenarios: names.length, failed, problems };
}

async function problemsOf(
  name: string,
  text: string,
  fetchText: (url: URL) => Promise<string>,
): Promise<readonly PlayedProblem[]> {
  try {
    const url = `${ROOT}${name.split('/').map(encodeURIComponent).join('/')}`;
    const { failure } = await playScenario(readScenario(text, url), { fetchText });
    return failure === undefined ? [] : [problemOf(failure)];
  } catch (error) {
    const found = scenarioProblems(error);
    if (found === undefined) throw error;
    return found.map((one) => ({ ...placed(one), code: 'SCENARIO_INVALID', severity: 'error' }));
  }
}

function problemOf({
  at,
  message,
  expected,
  actual,
  lastActions,
  documentAt,
}: ScenarioFailure): PlayedProblem {
  const isShort = [expected, actual].every(
    (value) => (JSON.stringify(value) ?? '').length <= MAX_EXPLAINED_CHARS,
  );
  return {
    ...placed({ ...at, message }),
    code: 'SCENARIO_FAILED',
    severity: 'error',
    ...(isShort && expected !== undefined && { expected, actual }),
    ...(lastActions !== undefined && { lastActions: withPaths(lastActions).slice(-MAX_EXPLAINED_CHARS) }),
    ...(documentAt && { documentAt: { ...documentAt, file: pathOf(documentAt.file) } }),
  };
}

function placeOnly({ file, line, column, message, code, severity }: PlayedProblem): PlayedProblem {
  return { file, line, column, message, code, severity };
}

function placed({ file, line, column, message }: PlacedMessage): PlacedMessage {
  return { file: pathOf(file), line, column, message: withPaths(message) };
}

function pathOf(url: string): string {
  return url.startsWith(ROOT) ? decodeURIComponent(url.slice(ROOT.length)) : url;
}

function withPaths(text: string): string {
  return text.replaceAll(ROOT, '');
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}
