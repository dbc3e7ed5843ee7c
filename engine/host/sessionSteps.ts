import { type Batch, joinBatches } from '../durable/index.ts';
import type { StepInput, StepOutcome } from '../interpreter/index.ts';
import { CodedError, type Ids, type Json } from '../ports/index.ts';
import { endedRecord } from './endedRecord.ts';
import {
  ExecutionLost,
  type HostedExecution,
  type HostedProgram,
  MAX_CHILD_DEATHS,
  RestoreFailed,
} from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { LiveSession } from './liveSessions.ts';
import { type NewSession, newRecord, runningRecord } from './newSession.ts';
import { createRestoreSession, type RestoreDeps, type RestoreSession } from './restoreSession.ts';
import { createSessionEndings, type SessionEndingDeps } from './sessionEndings.ts';
import { type IndexedSession, indexBatch } from './sessionIndex.ts';
import {
  eventKey,
  reaches,
  readSession,
  SESSION,
  SESSION_EVENT,
  type SessionRecord,
  type SessionStatus,
} from './sessionRecord.ts';
import { beginKey, beginTask } from './sessionTasks.ts';
import { forgetBatch } from './setAside.ts';
import { type StepCommit, stepBatch } from './stepBatch.ts';

/**
 * Steps in a row that a session may take for events that it sent itself without a delay (each takes the
 * engine's MAX_EVENTS_PER_STEP), with nothing from outside and no timer in between. It then ends as 'failed'.
 */
export const MAX_CONTINUED_STEPS = 1_000;

export interface StepRequest {
  readonly input: StepInput;
  /** Idempotency key: with one that was processed before, nothing happens. */
  readonly eventId?: string;
  /** Key of the task that brought this input: it is done in the commit of the step, so that a crash cannot come between. */
  readonly consumes?: string;
  /** The session ends because its invoke was cancelled: its parent is not told. */
  readonly quiet?: boolean;
}

/**
 * The steps of sessions, each done inside its session's mailbox.
 *
 * S1. A step is computed, committed, and only then answered and logged.
 * S2. A commit that the store refuses leaves the session as it was before the step: its execution is thrown
 *     away and restored from the last snapshot.
 * S3. A fault of the host in a step (an exception) ends this session as 'failed', and no other. One that cannot
 *     be restored has lost nothing: it is set aside as it is, with its error, until it is retried. An engine in
 *     another process finds that out in its step (RestoreFailed).
 * S4. A step that cost an engine child its life (ExecutionLost) is not tried again: the session goes on from
 *     before it with error.execution in place of its input, and fails at MAX_CHILD_DEATHS.
 */
export interface SessionSteps extends Pick<RestoreSession, 'retry' | 'view'> {
  /** Makes the session and runs it to its first stable configuration, or schedules it; one that exists is left as it is. */
  create(live: LiveSession, session: NewSession): Promise<void>;
  /** Begins a scheduled session. */
  begin(live: LiveSession): Promise<void>;
  /**
   * Rejects with SESSION_NOT_FOUND when the session does not run, SESSION_SET_ASIDE when it cannot be restored,
   * SESSION_ENDED when this step made it fail.
   */
  step(live: LiveSession, request: StepRequest): Promise<void>;
  /** Ends a session that runs or is scheduled. */
  terminate(live: LiveSession, end: { readonly reason: string; readonly quiet: boolean }): Promise<void>;
}

/** A step under way. */
interface Performed {
  readonly request: StepRequest;
  /** The session before the step. */
  readonly record: SessionRecord;
  readonly execute: () => HostedExecution;
  /** Belongs into the commit; told whether the session goes on running. */
  readonly extra?: (goesOn: boolean) => Batch;
}

export interface SessionStepDeps extends SessionEndingDeps, RestoreDeps {
  readonly ids: Ids;
  readonly baseUrl: () => string;
}

