import { defined, type Json, systemClock, systemIds } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { Session, SessionOptions, Snapshot } from './contract.ts';
import type { Executions } from './executions.ts';
import { Family } from './family.ts';
import { InProcessSession } from './inProcessSession.ts';
import { processSessions } from './sessionDirectory.ts';
import { toJson } from './toJson.ts';

/**
 * Creates a session of a document, which `start()` starts. Without options it needs nothing outside the
 * process.
 */
export function createSession(document: Document, options: SessionOptions = {}): Session {
  return newSession(document, options);
}

/**
 * The session of a snapshot. It continues exactly as the session that wrote the snapshot would, with its
 * pending sends and its invoked sessions. Invoked sessions continue when their documents are read
 * (`settled()`); events for them wait until then. Throws when the snapshot belongs to another document or
 * version.
 */
export function restoreSession(
  document: Document,
  snapshot: Snapshot,
  options: SessionOptions = {},
): Session {
  const session = restoredSession(document, snapshot, options);
  session.resume(snapshot);
  return session;
}

/** For the stepper. */
export interface SessionControl {
  readonly executions?: Executions;
  /** See InProcessSessionParts. */
  readonly autorun?: boolean;
}

/** As createSession, for other parts of the engine. */
export function newSession(
  document: Document,
  options: SessionOptions,
  { executions, autorun }: SessionControl = {},
): InProcessSession {
  const family = new Family(options, DEFAULTS, executions);
  const execution = family.executions.start(family.programOf(document), {
    sessionId: options.id ?? systemIds.session(),
    seed: family.seed,
    ...defined({ baseUrl: options.baseUrl, params: paramsOf(options.params), limits: options.limits }),
  });
  return observed(new InProcessSession({ family, document, execution, ...defined({ autorun }) }), options);
}

/**
 * As restoreSession, for other parts of the engine. The caller adds listeners, then calls `resume(snapshot)`.
 */
export function restoredSession(
  document: Document,
  snapshot: Snapshot,
  options: SessionOptions,
  { executions, autorun }: SessionControl = {},
): InProcessSession {
  if (!READ_VERSIONS.has(snapshot.version)) {
    throw new Error(`Expected the snapshot of a session of version 1 or 2, got version ${snapshot.version}.`);
  }
  const family = new Family({ seed: snapshot.seed, ...options }, DEFAULTS, executions);
  const execution = family.executions.restore(family.programOf(document), snapshot.execution, options.limits);
  return observed(new InProcessSession({ family, document, execution, ...defined({ autorun }) }), options);
}

/** Versions of Snapshot that are read. */
const READ_VERSIONS = new Set<number>([1, 2]);

const DEFAULTS = { clock: systemClock, directory: processSessions };

function observed(session: InProcessSession, { onRecord }: SessionOptions): InProcessSession {
  if (onRecord) session.onRecord(onRecord);
  return session;
}

function paramsOf(params: SessionOptions['params']): { [name: string]: Json | undefined } | undefined {
  if (params === undefined) return undefined;
  const entries = Object.entries(params).map(([name, value]) => [name, toJson(value, `parameter '${name}'`)]);
  return Object.fromEntries(entries) as { [name: string]: Json | undefined };
}
