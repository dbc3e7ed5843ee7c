import { type Batch, type Durable, joinBatches, Postponed } from '../durable/index.ts';
import { isDeeperThan, type Limits, MAX_DATA_DEPTH, type StartOptions } from '../interpreter/index.ts';
import { type Clock, defined, type Ids, type Json, type Log, type SessionId } from '../ports/index.ts';
import type { DocumentBlocks } from './documentBlocks.ts';
import type { HeldSessions } from './heldSessions.ts';
import type { HostEngine, HostedProgram, HostStartOptions } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { Lineages } from './lineages.ts';
import type { LiveSession, LiveSessions } from './liveSessions.ts';
import type { ProgramSource, Programs } from './programs.ts';
import type { SessionRestorer } from './restoreSession.ts';
import { indexBatch } from './sessionIndex.ts';
import {
  type InvokingSession,
  type Lineage,
  readSession,
  SESSION,
  type SessionRecord,
} from './sessionRecord.ts';
import type { FirstStep } from './sessionSteps.ts';
import { startScheduledTask } from './sessionTasks.ts';
import type { SessionTraces } from './sessionTraces.ts';

/** A session to be started. */
export interface SessionStart {
  readonly sessionId: SessionId;
  readonly source: ProgramSource;
  readonly params?: NonNullable<StartOptions['params']>;
  /** ms since epoch; in the future: the session is scheduled. */
  readonly idealTime?: number | undefined;
  /** The session that invokes it. */
  readonly parent?: InvokingSession;
  /** The session that starts it with <session:start>. */
  readonly starter?: SessionId;
  /** The session whose document asks for the start by HTTP. */
  readonly startedBy?: SessionId;
  /** Joins the commit that creates the session. */
  readonly alongside?: Batch;
}

/** A session that is about to take its first step. */
interface PlannedStart {
  readonly record: SessionRecord;
  readonly program: HostedProgram;
  readonly params: NonNullable<StartOptions['params']>;
  readonly alongside: Batch;
  /** The record is in the store, as 'scheduled'. */
  readonly isStored: boolean;
}

/** Time between two looks at a session that a debugger has stopped before its first step. */
const START_CHECK_MS = 5_000;

export interface SessionStarterDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly engine: HostEngine;
  readonly programs: Programs;
  readonly lineages: Lineages;
  readonly blocks: DocumentBlocks;
  readonly limits: Partial<Limits> | undefined;
  readonly baseUrl: () => string;
  readonly live: LiveSessions;
  readonly steps: Pick<HeldSessions, 'firstStep'>;
  readonly restorer: SessionRestorer;
  readonly traces?: SessionTraces | undefined;
}

/** Starts sessions: now, or scheduled for later. */
export class SessionStarter {
  readonly #deps: SessionStarterDeps;

  constructor(deps: SessionStarterDeps) {
    this.#deps = deps;
  }

  /**
   * Loads the document, then starts or schedules the session in its mailbox. Does nothing for an id that
   * exists, so that every start can be repeated. Rejects with DATA_TOO_DEEP, DOCUMENT_BLOCKED, as
   * Lineages.start() does if another session starts it, as Programs.load() does, and as SessionSteps.step()
   * does.
   */
  async start(start: SessionStart): Promise<void> {
    const { durable, lineages, live } = this.#deps;
    const { sessionId, params = {}, parent, starter, startedBy } = start;
    if (durable.has(SESSION, sessionId)) return live.run(sessionId, async () => {});
    if (isDeeperThan(MAX_DATA_DEPTH + 1, params as Json)) throw new HostError('DATA_TOO_DEEP', sessionId);
    const by = parent?.sessionId ?? starter ?? startedBy;
    if (by === undefined) return this.#load(start, undefined);
    const lineage = lineages.of(by);
    await lineages.start(lineage, () => this.#load(start, lineage));
  }

  async #load(start: SessionStart, lineage: Lineage | undefined): Promise<void> {
    const { programs, blocks, live } = this.#deps;
    const { sessionId, source } = start;
    // Before the document is read: a version is known only after that.
    blocks.checkUrl(source.kind === 'url' ? source.url.href : source.baseUrl.href);
    const program = await programs.load(source);
    await live.run(sessionId, (session) => this.#startInMailbox(session, { start, program, lineage }));
  }

  /**
   * Gives a scheduled session another time (ms since epoch; a past one is now). False: no such session is
   * scheduled.
   */
  reschedule(sessionId: SessionId, idealTime: number): Promise<boolean> {
    const { durable, clock, live, log } = this.#deps;
    return live.run(sessionId, async () => {
      if (readSession(durable, sessionId)?.status !== 'scheduled') return false;
      const dueAt = Math.max(clock.now(), idealTime);
      await durable.commit({ schedule: [startScheduledTask(sessionId, dueAt)] });
      log.info({ sessionId, dueAt }, 'Session scheduled for another time.');
      return true;
    });
  }

  /** Starts a scheduled session whose time has come. Does nothing if it is not scheduled any more. */
  startScheduled(sessionId: SessionId): Promise<void> {
    return this.#deps.live.run(sessionId, (session) => this.#startScheduledInMailbox(session));
  }

  async #startInMailbox(
    session: LiveSession,
    planned: {
      readonly start: SessionStart;
      readonly program: HostedProgram;
      readonly lineage: Lineage | undefined;
    },
  ): Promise<void> {
    const { durable, clock, log } = this.#deps;
    const { start, program } = planned;
    const { sessionId, params = {}, idealTime, alongside = {} } = start;
    if (readSession(durable, sessionId) !== undefined) return;
    const now = clock.now();
    const record = scheduledRecord(planned, now);
    if (idealTime === undefined || idealTime <= now) {
      await this.#firstStep(session, { record, program, params, alongside, isStored: false });
      return;
    }
    await durable.commit(this.#scheduledBatch({ record, program, params, alongside }, idealTime));
    log.info({ sessionId, src: record.src, dueAt: idealTime }, 'Session scheduled.');
  }

  /** The session is stored, and starts at `dueAt`. */
  #scheduledBatch(
    { record, program, params, alongside }: Omit<PlannedStart, 'isStored'>,
    dueAt: number,
  ): Batch {
    const { programs, blocks } = this.#deps;
    const { sessionId } = record;
    blocks.check(program.document);
    return joinBatches({ put: programs.records(program) }, indexBatch(record), alongside, {
      put: [{ table: SESSION, key: sessionId, value: { ...record, params } }],
      schedule: [startScheduledTask(sessionId, dueAt)],
    });
  }