export function createSessionSteps(deps: SessionStepDeps): SessionSteps {
  const { durable, clock, log, engine, programs, retention, limits } = deps;
  const endings = createSessionEndings(deps);
  const { endedBatch, orphanBatch, announce, fail } = endings;
  const restoring = createRestoreSession(deps, endings);
  const { load, putAside } = restoring;

  async function create(live: LiveSession, session: NewSession): Promise<void> {
    if (live.record !== undefined || readSession(durable, session.sessionId) !== undefined) return;
    const now = clock.now();
    const record = newRecord(session, now);
    if (session.idealTime === undefined || session.idealTime <= now) {
      await firstStep(live, { ...session, record });
      return;
    }
    await durable.commit(
      joinBatches(documentBatch(session.program, record), session.alongside, {
        put: [{ table: SESSION, key: record.sessionId, value: { ...record, params: session.params } }],
        schedule: [beginTask(record.sessionId, session.idealTime)],
      }),
    );
    log.info(
      { sessionId: record.sessionId, src: record.src, dueAt: session.idealTime },
      'Session scheduled.',
    );
  }

  async function begin(live: LiveSession): Promise<void> {
    const record = readSession(durable, live.sessionId);
    if (record?.status === 'setAside') throw new HostError('SESSION_SET_ASIDE', live.sessionId);
    if (record?.status !== 'scheduled') return;
    const program = await programs.version(record.documentHash).catch((error: unknown) => {
      return putAside(live, { record, error });
    });
    if (program === undefined) throw new HostError('SESSION_SET_ASIDE', live.sessionId);
    await firstStep(live, {
      ...{ program, record, params: record.params ?? {}, parent: record.parent },
      ...{ alongside: {}, was: record.status },
    });
  }

  async function firstStep(
    live: LiveSession,
    session: Pick<NewSession, 'program' | 'params' | 'parent' | 'alongside'> & {
      readonly record: SessionRecord;
      /** Absent: the session is not in the store yet. */
      readonly was?: SessionStatus;
    },
  ): Promise<void> {
    const { program, params, parent, alongside } = session;
    const record: SessionRecord = { ...session.record, startedAt: clock.now() };
    const extra = (goesOn: boolean): Batch => {
      // One that ended in its first step needs no document.
      if (!goesOn) return alongside;
      const running = runningRecord(record);
      return joinBatches(alongside, documentBatch(program, running, session.was), {
        put: record.persist ? [] : [{ table: SESSION, key: record.sessionId, value: running }],
      });
    };
    const execute = (): HostedExecution =>
      engine.startExecution(program, {
        sessionId: record.sessionId,
        params,
        seed: deps.ids.seed(),
        baseUrl: deps.baseUrl(),
        ...(parent !== undefined && { parent }),
        ...(limits !== undefined && { limits }),
      });
    await perform(live, { request: { input: { kind: 'start' } }, record, execute, extra });
    log.info({ sessionId: record.sessionId, src: record.src }, 'Session started.');
  }

  /** U2: to be committed at once. */
  function documentBatch(program: HostedProgram, session: IndexedSession, was?: SessionStatus): Batch {
    return joinBatches({ put: programs.records(program) }, indexBatch(session, { was }));
  }

  async function step(live: LiveSession, request: StepRequest): Promise<void> {
    const { eventId } = request;
    // Before anything else: the event may be the one that ended the session.
    if (
      eventId !== undefined &&
      durable.get(SESSION_EVENT, eventKey(live.sessionId, eventId)) !== undefined
    ) {
      return;
    }
    const loading = load(live);
    const loaded = loading instanceof Promise ? await loading : loading;
    if (loaded === undefined) {
      const isSetAside = readSession(durable, live.sessionId)?.status === 'setAside';
      throw new HostError(isSetAside ? 'SESSION_SET_ASIDE' : 'SESSION_NOT_FOUND', live.sessionId);
    }
    live.continued = request.input.kind === 'continue' ? live.continued + 1 : 0;
    if (live.continued > MAX_CONTINUED_STEPS) {
      const error = new Error(
        `MAX_CONTINUED_STEPS: the session sends itself events without end; ${MAX_CONTINUED_STEPS} steps of them in a row`,
      );
      await fail(live, { record: loaded.record, error });
      throw new HostError('SESSION_ENDED', live.sessionId, { cause: error });
    }
    await perform(live, { request, record: loaded.record, execute: () => loaded.execution });
  }

  async function terminate(
    live: LiveSession,
    { reason, quiet }: { readonly reason: string; readonly quiet: boolean },
  ): Promise<void> {
    const record = live.record ?? readSession(durable, live.sessionId);
    if (record?.status !== 'scheduled' && record?.status !== 'setAside') {
      return step(live, { input: { kind: 'terminate', reason }, quiet });
    }
    const now = clock.now();
    const ended = endedRecord(record, {
      status: 'terminated',
      configuration: record.configuration,
      data: null,
      endedAt: now,
      reason,
    });
    await durable.commit(
      joinBatches(
        endedBatch(ended, { was: record.status, quiet }),
        forgetBatch(durable, live.sessionId),
        orphanBatch(record, now),
        { cancel: [beginKey(live.sessionId)] },
      ),
    );
    log.info({ sessionId: live.sessionId, reason }, 'A session that did not run was terminated.');
  }

  async function perform(live: LiveSession, performed: Performed): Promise<void> {
    const { request, record } = performed;
    const now = clock.now();
    let commit: StepCommit;
    let execution: HostedExecution | undefined;
    let end: Batch;
    try {
      execution = performed.execute();
      const stepping = execution.step(request.input, {
        now,
        reaches: (id) => id === record.sessionId || reaches(durable, id),
      });
      const outcome: StepOutcome = stepping instanceof Promise ? await stepping : stepping;
      const reading = outcome.status === 'running' ? null : execution.data();
      const data: Json = reading instanceof Promise ? await reading : reading;
      const { eventId } = request;
      commit = stepBatch({ durable, retention, record, execution, outcome, data, eventId, now });
      end =
        commit.record.status === 'running'
          ? {}
          : endedBatch(commit.record, { was: record.status, quiet: request.quiet ?? false });
    } catch (error) {
      if (error instanceof ExecutionLost && execution !== undefined) {
        return afterLoss(live, { ...performed, execution, loss: error });
      }
      if (error instanceof RestoreFailed && record.persist) {
        await putAside(live, { record, error });
        throw new HostError('SESSION_SET_ASIDE', live.sessionId, { cause: error });
      }
      // ENGINE_UNAVAILABLE: the execution stands as before.
      if (error instanceof CodedError) throw error;
      log.error({ sessionId: live.sessionId, input: request.input.kind, err: error }, 'A step threw.');
      await fail(live, { record, error });
      throw new HostError('SESSION_ENDED', live.sessionId, { cause: error });
    }
    const after = commit.record;
    const extra = performed.extra?.(after.status === 'running') ?? {};
    const consumed = request.consumes === undefined ? {} : { cancel: [request.consumes] };
    await commitStep(live, { record, batch: joinBatches(extra, consumed, commit.batch, end) });
    live.record = after;
    live.execution = after.status === 'running' ? execution : undefined;
    announce(after, commit);
  }

  /** S4. What has no state to go back to (a first step), or is to end, ends here. */
  async function afterLoss(
    live: LiveSession,
    lost: Performed & { readonly execution: HostedExecution; readonly loss: ExecutionLost },
  ): Promise<void> {
    const { execution, loss, request } = lost;
    const childDeaths = (lost.record.childDeaths ?? 0) + 1;
    const record = { ...lost.record, childDeaths };
    const { input } = request;
    const fields = { sessionId: live.sessionId, input: input.kind, childDeaths, err: loss };
    log.warn(fields, 'A step cost an engine child its life.');
    if (input.kind === 'start' || input.kind === 'terminate' || childDeaths >= MAX_CHILD_DEATHS) {
      const count = `${childDeaths} of at most ${MAX_CHILD_DEATHS} engine children lost (MAX_CHILD_DEATHS)`;
      const error = new Error(`set aside: ${loss.message}; ${count}`);
      await fail(live, { record, error });
      throw new HostError('SESSION_ENDED', live.sessionId, { cause: loss });
    }
    const sendid = input.kind === 'event' ? input.event.sendid : undefined;
    const event = {
      name: 'error.execution',
      data: { reason: loss.reason, description: loss.message },
      ...(sendid !== undefined && { sendid }),
    };
    await perform(live, {
      ...lost,
      request: { ...request, input: { kind: 'event', event } },
      record,
      execute: () => execution,
    });
  }

  /** S2; and a batch that can never be stored fails the session like an exception (S3). */
  async function commitStep(
    live: LiveSession,
    { record, batch }: { readonly record: SessionRecord; readonly batch: Batch },
  ): Promise<void> {
    try {
      await durable.commit(batch);
    } catch (error) {
      live.record = undefined;
      live.execution = undefined;
      if (error instanceof CodedError) throw error;
      log.error({ sessionId: live.sessionId, err: error }, 'A step cannot be stored.');
      await fail(live, { record, error });
      throw new HostError('SESSION_ENDED', live.sessionId, { cause: error });
    }
  }

  return { create, begin, step, terminate, retry: restoring.retry, view: restoring.view };
}
