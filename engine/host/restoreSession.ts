import { type Batch, type Durable, joinBatches } from '../durable/index.ts';
import type { Limits } from '../interpreter/index.ts';
import { type Clock, CodedError, defined, type Log } from '../ports/index.ts';
import { ExecutionLost, type HostEngine, type HostedExecution, RestoreFailed } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { LiveSession } from './liveSessions.ts';
import type { Programs } from './programs.ts';
import type { SessionEnds, SessionFault } from './sessionEnds.ts';
import { readSession, type SessionRecord, toView } from './sessionRecord.ts';
import type { SessionView } from './sessions.ts';
import { resumeBatch, resumedRecord, setAsideBatch, setAsideRecord } from './setAside.ts';
import { readSnapshot } from './storedSnapshot.ts';

export interface SessionRestorerDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: HostEngine;
  readonly programs: Programs;
  readonly limits: Partial<Limits> | undefined;
  readonly ends: SessionEnds;
}

/** Restores sessions from their snapshots, and sets aside those that cannot be restored. */
export class SessionRestorer {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #engine: HostEngine;
  readonly #programs: Programs;
  readonly #limits: Partial<Limits> | undefined;
  readonly #ends: SessionEnds;
  readonly #listeners: ((aside: SessionRecord) => void)[] = [];

  constructor({ durable, clock, log, engine, programs, limits, ends }: SessionRestorerDeps) {
    this.#durable = durable;
    this.#clock = clock;
    this.#log = log;
    this.#engine = engine;
    this.#programs = programs;
    this.#limits = limits;
    this.#ends = ends;
  }

  /** Listens to sessions that are set aside, when that is durable. */
  onSetAside(listener: (aside: SessionRecord) => void): void {
    this.#listeners.push(listener);
  }

  /** Restores the session again, with other limits. Undefined: it does not run. */
  reload(session: LiveSession, limits: Partial<Limits>): Promise<LiveSession['running']> {
    session.running = undefined;
    return this.load(session, { ...this.#limits, ...limits });
  }

  /** Restores the session if it is not in memory. Undefined: it does not run. */
  async load(session: LiveSession, limits = this.#limits): Promise<LiveSession['running']> {
    if (session.running !== undefined) return session.running;
    const { sessionId } = session;
    const record = readSession(this.#durable, sessionId);
    if (record?.status !== 'running') return undefined;
    try {
      const snapshot = readSnapshot(this.#durable, sessionId);
      if (snapshot !== undefined) {
        session.running = { record, execution: await this.#restore(record, snapshot, limits) };
        return session.running;
      }
    } catch (error) {
      if (mayPass(error)) throw error;
      await this.setAside(session, { record, error });
      return undefined;
    }
    const error = new Error('its state was held in memory only (_persist="false") and is lost');
    this.#log.error({ sessionId, err: error }, 'A session is lost.');
    await this.#ends.fail(session, { record, error });
    return undefined;
  }

  /** As load(). Rejects with SESSION_SET_ASIDE or SESSION_NOT_FOUND when the session does not run. */
  async loadRunning(session: LiveSession): Promise<NonNullable<LiveSession['running']>> {
    const running = await this.load(session);
    if (running !== undefined) return running;
    const { sessionId } = session;
    const isSetAside = readSession(this.#durable, sessionId)?.status === 'setAside';
    throw new HostError(isSetAside ? 'SESSION_SET_ASIDE' : 'SESSION_NOT_FOUND', sessionId);
  }

  async #restore(record: SessionRecord, text: string, limits = this.#limits): Promise<HostedExecution> {
    const { sessionId, documentHash } = record;
    const program = await this.#programs.version(documentHash);
    return this.#engine.restoreExecution(program, { sessionId, text }, defined({ limits }));
  }

  /** Keeps the session unchanged in the store, with its error, until it is retried or terminated. */
  async setAside(session: LiveSession, { record, error }: SessionFault): Promise<void> {
    session.running = undefined;
    const { sessionId } = session;
    this.#log.error({ sessionId, err: error }, 'A session could not be restored; it is set aside.');
    const aside = setAsideRecord(record, { error, now: this.#clock.now() });
    await this.#durable.commit(setAsideBatch(this.#durable, aside));
    for (const listener of this.#listeners) listener(aside);
  }

  /** See AdministeredSessions.retry. */
  async retry(session: LiveSession, alongside: Batch): Promise<void> {
    const { sessionId } = session;
    const record = readSession(this.#durable, sessionId);
    if (record?.status !== 'setAside') throw new HostError('SESSION_NOT_FOUND', sessionId);
    const resumed = resumedRecord(record);
    try {
      const snapshot = readSnapshot(this.#durable, sessionId);
      if (snapshot === undefined) await this.#programs.version(record.documentHash);
      // An engine child restores the session only when it needs it, and data() does.
      else await (await this.#restore(resumed, snapshot)).data();
    } catch (error) {
      if (mayPass(error)) throw error;
      await this.setAside(session, { record: resumed, error });
      throw new HostError('SESSION_SET_ASIDE', sessionId, { cause: error });
    }
    const resume = resumeBatch(this.#durable, resumed, this.#clock.now());
    await this.#durable.commit(joinBatches(resume, alongside));
    this.#log.info({ sessionId }, 'A session that was set aside continues.');
  }

  /**
   * The present state of the session, also after its end. It has no data if its engine child ended while
   * reading them.
   */
  async view(session: LiveSession): Promise<SessionView | undefined> {
    const running = await this.load(session);
    return (
      (running === undefined ? undefined : await this.#runningView(session, running)) ??
      this.#storedView(session)
    );
  }

  /** Undefined: the session could not be restored, and does not run any more. */
  async #runningView(
    session: LiveSession,
    { record, execution }: NonNullable<LiveSession['running']>,
  ): Promise<SessionView | undefined> {
    try {
      return toView(record, await execution.data());
    } catch (error) {
      if (error instanceof ExecutionLost) {
        const { sessionId } = session;
        this.#log.warn({ sessionId, err: error }, 'The data of a session could not be read.');
        return toView(record, undefined);
      }
      if (!(error instanceof RestoreFailed)) throw error;
      if (record.persist) await this.setAside(session, { record, error });
      else await this.#ends.fail(session, { record, error });
      return undefined;
    }
  }

  #storedView({ sessionId }: LiveSession): SessionView | undefined {
    const record = readSession(this.#durable, sessionId);
    return record === undefined ? undefined : toView(record, undefined);
  }
}

/** True when a later attempt may succeed: the store or an engine child is not available now. */
function mayPass(error: unknown): boolean {
  return error instanceof CodedError && error.code !== 'STORE_DAMAGED';
}
