import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { recordScenario, writeScenario } from '../../engine/scenario/index.ts';
import { type CommandIo, printError, printResult } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import { readTraceFile, traceFault } from '../readTraceFile.ts';

export interface RecordRequest {
  /** Path of the trace file. */
  readonly trace: string;
  /** Path of the scenario file to write. */
  readonly output: string;
  /** Path of the document, relative to the scenario; undefined: the URL in the trace. */
  readonly document?: string | undefined;
}

/** Writes the scenario that does again what a trace says. FAILED when the trace is wrong. */
export async function recordCommand(
  io: CommandIo,
  { trace, output, document }: RecordRequest,
): Promise<Exit> {
  try {
    const family = readTraceFile(io, await readFile(resolve(io.cwd, trace), 'utf8'), trace);
    const root = family.sessions.find(({ start }) => start.sessionId === family.root);
    const scenario = await recordScenario(family, document ?? root?.start.src ?? '');
    await writeFile(resolve(io.cwd, output), writeScenario(scenario, `Recorded from ${trace}.`));
    const [session, steps] = [family.root, scenario.steps.length];
    printResult(
      io,
      { file: output, session, steps },
      () => `${output}: ${steps} steps of session ${session}`,
    );
    return EXIT.OK;
  } catch (error) {
    printError(io, traceFault(error, trace));
    return EXIT.FAILED;
  }
}
