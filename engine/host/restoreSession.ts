import type { Durable } from '../durable/index.ts';
import type { Limits } from '../interpreter/index.ts';
import { type Clock, CodedError, type Log } from '../ports/index.ts';
import { ExecutionLost, type HostEngine, type HostedExecution, RestoreFailed } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { LiveSession } from './liveSessions.ts';
import type { Programs } from './programs.ts';
import type { SessionEndings } from './sessionEndings.ts';
import { readSession, SESSION, type SessionRecord, toView } from './sessionRecord.ts';
import type { SessionView } from './sessions.ts';
import { resumeBatch, resumedRecord, setAsideBatch, setAsideRecord } from './setAside.ts';

/** A session in memory. */
export interface LoadedSession {
  readonly record: SessionRecord;
  readonly execution: HostedExecution;
}

/** Brings sessions into memory from their records, and sets aside those that cannot be restored. */
export interface RestoreSession {
  /**
   * Brings the session into memory; undefined when it does not run. Waits for nothing where it is there: that is
   * the way of nearly every step.
   */
  load(live: LiveSession): LoadedSession | undefined | Promise<LoadedSession | undefined>;
  /** Keeps the session whole, with its error, out of memory. */
  putAside(
    live: LiveSession,
    failure: { readonly record: SessionRecord; readonly error: unknown },
  ): Promise<undefined>;
  /** Takes back a session that is set aside; see Sessions.retry. */
  retry(live: LiveSession): Promise<void>;
  /** The session as it is, also when it has ended; without data when reading them cost an engine child its life. */
  view(live: LiveSession): Promise<SessionView | undefined>;
}

export interface RestoreDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: HostEngine;
  readonly programs: Programs;
  readonly limits: Partial<Limits> | undefined;
}

export function createRestoreSession(deps: RestoreDeps, { fail }: SessionEndings): RestoreSession {
  const { durable, clock, log, engine, programs, limits } = deps;

  function load(live: LiveSession): LoadedSession | undefined | Promise<LoadedSession | undefined> {
    const { record, execution } = live;
    if (record?.status === 'running' && execution !== undefined) return { record, execution };
    return bringIn(live);
  }

  async function bringIn(live: LiveSession): Promise<LoadedSession | undefined> {
    const record = live.record ?? readSession(durable, live.sessionId);
    if (record?.status !== 'running') return undefined;
    const snapshot = durable.text(SESSION, live.sessionId);
    if (snapshot === undefined) {
      const error = new Error('its state was held in memory only (_persist="false") and is lost');
      log.error({ sessionId: live.sessionId, err: error }, 'A session is lost.');
      await fail(live, { record, error });
      return undefined;
    }
    try {
      live.execution = await restore(record, snapshot);
      live.record = record;
      return { record, execution: live.execution };
    } catch (error) {
      if (error instanceof CodedError) throw error;
      await putAside(live, { record, error });
      return undefined;
    }
  }

  async function restore(record: SessionRecord, text: string): Promise<HostedExecution> {
    const program = await programs.version(record.documentHash);
    const { sessionId } = record;
    return engine.restoreExecution(program, { sessionId, text }, limits === undefined ? {} : { limits });
  }

  async function putAside(
    live: LiveSession,
    { record, error }: { readonly record: SessionRecord; readonly error: unknown },
  ): Promise<undefined> {
    live.record = undefined;
    live.execution = undefined;
    log.error({ sessionId: live.sessionId, err: error }, 'A session could not be restored; it is set aside.');
    await durable.commit(setAsideBatch(durable, setAsideRecord(record, { error, now: clock.now() })));
  }

  async function retry(live: LiveSession): Promise<void> {
    const record = readSession(durable, live.sessionId);
    if (record?.status !== 'setAside') throw new HostError('SESSION_NOT_FOUND', live.sessionId);
    const resumed = resumedRecord(record);
    try {
      const snapshot = durable.text(SESSION, live.sessionId);
      if (snapshot === undefined) await programs.version(record.documentHash);
      // Read, since an engine in another process restores when it must.
      else await (await restore(resumed, snapshot)).data();
    } catch (error) {
      if (error instanceof CodedError) throw error;
      await putAside(live, { record: resumed, error });
      throw new HostError('SESSION_SET_ASIDE', live.sessionId, { cause: error });
    }
    await durable.commit(resumeBatch(durable, resumed, clock.now()));
    log.info({ sessionId: live.sessionId }, 'A session that was set aside goes on.');
  }

  async function view(live: LiveSession): Promise<SessionView | undefined> {
    const loaded = await load(live);
    try {
      if (loaded !== undefined) return toView(loaded.record, await loaded.execution.data());
    } catch (error) {
      const { record } = loaded!;
      if (error instanceof ExecutionLost) {
        log.warn({ sessionId: live.sessionId, err: error }, 'The data of a session could not be read.');
        return toView(record, undefined);
      }
      if (!(error instanceof RestoreFailed)) throw error;
      await (record.persist ? putAside : fail)(live, { record, error });
    }
    const record = readSession(durable, live.sessionId);
    return record === undefined ? undefined : toView(record, undefined);
  }

  return { load, putAside, retry, view };
}
