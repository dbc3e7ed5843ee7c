import { type Json, systemClock, systemIds } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { Session, SessionOptions, Snapshot } from './contract.ts';
import { type Executions, Family } from './family.ts';
import { InProcessSession } from './inProcessSession.ts';
import { processSessions } from './sessionDirectory.ts';
import { compileProgram } from './sessionExecution.ts';
import { toJson } from './toJson.ts';

/** Makes a session of a document; `start()` begins it. With no options it is self-contained. */
export function createSession(document: Document, options: SessionOptions = {}): Session {
  return newSession(document, options);
}

/**
 * A session as a snapshot says, going on exactly as the one that wrote it would. Pending sends are armed again.
 * Invoked sessions come back with it, as soon as their documents were read (`settled()`); what is sent to them
 * meanwhile waits. Throws when the snapshot belongs to another document or version.
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

/** As createSession, for parts of the engine that make executions of their own. */
export function newSession(
  document: Document,
  options: SessionOptions,
  executions?: Executions,
): InProcessSession {
  const family = new Family(options, DEFAULTS, executions);
  const execution = family.executions.start(compileProgram(document), {
    sessionId: options.id ?? systemIds.session(),
    seed: family.seed,
    ...(options.baseUrl !== undefined && { baseUrl: options.baseUrl }),
    ...(options.params && { params: paramsOf(options.params) }),
    ...(options.limits && { limits: options.limits }),
  });
  return traced(new InProcessSession({ family, document, execution }), options);
}

/** As restoreSession, before it resumes. */
export function restoredSession(
  document: Document,
  snapshot: Snapshot,
  options: SessionOptions,
  executions?: Executions,
): InProcessSession {
  if (snapshot.version !== 1) {
    throw new Error(`Expected the snapshot of a session of version 1, got version ${snapshot.version}.`);
  }
  const family = new Family({ seed: snapshot.seed, ...options }, DEFAULTS, executions);
  const execution = family.executions.restore(compileProgram(document), snapshot.execution, options.limits);
  return traced(new InProcessSession({ family, document, execution }), options);
}

const DEFAULTS = { clock: systemClock, directory: processSessions };

function traced(session: InProcessSession, { trace }: SessionOptions): InProcessSession {
  if (trace) session.onTrace(trace);
  return session;
}

function paramsOf(params: NonNullable<SessionOptions['params']>): { [name: string]: Json | undefined } {
  const entries = Object.entries(params).map(([name, value]) => [name, toJson(value, `parameter '${name}'`)]);
  return Object.fromEntries(entries) as { [name: string]: Json | undefined };
}
