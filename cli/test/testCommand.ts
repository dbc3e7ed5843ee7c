import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Coverage, coverageLcov } from '../../engine/documentCoverage/index.ts';
import { defined } from '../../engine/ports/index.ts';
import {
  playScenario,
  type ScenarioFailure,
  type ScenarioFile,
  scenarioProblems,
} from '../../engine/scenario/index.ts';
import { wrongUse } from '../commandFault.ts';
import { type CommandIo, pathOf, print } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import { drawCoverage } from './drawCoverage.ts';
import { junitOf } from './junit.ts';
import { findScenarios, loadScenario } from './scenarioFiles.ts';
import { hasPassed, type TestOutcome } from './testOutcome.ts';
import { jsonReport, TextReport } from './testReport.ts';

export interface TestRequest {
  readonly paths: readonly string[];
  readonly coverage: boolean;
  /** Paths of files to write. */
  readonly lcov?: string | undefined;
  readonly junit?: string | undefined;
  /** Folder for drawings. */
  readonly draw?: string | undefined;
  /** Plays a scenario on a server, instead of in this process. */
  readonly play?: ((file: ScenarioFile) => Promise<ScenarioFailure | undefined>) | undefined;
}

/** The scenarios of one run, and the files that they read. */
export interface TestRun {
  readonly exit: Exit;
  /** URLs of scenarios, documents and their includes. */
  readonly files: readonly string[];
}

/** Plays all scenarios of the paths. FAILED when a step fails, or a scenario cannot be played. */
export async function testCommand(io: CommandIo, request: TestRequest): Promise<TestRun> {
  const urls = await findScenarios(io, request.paths);
  if (urls.length === 0) {
    throw wrongUse(`Expected files *.scenario.yaml in ${request.paths.join(', ')}, got none.`);
  }
  const coverage = new Coverage();
  const inProcess: Play = async (file) => (await playScenario(file, { onRecord: coverage.record })).failure;
  const play = request.play ?? inProcess;
  const report = io.json ? undefined : new TextReport(io);
  const outcomes: TestOutcome[] = [];
  const files = new Set(urls);
  await io.progress.during('Playing scenarios', async () => {
    for (const url of urls) {
      io.progress.show(`Playing ${pathOf(io, url)} (${outcomes.length + 1} of ${urls.length})`);
      coverage.begin();
      const outcome = await tested(io, url, play);
      outcomes.push(outcome);
      report?.scenario(outcome);
    }
  });
  for (const { document } of coverage.documents) {
    for (const source of document.sources) files.add(source.url);
  }
  report?.end(outcomes, request.coverage ? coverage.documents : []);
  if (io.json) print(io, jsonReport(io, outcomes, coverage.documents));
  await writeReports(io, request, { outcomes, coverage });
  return { exit: outcomes.every(hasPassed) ? EXIT.OK : EXIT.FAILED, files: [...files] };
}

type Play = NonNullable<TestRequest['play']>;

async function tested(io: CommandIo, url: string, play: Play): Promise<TestOutcome> {
  const begin = io.elapsed();
  const milliseconds = (): number => Math.round(io.elapsed() - begin);
  let file: ScenarioFile;
  try {
    file = await loadScenario(url);
  } catch (error) {
    return { url, milliseconds: milliseconds(), faults: faultsOf(url, error) };
  }
  const { name, document } = file.scenario;
  const facts = { url, ...defined({ name, document: hrefOf(document, url) }) };
  try {
    const failure = await play(file);
    return { ...facts, milliseconds: milliseconds(), ...defined({ failure }) };
  } catch (error) {
    return { ...facts, milliseconds: milliseconds(), faults: faultsOf(url, error) };
  }
}

function hrefOf(document: string, url: string): string {
  return URL.canParse(document, url) ? new URL(document, url).href : document;
}

/** The problems of a scenario file or of its document. Anything else is a fault of this program. */
function faultsOf(url: string, error: unknown): NonNullable<TestOutcome['faults']> {
  const problems = scenarioProblems(error);
  if (problems !== undefined) return problems;
  const { code, message, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) throw error;
  return [{ file: url, line: 1, column: 1, message }];
}

async function writeReports(
  io: CommandIo,
  { lcov, junit, draw }: TestRequest,
  { outcomes, coverage }: { readonly outcomes: readonly TestOutcome[]; readonly coverage: Coverage },
): Promise<void> {
  const path = (file: string): string => pathOf(io, file);
  if (junit !== undefined) await writeFile(resolve(io.cwd, junit), junitOf(io, outcomes));
  if (lcov !== undefined) await writeFile(resolve(io.cwd, lcov), coverageLcov(coverage.documents, path));
  if (draw !== undefined) await drawCoverage(io, resolve(io.cwd, draw), coverage.documents);
}