  async #startScheduledInMailbox(session: LiveSession): Promise<void> {
    const { durable, programs, restorer } = this.#deps;
    const { sessionId } = session;
    const record = readSession(durable, sessionId);
    if (record?.status === 'setAside') throw new HostError('SESSION_SET_ASIDE', sessionId);
    if (record?.status !== 'scheduled') return;
    let program: HostedProgram;
    try {
      program = await programs.version(record.documentHash);
    } catch (error) {
      await restorer.setAside(session, { record, error });
      throw new HostError('SESSION_SET_ASIDE', sessionId);
    }
    const { params = {} } = record;
    await this.#firstStep(session, { record, program, params, alongside: {}, isStored: true });
  }

  async #firstStep(session: LiveSession, planned: PlannedStart): Promise<void> {
    const { clock, ids, log, steps } = this.#deps;
    const { sessionId, src } = planned.record;
    const seed = ids.seed();
    const taken = await steps.firstStep(session, {
      ...this.#firstStepOf(planned, seed),
      postponed: () => ({
        batch: planned.isStored ? {} : this.#scheduledBatch(planned, clock.now()),
        first: this.#firstStepOf({ ...planned, alongside: {}, isStored: true }, seed),
      }),
    });
    if (taken) log.info({ sessionId, src }, 'Session started.');
    // The task that starts a scheduled session stays.
    else if (planned.isStored) throw new Postponed(clock.now() + START_CHECK_MS);
  }

  #firstStepOf(
    { record: scheduled, program, params, alongside, isStored }: PlannedStart,
    seed: number,
  ): FirstStep {
    const { clock, engine, programs, blocks, limits, baseUrl, traces } = this.#deps;
    const trace = traces?.countsFor(scheduled);
    const record: SessionRecord = { ...scheduled, startedAt: clock.now(), ...defined({ trace }) };
    const { sessionId, parent } = record;
    const options: HostStartOptions = {
      sessionId,
      params,
      seed,
      baseUrl: baseUrl(),
      ...defined({ parent, limits }),
    };
    return {
      record,
      start: () => engine.startExecution(program, options),
      firstBatch(goesOn) {
        blocks.check(program.document);
        // A session that ended in its first step needs no document and no index entries of a running one.
        const traced = traces?.startBatch(record, options, program) ?? {};
        if (!goesOn) return joinBatches(alongside, traced);
        const running = runningRecord(record);
        return joinBatches(
          alongside,
          traced,
          { put: programs.records(program) },
          indexBatch(running, { was: isStored ? 'scheduled' : undefined }),
          // The step itself stores the record with the snapshot, where there is one.
          { put: record.persist ? [] : [{ table: SESSION, key: sessionId, value: running }] },
        );
      },
    };
  }
}

function scheduledRecord(
  {
    start: { sessionId, parent, starter },
    program: { document },
    lineage,
  }: { readonly start: SessionStart; readonly program: HostedProgram; readonly lineage: Lineage | undefined },
  now: number,
): SessionRecord {
  const { url: src, hash: documentHash, dialect, persist } = document;
  return {
    sessionId,
    src,
    documentHash,
    dialect,
    persist,
    status: 'scheduled',
    startedAt: now,
    configuration: [],
    ...defined({ parent, starter, lineage }),
  };
}

/** The record of a running session without a snapshot. */
function runningRecord(record: SessionRecord): SessionRecord {
  const { params: _, ...lasting } = record;
  return { ...lasting, status: 'running' };
}
