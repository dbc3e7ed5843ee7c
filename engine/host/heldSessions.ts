import type { Breakpoint, Inspected, Inspection, PlacedBreakpoint } from '../debugger/index.ts';
import { type Batch, type Durable, joinBatches, Postponed } from '../durable/index.ts';
import { type Limits, parseSnapshot, pendingTimers, type StepInput } from '../interpreter/index.ts';
import { type Clock, defined, type Log, type SessionId } from '../ports/index.ts';
import type {
  AttachToNext,
  DebuggableSessions,
  DebuggedSession,
  DebuggedState,
  StopReason,
  TellDebugger,
} from './debugging.ts';
import { isGone } from './eventDelivery.ts';
import { HeldInputs } from './heldInputs.ts';
import type { HostedExecution } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { LiveSession, LiveSessions } from './liveSessions.ts';
import type { SessionRestorer } from './restoreSession.ts';
import type { SessionEnds } from './sessionEnds.ts';
import { eventKey, readSession, SESSION_EVENT, type SessionRecord } from './sessionRecord.ts';
import type { FirstStep, SessionSteps, StepRequest } from './sessionSteps.ts';
import type { SessionEnd } from './sessions.ts';
import { continueKey, formerlyHeld, releaseKey, releaseTask } from './sessionTasks.ts';
import { forgetBatch } from './setAside.ts';

/** Inputs that a debugger is shown. */
export const MAX_SHOWN_INPUTS = 100;
/** How often a held session is looked at: whether its debugger is still there, and inputs are left over. */
const RELEASE_CHECK_MS = 5_000;

export interface HeldSessionsDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly live: LiveSessions;
  readonly steps: SessionSteps;
  readonly restorer: SessionRestorer;
  readonly ends: SessionEnds;
  /** Inputs that may wait for one session. */
  readonly maxInputs: number;
}

/** A session whose inputs are taken one by one, for a debugger or to catch up after one. */
interface Hold {
  /** 'leaving': no debugger is attached; the inputs that still wait are taken first. */
  mode: 'stopped' | 'stepping' | 'running' | 'leaving';
  readonly inputs: HeldInputs;
  readonly tell: TellDebugger;
  breakpoints: readonly Breakpoint[];
  /** The input that waits first comes to a breakpoint, at which the session has stopped. */
  isAtBreakpoint: boolean;
}

/** A debugger that waits for the next session of a document. */
interface Armed {
  readonly document: string;
  readonly attached: AttachToNext;
}

/** The steps of sessions, and the debuggers that may hold them (HE1 to HE5). */
export class HeldSessions implements DebuggableSessions {
  readonly #deps: HeldSessionsDeps;
  readonly #holds = new Map<SessionId, Hold>();
  readonly #armed = new Set<Armed>();

