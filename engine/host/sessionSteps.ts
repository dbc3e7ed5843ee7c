import { type Batch, type Durable, joinBatches } from '../durable/index.ts';
import type { FigureQuestion, KnownFigure } from '../interpreter/index.ts';
import { type Clock, CodedError, defined, type Json, type Log, type SessionId } from '../ports/index.ts';
import {
  ExecutionLost,
  type HostedExecution,
  MAX_CHILD_DEATHS,
  RestoreFailed,
  type StepFacts,
} from './hostEngine.ts';
import { HostError, sessionEnded } from './hostError.ts';
import type { LiveSession } from './liveSessions.ts';
import type { Replies } from './replies.ts';
import type { SessionRestorer } from './restoreSession.ts';
import type { Retention } from './retention.ts';
import type { SessionEnds } from './sessionEnds.ts';
import { eventKey, reaches, readSession, SESSION_EVENT, type SessionRecord } from './sessionRecord.ts';
import type { ReadSessionFigure } from './sessions.ts';
import type { SessionTraces } from './sessionTraces.ts';
import { type StepCommit, stepCommit } from './stepCommit.ts';
import type { StepRequest, Termination } from './stepRequest.ts';
import type { StepTracing } from './stepTracing.ts';
import type { StepWatchers } from './stepWatchers.ts';
import type { TakenStep } from './takenStep.ts';
import { writeLog } from './writeLog.ts';

/**
 * Steps in a row that a session may take for events that it sends to itself without a delay, with no event
 * from outside and no timer in between (each step takes the interpreter's MAX_EVENTS_PER_STEP events). Then
 * it fails.
 */
export const MAX_CONTINUED_STEPS = 1_000;

export interface SessionStepsDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly retention: Retention;
  readonly replies: Replies;
  readonly restorer: SessionRestorer;
  readonly ends: SessionEnds;
  readonly watchers: StepWatchers;
  /** Undefined: no session is traced. */
  readonly traces?: SessionTraces | undefined;
  /** Undefined: nobody follows the steps. */
  readonly tracing?: StepTracing | undefined;
}

export interface FirstStep {
  readonly record: SessionRecord;
  readonly start: () => HostedExecution;
  /** The additions of the step to its commit. `goesOn`: the step did not end the session. */
  readonly firstBatch: (goesOn: boolean) => Batch;
  /** See StepRequest. */
  readonly taken?: StepRequest['taken'];
  /** See StepRequest. */
  readonly figures?: StepRequest['figures'];
}

/** A step that was computed. `taken`: for those who watch it. */
interface ComputedStep {
  readonly commit: StepCommit;
  readonly taken?: TakenStep;
}

/** A step to be computed and committed. */
interface PlannedStep {
  readonly request: StepRequest;
  /** The session before the step. */
  readonly record: SessionRecord;
  readonly execution: HostedExecution;
  readonly firstBatch?: FirstStep['firstBatch'];
}

/**
 * The steps of sessions, each performed in the mailbox of its session.
 *
 * S1. A step is computed, then committed; its answers and log lines leave after the commit.
 * S2. If the store cannot be read for the commit, or refuses it, the session is as before the step: its
 *     execution is dropped, and is restored from the last snapshot.
 * S3. A fault of the host in a step (an exception) ends this session as 'failed', and no other session. A
 *     session that cannot be restored has lost nothing: it is set aside.
 * S4. A step that ended its engine child (ExecutionLost) is not repeated. The session gets error.execution in
 *     place of the input, and fails at MAX_CHILD_DEATHS.
 */
export class SessionSteps {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #retention: Retention;
  readonly #replies: Replies;
  readonly #restorer: SessionRestorer;
  readonly #ends: SessionEnds;
  readonly #watchers: StepWatchers;
  readonly #traces: SessionTraces | undefined;
  readonly #tracing: StepTracing | undefined;
  #readFigure: ReadSessionFigure | undefined;
  #steps = 0;
  #started = 0;

  constructor({
    durable,
    clock,
    log,
    retention,
    replies,
    restorer,
    ends,
    watchers,
    traces,
    tracing,
  }: SessionStepsDeps) {
    this.#durable = durable;
    this.#clock = clock;
    this.#log = log;
    this.#retention = retention;
    this.#replies = replies;
    this.#restorer = restorer;
    this.#ends = ends;
    this.#watchers = watchers;
    this.#traces = traces;
    this.#tracing = tracing;
  }

