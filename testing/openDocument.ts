import type { Dialect, Document, Installation, ReadFigure } from '../engine/interpreter/index.ts';
import {
  prepareStepper,
  type ScriptRow,
  type Stepper,
  type StepperOptions,
} from '../engine/interpreter/stepper/index.ts';
import { defined, type FetchText } from '../engine/ports/index.ts';
import type { CoverageCollector } from './coverageCollector.ts';
import { SharedTime, START_TIME } from './sharedTime.ts';
import { type FaultOptions, TestSession } from './testSession.ts';

/** A path, a URL, the text of a document (it begins with '<'), or a loaded document. */
export type DocumentSource = string | URL | Document;

export interface ReadOptions {
  /** Overrides the dialect of the document. */
  readonly dialect?: Dialect;
  /** Reads the document, its includes, and the documents that it invokes. Absent: files only. */
  readonly fetchText?: FetchText;
}

export interface SessionOptions extends FaultOptions {
  /** Start parameters, by the names of the data that get them. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** A table of answers: the first row that fits a request answers it. Others wait for the test. */
  readonly script?: readonly ScriptRow[];
  /** Lists, options and special days that an ORS document reads. */
  readonly installation?: Installation;
  /** Values of `_genesys.statistic.sData(object, statistic)`. */
  readonly figures?: ReadFigure;
  /** Session id. Absent: 'STEPPER', in a centre a number. */
  readonly id?: string;
  /** Seed of Math.random. Absent: 1. */
  readonly seed?: number;
  /** False: the test calls start() itself. Absent: the session is started. */
  readonly start?: boolean;
}

export interface OpenOptions extends ReadOptions, SessionOptions {
  /** Start of the virtual clock, in ms since epoch. Absent: 2026-01-05T09:00:00Z. */
  readonly now?: number;
  /** Base URL of the HTTP server that the document sees. */
  readonly baseUrl?: string;
  readonly coverage?: CoverageCollector;
}

/** Opens one document alone, as a session in virtual time. Rejects with DocumentError, which has all problems. */
export async function openDocument(source: DocumentSource, options: OpenOptions = {}): Promise<TestSession> {
  const prepared = await prepareStepper(source, options);
  const time = new SharedTime(options.now ?? START_TIME);
  return openSession(prepared, time, { ...options, now: time.now });
}

/** A document that was read, of which sessions are opened at once. */
export type Prepared = (options: StepperOptions) => Stepper;

/** Opens a session of a document that was read. `now`: ms since epoch. */
export function openSession(
  prepared: Prepared,
  time: SharedTime,
  options: Omit<OpenOptions, keyof ReadOptions> & Pick<StepperOptions, 'now' | 'sessions'>,
): TestSession {
  const { allowFaults, coverage, start = true, ...others } = options;
  const stepper = prepared({ ...others, ...defined({ onRecord: coverage?.record }) });
  coverage?.begin(stepper.id);
  const session = new TestSession(stepper, time, defined({ allowFaults }));
  return start ? session.start() : session;
}