  constructor(deps: HeldSessionsDeps) {
    const { durable, ends } = deps;
    this.#deps = deps;
    // HE5.
    for (const sessionId of formerlyHeld(durable)) {
      this.#holds.set(sessionId, this.#newHold(sessionId, { mode: 'leaving', tell: () => {} }));
    }
    ends.onEnded(({ sessionId }) => this.#endBatch(sessionId));
    ends.onAnnounced((end) => this.#ended(end));
  }

  // ---- inputs, in the mailbox

  /** As SessionSteps.step(). Resolves also when the input is stored for a session that is held. */
  async step(session: LiveSession, request: StepRequest): Promise<void> {
    const hold = this.#holds.get(session.sessionId);
    if (hold === undefined) return this.#deps.steps.step(session, request);
    const { inputs } = hold;
    if (this.#wasProcessed(session, request)) return;
    if (hold.mode !== 'stopped') await this.#takeWaiting(session, hold);
    if (!this.#isHeld(session, hold)) return this.#deps.steps.step(session, request);
    const { input } = request;
    if (input.kind === 'continue') {
      // Else it was taken before its task came here.
      if (inputs.goesOn) await this.#keep(session, hold, { input, consumes: continueKey(session.sessionId) });
      return;
    }
    const takes = hold.mode !== 'stopped' && inputs.count === 0;
    if (takes && (await this.#take(session, hold, request))) return;
    await this.#keep(session, hold, request);
  }

  /** As SessionSteps.firstStep(). */
  async firstStep(session: LiveSession, first: FirstStep): Promise<void> {
    await this.#deps.steps.firstStep(session, first);
    const record = session.running?.record;
    const armed = record?.persist === true ? this.#armedFor(record) : undefined;
    if (armed === undefined) return;
    this.#armed.delete(armed);
    const { tell, alongside } = armed.attached(this.#debugged(session.sessionId));
    await this.#hold(session, { tell, alongside, reason: 'start' });
  }

  /** Performs the task of a held session: after the end of a process, it lets the session go. */
  async release(sessionId: SessionId): Promise<void> {
    const { live, clock } = this.#deps;
    const hold = this.#holds.get(sessionId);
    if (hold === undefined) return;
    try {
      await live.run(sessionId, (session) => this.#takeWaiting(session, hold), { urgent: true });
    } catch (error) {
      // The session was set aside, with its inputs.
      if (this.#holds.get(sessionId) !== hold) return;
      throw error;
    }
    if (this.#holds.get(sessionId) === hold) throw new Postponed(clock.now() + RELEASE_CHECK_MS);
  }

  // ---- debuggers

  attach(
    sessionId: SessionId,
    { tell, alongside = {} }: Parameters<DebuggableSessions['attach']>[1],
  ): Promise<DebuggedSession> {
    const work = async (session: LiveSession): Promise<DebuggedSession> => {
      const { restorer } = this.#deps;
      const former = this.#holds.get(sessionId);
      if (former?.mode === 'leaving') await this.#takeWaiting(session, former);
      if (this.#holds.has(sessionId)) throw new HostError('SESSION_DEBUGGED', sessionId);
      const running = await restorer.load(session);
      if (running === undefined) throw this.#notRunning(sessionId);
      if (!running.record.persist) throw new HostError('SESSION_NOT_DEBUGGABLE', sessionId);
      await this.#hold(session, { tell, alongside, reason: 'attach' });
      return this.#debugged(sessionId);
    };
    return this.#deps.live.run(sessionId, work, { urgent: true });
  }

  attachToNext(document: string, attached: AttachToNext): () => void {
    const armed = { document, attached };
    this.#armed.add(armed);
    return () => void this.#armed.delete(armed);
  }

  #armedFor({ src, documentHash }: SessionRecord): Armed | undefined {
    return [...this.#armed].find(({ document }) => document === src || document === documentHash);
  }

  async #hold(
    { sessionId }: LiveSession,
    debug: { readonly tell: TellDebugger; readonly alongside: Batch; readonly reason: StopReason },
  ): Promise<void> {
    const { durable, clock, log } = this.#deps;
    const { tell, alongside, reason } = debug;
    const schedule = [releaseTask(sessionId, clock.now() + RELEASE_CHECK_MS)];
    const hold = this.#newHold(sessionId, { mode: 'stopped', tell });
    // Before the commit: a debugger that leaves meanwhile takes its hold with it.
    this.#holds.set(sessionId, hold);
    try {
      await durable.commit(joinBatches(alongside, { schedule }));
    } catch (error) {
      this.#holds.delete(sessionId);
      throw error;
    }
    log.info({ sessionId }, 'A debugger has attached to a session.');
    if (hold.mode === 'stopped') tell({ kind: 'stopped', reason });
  }

  #newHold(sessionId: SessionId, { mode, tell }: Pick<Hold, 'mode' | 'tell'>): Hold {
    const inputs = new HeldInputs(this.#deps.durable, sessionId);
    return { mode, tell, inputs, breakpoints: [], isAtBreakpoint: false };
  }

  #debugged(sessionId: SessionId): DebuggedSession {
    const attached = (): Hold | undefined => {
      const hold = this.#holds.get(sessionId);
      return hold?.mode === 'leaving' ? undefined : hold;
    };
    return {
      sessionId,
      get isStopped() {
        return attached()?.mode === 'stopped';
      },
      pause() {
        const hold = attached();
        if (hold === undefined || hold.mode === 'stopped') return;
        hold.mode = 'stopped';
        hold.tell({ kind: 'stopped', reason: 'pause' });
      },
      proceed: () => this.#go(attached(), { sessionId, mode: 'running' }),
      step: () => this.#go(attached(), { sessionId, mode: 'stepping' }),
      detach: () => this.#detach(attached(), sessionId),
      state: () => this.#deps.live.run(sessionId, (session) => this.#state(session), { urgent: true }),
      setBreakpoints: (breakpoints) => this.#setBreakpoints(sessionId, breakpoints),
      evaluate: async (expression) => {
        const { values } = await this.#look(sessionId, { expressions: [expression] });
        return values[0] ?? {};
      },
    };
  }

  #go(hold: Hold | undefined, { sessionId, mode }: { sessionId: SessionId; mode: Hold['mode'] }): void {
    if (hold?.mode !== 'stopped') return;
    hold.mode = mode;
    hold.tell({ kind: 'continued' });
    const { live, log } = this.#deps;
    live
      .run(sessionId, (session) => this.#takeWaiting(session, hold), { urgent: true })
      .catch((err: unknown) => log.warn({ sessionId, err }, 'The inputs of a debugged session still wait.'));
  }

  async #detach(hold: Hold | undefined, sessionId: SessionId): Promise<void> {
    if (hold === undefined) return;
    hold.mode = 'leaving';
    const { live, log } = this.#deps;
    log.info({ sessionId }, 'A debugger has left a session.');
    await live.run(sessionId, (session) => this.#takeWaiting(session, hold), { urgent: true });
  }

  async #setBreakpoints(
    sessionId: SessionId,
    breakpoints: readonly Breakpoint[],
  ): Promise<readonly PlacedBreakpoint[]> {
    const { placed } = await this.#look(sessionId, { breakpoints });
    const hold = this.#holds.get(sessionId);
    if (hold) hold.breakpoints = placed.flatMap((one) => ('breakpoint' in one ? [one.breakpoint] : []));
    return placed;
  }

  #look(sessionId: SessionId, questions: Omit<Inspection, 'now'>): Promise<Inspected> {
    const { live, clock } = this.#deps;
    const work = async (session: LiveSession): Promise<Inspected> => {
      const execution = await this.#executionOf(session);
      return execution.inspect({ now: clock.now(), ...questions });
    };
    return live.run(sessionId, work, { urgent: true });
  }

  async #executionOf(session: LiveSession): Promise<HostedExecution> {
    const running = await this.#deps.restorer.load(session);
    if (running === undefined) throw this.#notRunning(session.sessionId);
    return running.execution;
  }

  async #state(session: LiveSession): Promise<DebuggedState> {
    const { sessionId } = session;
    const view = await this.#deps.restorer.view(session);
    const hold = this.#holds.get(sessionId);
    if (view === undefined) throw this.#notRunning(sessionId);
    const execution = await this.#executionOf(session);
    const { states } = await execution.inspect({ now: this.#deps.clock.now() });
    const stored = {
      version: 2 as const,
      seed: 0,
      execution: parseSnapshot(execution.snapshotText(), sessionId),
    };
    return {
      view,
      isStopped: hold?.mode === 'stopped',
      states,
      timers: pendingTimers(stored),
      waiting: hold?.inputs.list(MAX_SHOWN_INPUTS) ?? [],
      waitingCount: hold?.inputs.count ?? 0,
    };
  }

  // ---- steps, in the mailbox

  #isHeld({ sessionId }: LiveSession, hold: Hold): boolean {
    return this.#holds.get(sessionId) === hold;
  }

  #wasProcessed({ sessionId }: LiveSession, { eventId }: StepRequest): boolean {
    return eventId !== undefined && this.#deps.durable.has(SESSION_EVENT, eventKey(sessionId, eventId));
  }

  /** Takes the inputs that wait, until the session stops. One that is left by its debugger is then free. */
  async #takeWaiting(session: LiveSession, hold: Hold): Promise<void> {
    const { durable } = this.#deps;
    const { inputs } = hold;
    while (hold.mode !== 'stopped' && this.#isHeld(session, hold)) {
      const first = inputs.first();
      if (first === undefined) break;
      const { key, request } = first;
      const isRepeated = key !== undefined && this.#wasProcessed(session, request);
      if (isRepeated) await durable.commit(inputs.dropBatch(key));
      else if (!(await this.#takeFirst(session, hold, request))) return;
      if (key !== undefined) inputs.taken();
    }
    if (hold.mode !== 'leaving' || !this.#isHeld(session, hold)) return;
    await durable.commit({ cancel: [releaseKey(session.sessionId)] });
    this.#holds.delete(session.sessionId);
  }

  async #takeFirst(session: LiveSession, hold: Hold, request: StepRequest): Promise<boolean> {
    try {
      return await this.#take(session, hold, request);
    } catch (error) {
      // Still held: the end of the session could not be stored.
      if (!isGone(error) || this.#isHeld(session, hold)) throw error;
      return true;
    }
  }

  /**
   * Takes one event, also of those that the session sent to itself. False: the step would come to a
   * breakpoint, and the session has stopped before it.
   */
  async #take(session: LiveSession, hold: Hold, request: StepRequest): Promise<boolean> {
    const { steps, restorer, clock } = this.#deps;
    const { input } = request;
    try {
      await restorer.reload(session, pace(input));
      const seen = hold.mode === 'leaving' ? undefined : await this.#foresee(session, hold, input);
      if (hold.mode === 'running' && !hold.isAtBreakpoint && seen?.hit !== undefined) {
        const { lines, hit } = seen;
        hold.mode = 'stopped';
        hold.isAtBreakpoint = true;
        hold.tell({ kind: 'stopped', reason: 'breakpoint', hit: { ...hit, input, lines } });
        return false;
      }
      hold.isAtBreakpoint = false;
      session.continuedSteps = 0;
      await steps.step(session, request);
      const configuration = session.running?.record.configuration;
      const step = { input, at: clock.now(), ...defined({ configuration, lines: seen?.lines }) };
      hold.tell({ kind: 'step', step });
    } finally {
      session.running = undefined;
      this.#dropUnlessRunning(session.sessionId, hold);
    }
    if (hold.mode !== 'stepping') return true;
    hold.mode = 'stopped';
    hold.tell({ kind: 'stopped', reason: 'step' });
    return true;
  }

  /** The step that the input would cause. Undefined: it cannot be computed on a copy. */
  async #foresee(
    { sessionId, running }: LiveSession,
    { breakpoints }: Hold,
    input: StepInput,
  ): Promise<Inspected | undefined> {
    const { clock, log } = this.#deps;
    try {
      return await running?.execution.inspect({ now: clock.now(), input, breakpoints });
    } catch (err) {
      log.warn({ sessionId, err }, 'A step of a debugged session cannot be traced.');
      return undefined;
    }
  }

  async #keep({ sessionId }: LiveSession, hold: Hold, request: StepRequest): Promise<void> {
    const { clock, maxInputs } = this.#deps;
    const { inputs } = hold;
    if (inputs.count >= maxInputs) throw new HostError('MAILBOX_FULL', sessionId);
    await inputs.keep(request, clock.now());
    hold.tell({ kind: 'input', waiting: inputs.count });
  }

  // ---- ends

  #notRunning(sessionId: SessionId): HostError {
    const isSetAside = readSession(this.#deps.durable, sessionId)?.status === 'setAside';
    return new HostError(isSetAside ? 'SESSION_SET_ASIDE' : 'SESSION_NOT_FOUND', sessionId);
  }

  /** Inputs of a session that has ended are not needed any more. */
  #endBatch(sessionId: SessionId): Batch {
    if (!this.#holds.has(sessionId)) return {};
    return joinBatches(forgetBatch(this.#deps.durable, sessionId), { cancel: [releaseKey(sessionId)] });
  }

  #ended({ sessionId, status, reason }: SessionEnd): void {
    const hold = this.#holds.get(sessionId);
    if (hold === undefined) return;
    this.#holds.delete(sessionId);
    hold.tell({ kind: 'ended', status, ...defined({ reason }) });
  }

  /** A session that could not be restored keeps its inputs until it is retried. */
  #dropUnlessRunning(sessionId: SessionId, hold: Hold): void {
    const record = readSession(this.#deps.durable, sessionId);
    if (record?.status !== 'setAside' || this.#holds.get(sessionId) !== hold) return;
    this.#holds.delete(sessionId);
    hold.tell({ kind: 'ended', status: 'setAside', ...defined({ reason: record.reason }) });
  }
}

/** One external event for each step: the event of the input, or the first in the queue of the session. */
function pace({ kind }: StepInput): Partial<Limits> {
  return { MAX_EVENTS_PER_STEP: kind === 'event' ? 0 : 1 };
}