  /** Committed steps, and sessions whose first step was one of them. */
  get counts(): { readonly steps: number; readonly started: number } {
    return { steps: this.#steps, started: this.#started };
  }

  /** See Sessions.onFigure. */
  readFiguresWith(read: ReadSessionFigure): void {
    this.#readFigure = read;
  }

  /**
   * Resolves when the step is durable. Rejects with SESSION_NOT_FOUND when the session does not run,
   * SESSION_SET_ASIDE when it cannot be restored, SESSION_ENDED when this step made it fail.
   */
  async step(session: LiveSession, request: StepRequest): Promise<void> {
    const { sessionId } = session;
    // First of all: the event may be the one that ended the session.
    if (request.eventId !== undefined && this.#wasProcessed(sessionId, request.eventId)) return;
    const running = await this.#restorer.loadRunning(session);
    session.continuedSteps = request.input.kind === 'continue' ? session.continuedSteps + 1 : 0;
    if (session.continuedSteps > MAX_CONTINUED_STEPS) {
      const error = new Error(
        `MAX_CONTINUED_STEPS: the session sends itself events without end; ${MAX_CONTINUED_STEPS} steps of them in a row`,
      );
      await this.#fail(session, { record: running.record, error });
    }
    await this.#perform(session, { request, ...running });
  }

  /**
   * The first step of a session, whose record is not stored yet or says 'scheduled'. Rejects as step() does.
   */
  async firstStep(session: LiveSession, first: FirstStep): Promise<void> {
    const { record, start, firstBatch, taken, figures } = first;
    const request: StepRequest = { input: { kind: 'start' }, ...defined({ taken, figures }) };
    let execution: HostedExecution;
    try {
      execution = start();
    } catch (error) {
      await this.#afterThrow(session, { record, request, error });
      return;
    }
    await this.#perform(session, { request, record, execution, firstBatch });
  }

  /** Ends a session that has not ended. Rejects as step() does. */
  async terminate(session: LiveSession, { reason, quiet, alongside = {} }: Termination): Promise<void> {
    const record = session.running?.record ?? readSession(this.#durable, session.sessionId);
    if (record?.status === 'scheduled' || record?.status === 'setAside') {
      await this.#ends.terminateWithoutStep(record, { reason, quiet, alongside });
      return;
    }
    await this.step(session, { input: { kind: 'terminate', reason }, quiet, alongside });
  }

  #wasProcessed(sessionId: SessionId, eventId: string): boolean {
    return this.#durable.get(SESSION_EVENT, eventKey(sessionId, eventId)) !== undefined;
  }

  #perform(session: LiveSession, step: PlannedStep): Promise<void> {
    const perform = (): Promise<void> => this.#computeAndCommit(session, step);
    const { sessionId, documentHash } = step.record;
    const traced = { sessionId, documentHash, input: step.request.input.kind };
    return this.#tracing?.around(traced, perform) ?? perform();
  }

  /** S1. */
  async #computeAndCommit(session: LiveSession, step: PlannedStep): Promise<void> {
    let computed: ComputedStep;
    let batch: Batch;
    try {
      computed = await this.#compute(step);
      batch = this.#batchOf(computed.commit, step);
    } catch (error) {
      await this.#afterFault(session, { step, error });
      return;
    }
    await this.#commit(session, { record: step.record, batch });
    const { commit, taken } = computed;
    const { after } = commit;
    this.#steps++;
    if (step.firstBatch !== undefined) this.#started++;
    session.running = after.status === 'running' ? { record: after, execution: step.execution } : undefined;
    for (const { requestId, reply } of commit.replies) {
      this.#replies.resolve(session.sessionId, requestId, reply);
    }
    for (const effect of commit.logs) writeLog(this.#log, session.sessionId, effect);
    if (taken !== undefined) {
      step.request.taken?.(taken);
      this.#watchers.taken(session.sessionId, taken);
    }
    if (commit.ended !== undefined) this.#ends.announce(commit.ended);
  }

  async #compute({ request, record, execution }: PlannedStep): Promise<ComputedStep> {
    const now = this.#clock.now();
    const { input } = request;
    const options = { now, ...this.facts(record.sessionId, request.figures) };
    const isWatched = request.taken !== undefined || this.#watchers.has(record.sessionId);
    const { trace: counts } = record;
    const seen = counts && this.#traces?.watch(options);
    const stepping = { ...(seen?.options ?? options), withDetails: isWatched };
    const { details, ...outcome } = await execution.step(input, stepping);
    const traced = seen && this.#traces?.step({ record, counts, at: now, input, seen, execution, outcome });
    const data: Json = outcome.status === 'running' ? null : await execution.data();
    const { eventId } = request;
    const [durable, retention] = [this.#durable, this.#retention];
    const commit = stepCommit({ durable, retention, record, execution, outcome, data, eventId, now, traced });
    if (!isWatched) return { commit };
    const { effects, status } = outcome;
    const configuration = status === 'running' ? execution.configuration : undefined;
    return { commit, taken: { input, at: now, effects, ...details, ...defined({ configuration }) } };
  }

  /** The facts from outside that a step asks for. `known`: statistics that were read for a copy of it. */
  facts(sessionId: SessionId, known: readonly KnownFigure[] = []): StepFacts {
    const read = this.#readFigure;
    const readFigure =
      read &&
      (async (question: FigureQuestion) =>
        known.find(({ object, statistic }) => object === question.object && statistic === question.statistic)
          ?.figure ?? read({ ...question, sessionId }));
    return {
      reaches: (id) => id === sessionId || reaches(this.#durable, id),
      ...defined({ readFigure }),
    };
  }

  #batchOf({ batch, ended }: StepCommit, { request, record, firstBatch }: PlannedStep): Batch {
    const batches: Batch[] = [];
    if (firstBatch !== undefined) batches.push(firstBatch(ended === undefined));
    if (request.alongside !== undefined) batches.push(request.alongside);
    if (request.consumes !== undefined) batches.push({ cancel: [request.consumes] });
    batches.push(batch);
    if (ended !== undefined) {
      batches.push(this.#ends.batch(ended, { was: record.status, quiet: request.quiet ?? false }));
    }
    return joinBatches(...batches);
  }

  /** S2. A batch that can never be stored fails the session like an exception (S3). */
  async #commit(
    session: LiveSession,
    { record, batch }: { readonly record: SessionRecord; readonly batch: Batch },
  ): Promise<void> {
    try {
      await this.#durable.commit(batch);
    } catch (error) {
      session.running = undefined;
      if (error instanceof CodedError) throw error;
      this.#log.error({ sessionId: session.sessionId, err: error }, 'A step cannot be stored.');
      await this.#fail(session, { record, error });
    }
  }

  /** S3. */
  async #afterFault(
    session: LiveSession,
    { step, error }: { readonly step: PlannedStep; readonly error: unknown },
  ): Promise<void> {
    const { sessionId } = session;
    const { record, request } = step;
    if (error instanceof ExecutionLost) {
      await this.#afterLoss(session, { step, loss: error });
      return;
    }
    if (error instanceof RestoreFailed && record.persist) {
      await this.#restorer.setAside(session, { record, error });
      throw new HostError('SESSION_SET_ASIDE', sessionId, { cause: error });
    }
    await this.#afterThrow(session, { record, request, error });
  }

