import {
  createSession,
  type Dialect,
  type Document,
  DocumentError,
  loadDocument,
  notPerformed,
  type Session,
  TraceSteps,
} from '../engine/interpreter/index.ts';
import { type Json, systemClock } from '../engine/ports/index.ts';
import { EXIT, type Exit } from './exit.ts';
import { problemLine } from './problemLine.ts';
import { createRunClock, type RunClock } from './runClock.ts';

/** Session time after which a run stops, if the caller sets none. */
const MAX_REAL_MS = 10_000;
const MAX_VIRTUAL_MS = 24 * 3_600_000;

export interface EventArgument {
  readonly name: string;
  readonly data?: Json;
}

export interface RunRequest {
  readonly params: { readonly [name: string]: string };
  readonly events: readonly EventArgument[];
  readonly virtual: boolean;
  /** ms of session time. */
  readonly maxMs: number | undefined;
  readonly trace: boolean;
  readonly dialect: Dialect | undefined;
}

/** Runs a document: the start, the events, then its timers, until it ends or no timer is left. */
export async function runCommand(source: string, request: RunRequest): Promise<Exit> {
  const document = await load(source, request.dialect);
  if (!document) return EXIT.NOT_LOADED;
  const clock = createRunClock(systemClock, request.virtual);
  const session = openSession(document, request, clock);
  await play(session, request, clock);
  clock.stop();
  if (session.reason !== undefined) process.stderr.write(`${session.reason}\n`);
  print(resultOf(session));
  return session.status === 'failed' || session.status === 'terminated' ? EXIT.FAILED : EXIT.OK;
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

function openSession(document: Document, request: RunRequest, clock: RunClock): Session {
  const session = createSession(document, {
    clock,
    params: request.params,
    ports: { perform: (effect, from) => from.send(notPerformed(document.dialect, effect)) },
  });
  if (!request.trace) {
    session.onEffect((effect) => {
      if (effect.kind === 'log') {
        print(effect.label === undefined ? effect.text : `${effect.label}: ${effect.text}`);
      }
      if (effect.kind === 'respond') print(JSON.stringify(effect));
    });
  }
  return session;
}

async function play(session: Session, request: RunRequest, clock: RunClock): Promise<void> {
  const until = clock.now() + (request.maxMs ?? (request.virtual ? MAX_VIRTUAL_MS : MAX_REAL_MS));
  const steps = request.trace ? traceTo(session, clock) : undefined;
  const rest = async (): Promise<void> => {
    await session.settled();
    steps?.flush();
  };
  session.start();
  await rest();
  for (const event of request.events) {
    session.send(event);
    await rest();
  }
  while (session.status === 'running' && (await clock.next(until))) await rest();
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

function resultOf(session: Session): string {
  return JSON.stringify({
    session: session.id,
    status: session.status === 'terminated' ? 'failed' : session.status,
    configuration: [...session.configuration],
    donedata: session.donedata ?? null,
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
