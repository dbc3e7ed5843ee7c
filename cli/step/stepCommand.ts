import { createInterface } from 'node:readline/promises';
import { DocumentDebugger } from '../../engine/debugger/index.ts';
import type { Dialect, Document } from '../../engine/interpreter/index.ts';
import { stepper } from '../../engine/interpreter/stepper/index.ts';
import { defined } from '../../engine/ports/index.ts';
import { type CommandIo, print, printError, urlOf, withPaths } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import { readDocument, readInstallation } from '../readDocument.ts';
import type { Debugged } from './actions.ts';
import { jsonOf } from './jsonOf.ts';
import { screenText } from './screen.ts';
import { type Outcome, StepSession } from './stepSession.ts';

export interface StepRequest {
  readonly params: { readonly [name: string]: string };
  /** Path of a file with lists, options and specialDays. */
  readonly lists: string | undefined;
  readonly dialect: Dialect | undefined;
  readonly json: boolean;
}

/** Steps a document with the commands of the standard input. FAILED when one of them was refused. */
export async function stepCommand(io: CommandIo, source: string, request: StepRequest): Promise<Exit> {
  const document = await readDocument(io, source, request.dialect);
  const installation = await readInstallation(io, request.lists);
  const session = await stepper(document, { params: request.params, ...defined({ installation }) });
  const debugged = { stepper: session, debugger: new DocumentDebugger(session, document) };
  const commands = new StepSession(debugged, document, (file) =>
    file === '' ? new URL(document.url) : urlOf(io, file),
  );
  return converse(io, { document, debugged, commands, json: request.json });
}

interface Conversation {
  readonly document: Document;
  readonly debugged: Debugged;
  readonly commands: StepSession;
  readonly json: boolean;
}

/** A terminal gets a screen; another reader gets what each command did. */
async function converse(io: CommandIo, conversation: Conversation): Promise<Exit> {
  const { commands } = conversation;
  const isScreen = io.stdin.isTTY === true && !conversation.json;
  const lines = createInterface({
    input: io.stdin,
    ...(isScreen && { output: io.stdout }),
    terminal: isScreen,
  });
  let exit: Exit = EXIT.OK;
  show(io, conversation, { lines: [], acted: false }, isScreen);
  lines.setPrompt('> ');
  if (isScreen) lines.prompt();
  for await (const line of lines) {
    const outcome = commands.execute(line);
    await conversation.debugged.stepper.documentsRead();
    if (outcome.isOver) break;
    if (outcome.refused && !isScreen) exit = EXIT.FAILED;
    show(io, conversation, outcome, isScreen);
    if (isScreen) lines.prompt();
  }
  lines.close();
  return exit;
}

function show(io: CommandIo, conversation: Conversation, outcome: Outcome, isScreen: boolean): void {
  const { commands, document, debugged, json } = conversation;
  if (isScreen) {
    const { columns = 120, rows = 40 } = io.stdout as { readonly columns?: number; readonly rows?: number };
    const text = screenText(commands, { debugged, document, outcome }, { columns, rows });
    io.stdout.write(withPaths(io, text));
    return;
  }
  if (json) {
    print(io, JSON.stringify(jsonOf(debugged, outcome)));
    return;
  }
  const say = outcome.refused ? printError : print;
  for (const line of commands.plain(outcome)) say(io, withPaths(io, line));
}
