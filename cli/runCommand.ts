import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import {
  createSession,
  type Dialect,
  type Document,
  DocumentError,
  type Installation,
  loadDocument,
  notPerformed,
  type OutwardEffect,
  parseInstallation,
  type Session,
  sendFailed,
  TraceSteps,
  traceLine,
  whyIgnored,
} from '../engine/interpreter/index.ts';
import { defined, type Json, systemClock } from '../engine/ports/index.ts';
import { EXIT, type Exit } from './exit.ts';
import { problemLine } from './problemLine.ts';
import { RunBounds } from './runBounds.ts';
import { createRunClock, type RunClock } from './runClock.ts';

export interface EventArgument {
  readonly name: string;
  readonly data?: Json;
  /** Facts of the platform: the interactions of an ORS document. */
  readonly facts?: Json;
}

/** JSON: a line for each step. Text: a line for each event, transition, state and effect. */
export type TraceForm = 'json' | 'text';

export interface RunRequest {
  readonly params: { readonly [name: string]: string };
  readonly events: readonly EventArgument[];
  /** Path of a file with lists, options and specialDays. */
  readonly lists: string | undefined;
  readonly virtual: boolean;
  /** ms of session time. */
  readonly maxMs: number | undefined;
  readonly trace: TraceForm | undefined;
  readonly dialect: Dialect | undefined;
}

/** Runs a document: the start, the events, then its timers, until it ends or no timer is left. */
export async function runCommand(source: string, request: RunRequest): Promise<Exit> {
  const document = await load(source, request.dialect);
  if (!document) return EXIT.NOT_LOADED;
  const clock = createRunClock(systemClock, request.virtual);
  const bounds = new RunBounds({ clock, elapsed: () => performance.now(), ...request });
  const installation = request.lists === undefined ? undefined : await readInstallation(request.lists);
  const session = openSession(document, { request, clock, bounds, installation });
  const fault = await play(session, { request, clock, bounds, installation });
  const reason = fault ?? (session.status === 'running' ? bounds.reason : session.reason);
  clock.stop();
  if (reason !== undefined) process.stderr.write(`${reason}\n`);
  const status = fault !== undefined || session.status === 'terminated' ? 'failed' : session.status;
  print(resultOf(session, { status, reason }));
  return status === 'failed' || bounds.isCut ? EXIT.FAILED : EXIT.OK;
}

async function load(source: string, dialect: Dialect | undefined): Promise<Document | undefined> {
  try {
    return await loadDocument(source, dialect ? { dialect } : {});
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    for (const problem of error.problems) process.stderr.write(`${problemLine(problem)}\n`);
    return undefined;
  }
}

interface RunParts {
  readonly request: RunRequest;
  readonly clock: RunClock;
  readonly bounds: RunBounds;
  readonly installation: Installation | undefined;
}

async function readInstallation(file: string): Promise<Installation> {
  try {
    return parseInstallation(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

function openSession(document: Document, { request, clock, bounds, installation }: RunParts): Session {
  const session = createSession(document, {
    clock,
    params: request.params,
    ...defined({ installation }),
    ports: {
      perform: refuse,
      isHeld: bounds.isHeld,
    },
  });
  bounds.watch(session);
  if (!request.trace) {
    session.onEffect((effect) => {
      if (effect.kind === 'log') printLog(effect.label, effect.text);
      if (effect.kind === 'respond') print(JSON.stringify(effect));
    });
  }
  return session;
}

/** Nothing leaves the process: the document gets the error event of the element. */
function refuse(effect: OutwardEffect, from: Session): void {
  const { dialect } = from.document;
  const event =
    effect.kind === 'send'
      ? sendFailed(dialect, effect, `\`orsay run\` sends no events over HTTP, got one for '${effect.target}'`)
      : notPerformed(dialect, effect);
  if (from.status === 'running') from.send(event);
  else printLog(event.name, `Not handled: ${JSON.stringify(event.data)}`);
}

function printLog(label: string | undefined, text: string): void {
  print(shortened(label === undefined ? text : `${label}: ${text}`));
}

/** Locations are shown as `orsay check` shows them. */
function shortened(text: string): string {
  return text.replaceAll(`${pathToFileURL(process.cwd()).href}/`, '');
}

/** Returns why a server could not store the session. The run stops there. */
async function play(session: Session, { request, clock, bounds }: RunParts): Promise<string | undefined> {
  const steps = request.trace === 'json' ? traceTo(session, clock) : undefined;
  if (request.trace === 'text') traceAsText(session, clock);
  const rest = async (): Promise<string | undefined> => {
    await session.settled();
    steps?.flush();
    return notStored(session);
  };
  session.start();
  let fault = await rest();
  for (const event of request.events) {
    if (fault !== undefined || !bounds.mayGoOn()) return fault;
    if (session.status !== 'running') {
      process.stderr.write(`Not sent: event '${event.name}', because the session has ended.\n`);
      continue;
    }
    const stop = request.trace === undefined ? sayIgnored(session, event.name) : undefined;
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

function traceTo(session: Session, clock: RunClock): TraceSteps {
  const begin = clock.now();
  let number = 0;
  const steps = new TraceSteps((step, from) => {
    number += 1;
    const configuration = [...from.configuration];
    print(JSON.stringify({ step: number, at: clock.now() - begin, ...step, configuration }));
  });
  session.onTrace(steps.record);
  return steps;
}

/** Says why no transition took an event of the command line. A trace says it too. */
function sayIgnored(session: Session, event: string): () => void {
  return session.onTrace((record, from) => {
    if (from !== session || record.kind !== 'event_ignored' || record.name !== event) return;
    process.stderr.write(
      shortened(`Event '${event}' had no effect: ${whyIgnored(record, session.document)}.\n`),
    );
  });
}

function traceAsText(session: Session, clock: RunClock): void {
  const begin = clock.now();
  session.onTrace((record, from) => {
    const line = traceLine(record, from.document, clock.now());
    if (line === undefined) return;
    const invoked = from === session ? '' : ` [${from.id.slice(session.id.length)}]`;
    const at = line.at === undefined ? '' : `  (${line.at.file}:${line.at.line}:${line.at.column})`;
    print(shortened(`${`${(clock.now() - begin) / 1_000}s`.padEnd(8)}${invoked} ${line.text}${at}`));
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
