import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Dialect } from '../../engine/interpreter/index.ts';
import { type Stepper, stepper } from '../../engine/interpreter/stepper/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { stepperAfter } from '../../engine/trace/index.ts';
import { ChangedSources } from '../changedSources.ts';
import { wrongUse } from '../commandFault.ts';
import { type CommandIo, print, printError, printNote, printProblem, withPaths } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import { readDocument, readInstallation } from '../readDocument.ts';
import { readTraceFile, traceFault } from '../readTraceFile.ts';
import { jsonOf } from './jsonOf.ts';
import { screenText } from './screen.ts';
import { type Outcome, StepSession } from './stepSession.ts';

export interface StepRequest {
  readonly params: { readonly [name: string]: string };
  /** Path of a file with lists, options and specialDays. */
  readonly lists: string | undefined;
  readonly dialect: Dialect | undefined;
}

/** Steps a document with the commands of the standard input. FAILED when one of them was refused. */
export async function stepCommand(io: CommandIo, source: string, request: StepRequest): Promise<Exit> {
  const { params, lists, dialect } = request;
  const document = await readDocument(io, source, dialect);
  const installation = await readInstallation(io, lists);
  return stepWith(io, await stepper(document, { params, ...defined({ installation }) }));
}

/** The same, for a copy of a traced session and those that it invoked, which go on after `steps` steps. */
export async function stepTraceCommand(
  io: CommandIo,
  path: string,
  steps: number | undefined,
): Promise<Exit> {
  const text = await readFile(resolve(io.cwd, path), 'utf8');
  try {
    const trace = readTraceFile(io, text, path);
    const all = trace.sessions.reduce((sum, session) => sum + session.steps.length, 0);
    if (steps !== undefined && steps > all) {
      throw wrongUse(`Expected a step from 0 to ${all} after --at, got ${steps}.`);
    }
    const onMissing = (url: string) =>
      printNote(
        io,
        `${path} has no ${url}: no session of it had started at the export. Its invoke fails here; a later export may have it.`,
      );
    return await stepWith(io, await stepperAfter(trace, { onMissing, ...defined({ steps }) }));
  } catch (error) {
    printError(io, traceFault(error, path));
    return EXIT.FAILED;
  }
}

function stepWith(io: CommandIo, session: Stepper): Promise<Exit> {
  return converse(io, new StepSession(io, session));
}

/** A terminal gets a screen; another reader gets what each command did. */
async function converse(io: CommandIo, commands: StepSession): Promise<Exit> {
  // Before the reader of lines: those that come while nothing waits for them are lost.
  const changed = await ChangedSources.of(io, commands.debugged.stepper.document);
  const isScreen = io.stdin.isTTY === true && !io.json;
  const lines = createInterface({
    input: io.stdin,
    ...(isScreen && { output: io.stdout }),
    terminal: isScreen,
  });
  let exit: Exit = EXIT.OK;
  show(io, commands, { lines: [], acted: false }, isScreen);
  lines.setPrompt('> ');
  if (isScreen) lines.prompt();
  for await (const line of lines) {
    const outcome = commands.execute(line);
    await commands.debugged.stepper.documentsRead();
    if (outcome.isOver) break;
    if (outcome.refused && !isScreen) exit = EXIT.FAILED;
    const changes = await changed.take();
    if (isScreen) {
      show(
        io,
        commands,
        { ...outcome, lines: [...outcome.lines, ...changes.map(({ text }) => text)] },
        isScreen,
      );
    } else {
      for (const { text, ...problem } of changes) printProblem(io, problem, text);
      show(io, commands, outcome, isScreen);
    }
    if (isScreen) lines.prompt();
  }
  lines.close();
  return exit;
}

function show(io: CommandIo, commands: StepSession, outcome: Outcome, isScreen: boolean): void {
  if (isScreen) {
    const { columns = 120, rows = 40 } = io.stdout as { readonly columns?: number; readonly rows?: number };
    const text = screenText(commands, outcome, { columns, rows });
    io.stdout.write(withPaths(io, text));
    return;
  }
  if (io.json) {
    print(io, JSON.stringify(jsonOf(commands.debugged, outcome)));
    return;
  }
  const say = outcome.refused ? printError : print;
  for (const line of commands.plain(outcome)) say(io, withPaths(io, line));
}