  async #afterThrow(
    session: LiveSession,
    { record, request, error }: Pick<PlannedStep, 'record' | 'request'> & { readonly error: unknown },
  ): Promise<never> {
    if (error instanceof CodedError) {
      // S2: the execution may be ahead of the store. One whose engine child was not reached is not, and
      // without snapshots it is all that there is.
      if (record.persist || error.code !== 'ENGINE_UNAVAILABLE') session.running = undefined;
      throw error;
    }
    this.#log.error({ sessionId: session.sessionId, input: request.input.kind, err: error }, 'A step threw.');
    return this.#fail(session, { record, error });
  }

  /** S4. A first step has no state to go back to, and a last step ends the session anyway: both fail. */
  async #afterLoss(
    session: LiveSession,
    { step, loss }: { readonly step: PlannedStep; readonly loss: ExecutionLost },
  ): Promise<void> {
    const { sessionId } = session;
    const { input } = step.request;
    const childDeaths = (step.record.childDeaths ?? 0) + 1;
    const record = { ...step.record, childDeaths };
    const fields = { sessionId, input: input.kind, childDeaths, err: loss };
    this.#log.warn(fields, 'A step ended its engine child.');
    if (input.kind === 'start' || input.kind === 'terminate' || childDeaths >= MAX_CHILD_DEATHS) {
      const count = `${childDeaths} of at most ${MAX_CHILD_DEATHS} engine children lost (MAX_CHILD_DEATHS)`;
      const error = new Error(`${loss.message}; ${count}`, { cause: loss });
      await this.#fail(session, { record, error });
    }
    const sendid = input.kind === 'event' ? input.event.sendid : undefined;
    const data = { reason: loss.reason, description: loss.message };
    const event = { name: 'error.execution', data, ...defined({ sendid }) };
    await this.#perform(session, {
      ...step,
      request: { ...step.request, input: { kind: 'event', event } },
      record,
    });
  }

  async #fail(
    session: LiveSession,
    { record, error }: { readonly record: SessionRecord; readonly error: unknown },
  ): Promise<never> {
    await this.#ends.fail(session, { record, error });
    throw sessionEnded(session.sessionId, error);
  }
}
