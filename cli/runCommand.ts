import {
  createSession,
  type Dialect,
  type Document,
  type Installation,
  notPerformed,
  type OutwardEffect,
  type Session,
  StepRecorder,
  sendFailed,
  stepLine,
  whyIgnored,
} from '../engine/interpreter/index.ts';
import { defined, type Json } from '../engine/ports/index.ts';
import { type CommandIo, print, printError, printNote, withPaths } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';
import { readDocument, readInstallation } from './readDocument.ts';
import { RunBounds } from './runBounds.ts';
import { createRunClock, type RunClock } from './runClock.ts';

export interface EventArgument {
  readonly name: string;
  readonly data?: Json;
  /** Facts of the platform: the interactions of an ORS document. */
  readonly facts?: Json;
}

/** JSON: a line for each step. Text: a line for each event, transition, state and effect. */
export type StepForm = 'json' | 'text';

export interface RunRequest {
  readonly params: { readonly [name: string]: string };
  readonly events: readonly EventArgument[];
  /** Path of a file with lists, options and specialDays. */
  readonly lists: string | undefined;
  readonly virtual: boolean;
  /** ms of session time. */
  readonly maxMs: number | undefined;
  readonly steps: StepForm | undefined;
  readonly dialect: Dialect | undefined;
}

/** Runs a document: the start, the events, then its timers, until it ends or no timer is left. */
export async function runCommand(io: CommandIo, source: string, request: RunRequest): Promise<Exit> {
  const document = await readDocument(io, source, request.dialect);
  const clock = createRunClock(io.clock, request.virtual);
  const bounds = new RunBounds({ clock, io, ...request });
  const installation = await readInstallation(io, request.lists);
  const parts = { io, request, clock, bounds, installation };
  const session = openSession(document, parts);
  const fault = await play(session, parts);
  const reason = fault ?? (session.status === 'running' ? bounds.reason : session.reason);
  clock.stop();
  if (reason !== undefined) printError(io, reason);
  const status = fault !== undefined || session.status === 'terminated' ? 'failed' : session.status;
  print(io, resultOf(session, { status, reason }));
  return status === 'failed' || bounds.isCut ? EXIT.FAILED : EXIT.OK;
}

interface RunParts {
  readonly io: CommandIo;
  readonly request: RunRequest;
  readonly clock: RunClock;
  readonly bounds: RunBounds;
  readonly installation: Installation | undefined;
}

function openSession(document: Document, { io, request, clock, bounds, installation }: RunParts): Session {
  const session = createSession(document, {
    clock,
    params: request.params,
    ...defined({ installation }),
    ports: {
      perform: (effect, from) => refuse(io, effect, from),
      isHeld: bounds.isHeld,
    },
  });
  bounds.watch(session);
  if (!request.steps) {
    session.onEffect((effect) => {
      if (effect.kind === 'log') printLog(io, effect.label, effect.text);
      if (effect.kind === 'respond') print(io, JSON.stringify(effect));
    });
  }
  return session;
}

/** Nothing leaves the process: the document gets the error event of the element. */
function refuse(io: CommandIo, effect: OutwardEffect, from: Session): void {
  const { dialect } = from.document;
  const event =
    effect.kind === 'send'
      ? sendFailed(dialect, effect, `\`orsay run\` sends no events over HTTP, got one for '${effect.target}'`)
      : notPerformed(dialect, effect);
  if (from.status === 'running') from.send(event);
  else printLog(io, event.name, `Not handled: ${JSON.stringify(event.data)}`);
}

/** Locations are shown as `orsay check` shows them. */
function printLog(io: CommandIo, label: string | undefined, text: string): void {
  if (io.json) print(io, JSON.stringify({ kind: 'log', ...defined({ label }), text: withPaths(io, text) }));
  else print(io, withPaths(io, label === undefined ? text : `${label}: ${text}`));
}

/** Returns why a server could not store the session. The run stops there. */
async function play(session: Session, parts: RunParts): Promise<string | undefined> {
  const { io, request, clock, bounds } = parts;
  const recorder = request.steps === 'json' ? printSteps(session, parts) : undefined;
  if (request.steps === 'text') printLines(session, parts);
  const rest = async (): Promise<string | undefined> => {
    await session.settled();
    recorder?.flush();
    return notStored(session);
  };
  session.start();
  let fault = await rest();
  for (const event of request.events) {
    if (fault !== undefined || !bounds.mayGoOn()) return fault;
    if (session.status !== 'running') {
      printNote(io, `Not sent: event '${event.name}', because the session has ended.`);
      continue;
    }
    const stop = request.steps === undefined ? sayIgnored(io, session, event.name) : undefined;
    session.send(event);
    stop?.();
    fault = await rest();
  }
  const goesOn = () => fault === undefined && session.status === 'running' && bounds.mayGoOn();
  while (goesOn() && (await clock.next(bounds.until))) fault = await rest();
  return fault;
}

/** A server stores a running session after each step. */
function notStored(session: Session): string | undefined {
  if (session.status !== 'running') return undefined;
  try {
    session.snapshot();
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return `A server would end the session here, as it cannot store it: ${message}`;
  }
}

function printSteps(session: Session, { io, clock }: RunParts): StepRecorder {
  const begin = clock.now();
  let number = 0;
  const recorder = new StepRecorder((step, from) => {
    number += 1;
    const configuration = [...from.configuration];
    print(io, JSON.stringify({ step: number, at: clock.now() - begin, ...step, configuration }));
  });
  session.onRecord(recorder.record);
  return recorder;
}

/** Says why no transition took an event of the command line. Printed steps say it too. */
function sayIgnored(io: CommandIo, session: Session, event: string): () => void {
  return session.onRecord((record, from) => {
    if (from !== session || record.kind !== 'event_ignored' || record.name !== event) return;
    const why = whyIgnored(record, session.document);
    printNote(io, withPaths(io, `Event '${event}' had no effect: ${why}.`));
  });
}

function printLines(session: Session, { io, clock }: RunParts): void {
  const begin = clock.now();
  session.onRecord((record, from) => {
    const line = stepLine(record, from.document, clock.now());
    if (line === undefined) return;
    const invoked = from === session ? '' : ` [${from.id.slice(session.id.length)}]`;
    const at = line.at === undefined ? '' : `  (${line.at.file}:${line.at.line}:${line.at.column})`;
    const time = `${(clock.now() - begin) / 1_000}s`.padEnd(8);
    print(io, withPaths(io, `${time}${invoked} ${line.text}${at}`));
  });
}

function resultOf(
  session: Session,
  { status, reason }: { readonly status: Session['status']; readonly reason: string | undefined },
): string {
  return JSON.stringify({
    session: session.id,
    status,
    configuration: [...session.configuration],
    donedata: session.donedata ?? null,
    ...defined({ reason }),
  });
}
