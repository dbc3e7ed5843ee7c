import { defined, type Json } from '../ports/index.ts';
import {
  type FamilyTrace,
  type SessionTrace,
  TRACE_VERSION,
  type TracedDocument,
  type TraceStart,
  type TraceStep,
} from './contract.ts';

/** Characters of a trace file: many times the bounds of a session. */
export const MAX_TRACE_LENGTH = 256 * 1024 * 1024;

/** The file is no trace that this product can read. The message begins with the file and the line. */
export class TraceError extends Error {
  constructor(file: string, line: number, message: string) {
    super(`${file}:${line}:1: ${message}`);
    this.name = 'TraceError';
  }
}

/**
 * The lines of a trace file, each a JSON object: the head, documents, sessions, steps in the order of time,
 * and the end with the number of lines before it, so that a file that was cut is found.
 */
export function* traceLines({
  product,
  root,
  installation,
  documents,
  sessions,
  leftOut,
}: FamilyTrace): Iterable<string> {
  let lines = 0;
  const line = (fields: object): string => {
    lines += 1;
    return `${JSON.stringify(fields)}\n`;
  };
  yield line({ orsayTrace: TRACE_VERSION, product, root, ...defined({ leftOut, installation }) });
  for (const document of documents) yield line({ document });
  for (const { start, base } of sessions) {
    yield line({ session: start, ...defined({ base }) });
  }
  const steps = sessions.flatMap(({ start, steps: own }) =>
    own.map((step) => ({ session: start.sessionId, ...step })),
  );
  for (const step of steps.sort((a, b) => a.at - b.at || a.order - b.order)) yield line(step);
  yield `${JSON.stringify({ end: lines })}\n`;
}

/** Says that sessions of the family are not in the file. Undefined: all are. */
export function leftOutText({ leftOut }: Pick<FamilyTrace, 'leftOut'>): string | undefined {
  if (leftOut === undefined) return undefined;
  return `${leftOut} sessions of the family are not in the trace: it has more than a server exports (MAX_TRACED_FAMILY)`;
}

/** True when the text begins as a trace file does. */
export function isTraceText(text: string): boolean {
  return /^\s*\{"orsayTrace":/.test(text);
}

/** Reads a trace file. `file`: its name in messages. Throws TraceError. */
export function readTrace(text: string, file: string): FamilyTrace {
  const fail = (line: number, message: string): never => {
    throw new TraceError(file, line, message);
  };
  if (text.length > MAX_TRACE_LENGTH) fail(1, `expected at most ${MAX_TRACE_LENGTH} characters`);
  const rows = text.split('\n');
  while (rows.at(-1)?.trim() === '') rows.pop();
  const objects = rows.map(
    (row, index) => objectIn(row) ?? fail(index + 1, notAnObject(row, index, rows.length)),
  );
  const head =
    objects[0] ?? fail(1, "expected a trace, as 'orsay sessions trace' writes it, got an empty file");
  if (head.orsayTrace !== TRACE_VERSION) {
    const got = head.orsayTrace === undefined ? 'no version' : `version ${JSON.stringify(head.orsayTrace)}`;
    fail(1, `expected a trace of version ${TRACE_VERSION}, got ${got}`);
  }
  const last = objects.length - 1;
  if (objects[last]?.end !== last) {
    fail(last + 1, `expected the end of the trace after ${last} lines: the file was cut or changed`);
  }
  const documents: TracedDocument[] = [];
  const sessions = new Map<string, SessionTrace & { readonly steps: TraceStep[] }>();
  for (const [index, object] of objects.slice(1, last).entries()) {
    const problem = addLine(object, { documents, sessions });
    if (problem !== undefined) fail(index + 2, problem);
  }
  const { product, root, installation, leftOut } = head as unknown as FamilyTrace;
  const missing = [...sessions.values()].find(({ start }) =>
    documents.every(({ hash }) => hash !== start.documentHash),
  );
  if (missing) fail(1, `expected the document of session ${missing.start.sessionId}, got none`);
  return {
    product: String(product),
    root: String(root),
    documents,
    sessions: [...sessions.values()],
    ...defined({ installation, leftOut }),
  };
}

type Line = { readonly [name: string]: Json | undefined };

function notAnObject(row: string, index: number, lines: number): string {
  const isCut = index === lines - 1 && index > 0;
  if (isCut) return 'expected a whole line of JSON: the file was cut';
  return `expected a JSON object, got '${row.slice(0, 40)}'`;
}

function objectIn(row: string): Line | undefined {
  try {
    const value = JSON.parse(row) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Line) : undefined;
  } catch {
    // The caller says where.
    return undefined;
  }
}

/** Returns why the line cannot be read. */
function addLine(
  line: Line,
  {
    documents,
    sessions,
  }: { documents: TracedDocument[]; sessions: Map<string, SessionTrace & { steps: TraceStep[] }> },
): string | undefined {
  if (line.document !== undefined) {
    const document = line.document as unknown as TracedDocument;
    if (!isDocument(document)) return 'expected a document with url, hash, dialect and sources';
    documents.push(document);
    return undefined;
  }
  if (line.step === undefined) {
    const start = line.session as unknown as TraceStart | undefined;
    if (!isStart(start)) return 'expected a document, a session or a step';
    const { base } = line as unknown as SessionTrace;
    sessions.set(start.sessionId, { start, steps: [], ...defined({ base }) });
    return undefined;
  }
  const { session, ...step } = line as unknown as TraceStep & { readonly session: string };
  const owner = sessions.get(session);
  if (owner === undefined) {
    return `expected the step of a session of this trace, got one of '${String(session)}'`;
  }
  if (!isStep(step)) {
    return 'expected a step with at, order, input, configuration and status';
  }
  const expected = (owner.steps.at(-1)?.step ?? owner.base?.step ?? 0) + 1;
  if (step.step !== expected) return `expected step ${expected} of session ${session}, got ${step.step}`;
  owner.steps.push(step);
  return undefined;
}

function isDocument({ url, hash, dialect, sources }: TracedDocument): boolean {
  const areTexts =
    Array.isArray(sources) &&
    sources.length > 0 &&
    sources.every((source) => typeof source?.url === 'string' && typeof source.text === 'string');
  return (
    typeof url === 'string' &&
    typeof hash === 'string' &&
    (dialect === 'w3c' || dialect === 'ors') &&
    areTexts
  );
}

function isStart(start: TraceStart | undefined): start is TraceStart {
  return (
    typeof start === 'object' &&
    start !== null &&
    typeof start.sessionId === 'string' &&
    typeof start.documentHash === 'string' &&
    typeof start.startedAt === 'number' &&
    typeof start.options?.seed === 'number'
  );
}

const INPUTS: ReadonlySet<unknown> = new Set(['start', 'event', 'timer', 'continue', 'terminate']);

function isStep({ at, order, input, configuration, status }: TraceStep): boolean {
  return (
    typeof at === 'number' &&
    typeof order === 'number' &&
    INPUTS.has(input?.kind) &&
    Array.isArray(configuration) &&
    typeof status === 'string'
  );
}
