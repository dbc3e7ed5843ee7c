import { texts } from '../../texts/language.ts';
import type { SourceDocument } from '../session/source.tsx';
import type { NumberedStep } from '../session/steps.ts';
import { type StoredStep, storedStep } from '../session/storedStep.ts';

/** Bytes of a file that the page opens. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

const t = texts({
  en: {
    at: (line: number, why: string) => `Line ${line}: ${why}`,
    notJson: 'expected an object of JSON',
    head: 'expected the head of a trace of version 1, as `orsay sessions trace` writes it',
    cut: 'expected the end of the trace: the file was cut or changed',
    row: 'expected a document, a session, or a step of a session of this trace',
  },
  de: {
    at: (line: number, why: string) => `Zeile ${line}: ${why}`,
    notJson: 'erwartet wird ein Objekt in JSON',
    head: 'erwartet wird der Kopf einer Spur der Version 1, wie `orsay sessions trace` sie schreibt',
    cut: 'erwartet wird das Ende der Spur: Die Datei wurde abgeschnitten oder geändert',
    row: 'erwartet wird ein Dokument, eine Session oder ein Schritt einer Session dieser Spur',
  },
});

/** One session of a trace file. */
export interface TracedSession {
  readonly id: string;
  readonly document: SourceDocument | undefined;
  readonly steps: readonly NumberedStep[];
}

interface Line {
  readonly orsayTrace?: unknown;
  readonly end?: unknown;
  readonly document?: SourceDocument;
  readonly session?: unknown;
  readonly step?: unknown;
}

/** Reads the sessions of a trace file, the exported one first. Throws an error that names the line. */
export function readTraceFile(text: string): readonly TracedSession[] {
  const rows = text.split('\n');
  while (rows.at(-1)?.trim() === '') rows.pop();
  const lines = rows.map((row, at) => objectIn(row) ?? fail(at, t().notJson));
  const last = lines.length - 1;
  if (lines[0]?.orsayTrace !== 1) fail(0, t().head);
  if (lines[last]?.end !== last) fail(last, t().cut);
  const documents = new Map<string, SourceDocument>();
  const sessions = new Map<string, { readonly hash: string; readonly steps: NumberedStep[] }>();
  for (const [index, line] of lines.slice(1, last).entries()) {
    if (!take(line, documents, sessions)) fail(index + 1, t().row);
  }
  return [...sessions].map(([id, { hash, steps }]) => ({ id, document: documents.get(hash), steps }));
}

function take(
  line: Line,
  documents: Map<string, SourceDocument>,
  sessions: Map<string, { readonly hash: string; readonly steps: NumberedStep[] }>,
): boolean {
  const { document, session, step } = line;
  if (document !== undefined) {
    if (!isDocument(document)) return false;
    documents.set(document.hash, document);
    return true;
  }
  if (step === undefined) {
    const { sessionId, documentHash } = (session ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof sessionId !== 'string' || typeof documentHash !== 'string') return false;
    sessions.set(sessionId, { hash: documentHash, steps: [] });
    return true;
  }
  const stored = line as unknown as StoredStep;
  const owner = sessions.get(stored.session);
  if (owner === undefined || !isStep(stored)) return false;
  owner.steps.push(storedStep(stored));
  return true;
}

function isDocument({ hash, sources }: SourceDocument): boolean {
  return (
    typeof hash === 'string' &&
    Array.isArray(sources) &&
    sources.every((source) => typeof source?.url === 'string' && typeof source.text === 'string')
  );
}

function isStep({ step, at, input, configuration }: StoredStep): boolean {
  const names = [input?.kind, input?.event?.name ?? '', input?.key ?? '', input?.reason ?? ''];
  return (
    Number.isInteger(step) &&
    !Number.isNaN(new Date(at).getTime()) &&
    names.every((name) => typeof name === 'string') &&
    Array.isArray(configuration)
  );
}

function objectIn(row: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // The caller says where.
    return undefined;
  }
}

/** `index`: of the line, from 0. */
function fail(index: number, why: string): never {
  throw new Error(t().at(index + 1, why));
}
