import type { Breakpoint, Inspected, Inspection, PlacedBreakpoint } from '../debugger/index.ts';
import { type Batch, joinBatches, Postponed } from '../durable/index.ts';
import type { StepInput } from '../interpreter/index.ts';
import { defined, type SessionId } from '../ports/index.ts';
import type {
  BreakpointHit,
  DebuggableSessions,
  DebuggedSession,
  DebuggedState,
  SessionDocument,
  StopReason,
  TellDebugger,
  TellOfSteps,
  WaitingDebugger,
} from './debugging.ts';
import { DOCUMENT } from './documentUses.ts';
import { HeldSteps, type HeldStepsDeps } from './heldSteps.ts';
import { type Hold, type Holds, newHold } from './hold.ts';
import { HostError } from './hostError.ts';
import type { LiveSession, LiveSessions } from './liveSessions.ts';
import type { SessionEnds } from './sessionEnds.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { FirstStep } from './sessionSteps.ts';
import type { SessionEnd } from './sessions.ts';
import { formerlyHeld, releaseKey, releaseTask, timerKey } from './sessionTasks.ts';
import { forgetBatch } from './setAside.ts';
import type { StepRequest } from './stepRequest.ts';
import type { StepWatchers } from './stepWatchers.ts';

/** Inputs that a debugger is shown. */
export const MAX_SHOWN_INPUTS = 100;
/** Time between two checks of a held session: whether its debugger has left, and no input waits any more. */
const RELEASE_CHECK_MS = 5_000;

export interface HeldSessionsDeps extends HeldStepsDeps {
  readonly live: LiveSessions;
  readonly ends: SessionEnds;
  readonly watchers: StepWatchers;
}

const START: StepInput = { kind: 'start' };

/** A debugger that waits for the next session of a document. */
interface Armed {
  readonly document: string;
  readonly waiting: WaitingDebugger;
}

/** A first step that can wait. */
export interface PostponableStep extends FirstStep {
  /** The session as a scheduled one, for a commit, and its first step then. */
  readonly postponed: () => { readonly batch: Batch; readonly first: FirstStep };
}

/** The steps of sessions, and the debuggers that may hold them (HE1 to HE5). */
export class HeldSessions implements DebuggableSessions {
  readonly #deps: HeldSessionsDeps;
  readonly #holds: Holds = new Map();
  readonly #heldSteps: HeldSteps;
  readonly #armed = new Set<Armed>();

  constructor(deps: HeldSessionsDeps) {
    const { durable, ends, restorer } = deps;
    this.#deps = deps;
    this.#heldSteps = new HeldSteps(this.#holds, deps);
    // HE5.
    for (const sessionId of formerlyHeld(durable)) {
      this.#holds.set(sessionId, newHold(durable, sessionId, { mode: 'leaving', tell: () => {} }));
    }
    ends.onEnded(({ sessionId }) => this.#endBatch(sessionId));
    ends.onAnnounced((end) => this.#ended(end));
    // Its inputs stay in the store until it is retried.
    restorer.onSetAside(({ sessionId, reason }) =>
      this.#ended({ sessionId, status: 'setAside', ...defined({ reason }) }),
    );
  }

  // ---- inputs, in the mailbox

  /** As SessionSteps.step(). Resolves also when the input is stored for a session that is held. */
  step(session: LiveSession, request: StepRequest): Promise<void> {
    const hold = this.#holds.get(session.sessionId);
    const { steps } = this.#deps;
    return hold === undefined ? steps.step(session, request) : this.#heldSteps.step(session, hold, request);
  }

  /**
   * As SessionSteps.firstStep(). False: the step is not taken, since a debugger has stopped the session
   * before it. The session is stored as a scheduled one.
   */
  async firstStep(session: LiveSession, first: PostponableStep): Promise<boolean> {
    const { steps } = this.#deps;
    const { sessionId } = session;
    if (this.#holds.get(sessionId)?.first !== undefined) return false;
    const armed = first.record.persist ? this.#armedFor(first.record) : undefined;
    if (armed === undefined) {
      await steps.firstStep(session, first);
      return true;
    }
    this.#armed.delete(armed);
    const { tell, attached } = armed.waiting;
    const hold = this.#newHold(sessionId, tell);
    try {
      const isTaken = await this.#firstStepHeld(session, first, { hold, waiting: armed.waiting });
      attached(this.#debugged(sessionId));
      return isTaken;
    } catch (error) {
      if (this.#holds.get(sessionId) === hold) {
        // Nothing is stored: the debugger waits for the next session.
        this.#holds.delete(sessionId);
        this.#armed.add(armed);
      } else {
        attached(this.#debugged(sessionId));
      }
      throw error;
    }
  }

  /** The hold is in the commit of the step, or of the session without it. */
  async #firstStepHeld(
    session: LiveSession,
    first: PostponableStep,
    { hold, waiting }: { readonly hold: Hold; readonly waiting: WaitingDebugger },
  ): Promise<boolean> {
    const { steps, durable } = this.#deps;
    const { sessionId } = session;
    const { seen, figures } = await this.#foreseeStart(first, { hold, breakpoints: waiting.breakpoints() });
    const holding = joinBatches(waiting.alongside(sessionId), this.#releaseLater(sessionId));
    if (seen?.hit !== undefined) {
      const { batch, first: later } = first.postponed();
      await durable.commit(joinBatches(holding, batch));
      hold.first = later;
      hold.isAtBreakpoint = true;
      this.#heldNow(hold, sessionId, {
        reason: 'breakpoint',
        hit: { ...seen.hit, input: START, lines: seen.lines },
      });
      return false;
    }
    const firstBatch = (goesOn: boolean) => joinBatches(first.firstBatch(goesOn), goesOn ? holding : {});
    const taken: FirstStep['taken'] = (step) => hold.tell({ kind: 'step', step });
    await steps.firstStep(session, { ...first, firstBatch, figures, taken });
    if (this.#holds.get(sessionId) === hold) this.#heldNow(hold, sessionId, { reason: 'start' });
    return true;
  }

  /** The first step on a copy, if it could come to a breakpoint. */
  async #foreseeStart(
    { record, start }: FirstStep,
    { hold, breakpoints }: { readonly hold: Hold; readonly breakpoints: readonly Breakpoint[] },
  ): ReturnType<HeldSteps['foresee']> {
    if (breakpoints.length === 0) return { figures: [] };
    const { sessionId } = record;
    const found = await this.#heldSteps.foresee({ sessionId, execution: start, input: START, breakpoints });
    hold.breakpoints = (found.seen?.placed ?? []).flatMap((one) =>
      'breakpoint' in one ? [one.breakpoint] : [],
    );
    return found;
  }

  /** Performs the task of a held session: after the end of a process, it lets the session go. */
  async release(sessionId: SessionId): Promise<void> {
    const { live, clock } = this.#deps;
    const hold = this.#holds.get(sessionId);
    if (hold === undefined) return;
    try {
      await live.run(sessionId, (session) => this.#heldSteps.takeWaiting(session, hold), { urgent: true });
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
      if (former?.mode === 'leaving') await this.#heldSteps.takeWaiting(session, former);
      if (this.#holds.has(sessionId)) throw new HostError('SESSION_DEBUGGED', sessionId);
      const { record } = await restorer.loadRunning(session);
      if (!record.persist) throw new HostError('SESSION_NOT_DEBUGGABLE', sessionId);
      await this.#hold(session, { tell, alongside });
      return this.#debugged(sessionId);
    };
    return this.#deps.live.run(sessionId, work, { urgent: true });
  }

  attachToNext(document: string, waiting: WaitingDebugger): () => void {
    const armed = { document, waiting };
    this.#armed.add(armed);
    return () => void this.#armed.delete(armed);
  }

  // ---- those who watch

  watch(sessionId: SessionId, tell: TellOfSteps): Promise<() => void> {
    const work = async (session: LiveSession) => {
      tell({ kind: 'state', state: await this.#state(session) });
      return this.#deps.watchers.add(sessionId, tell);
    };
    return this.#deps.live.run(sessionId, work, { urgent: true });
  }

  state(sessionId: SessionId): Promise<DebuggedState> {
    return this.#deps.live.run(sessionId, (session) => this.#state(session), { urgent: true });
  }

  fireTimer(sessionId: SessionId, key: string, alongside: Batch = {}): Promise<boolean> {
    const { live, durable, restorer } = this.#deps;
    const consumes = timerKey(sessionId, key);
    return live.run(sessionId, async (session) => {
      await restorer.loadRunning(session);
      if (!durable.taskKeys(consumes).includes(consumes)) return false;
      await this.step(session, { input: { kind: 'timer', key }, consumes, alongside });
      return true;
    });
  }

  document(sessionId: SessionId): Promise<SessionDocument> {
    const { live, restorer, durable } = this.#deps;
    const work = async (session: LiveSession): Promise<SessionDocument> => {
      const { record } = await restorer.loadRunning(session);
      const hash = record.documentHash;
      return { ...durable.get<Omit<SessionDocument, 'hash'>>(DOCUMENT, hash)!, hash };
    };
    return live.run(sessionId, work, { urgent: true });
  }

  #armedFor({ src, documentHash }: SessionRecord): Armed | undefined {
    return [...this.#armed].find(({ document }) => document === src || document === documentHash);
  }

  async #hold(
    { sessionId }: LiveSession,
    { tell, alongside }: { readonly tell: TellDebugger; readonly alongside: Batch },
  ): Promise<void> {
    const { durable } = this.#deps;
    const hold = this.#newHold(sessionId, tell);
    try {
      await durable.commit(joinBatches(alongside, this.#releaseLater(sessionId)));
    } catch (error) {
      this.#holds.delete(sessionId);
      throw error;
    }
    this.#heldNow(hold, sessionId, { reason: 'attach' });
  }

  /** Before the commit: a debugger that leaves meanwhile takes its hold with it. */
  #newHold(sessionId: SessionId, tell: TellDebugger): Hold {
    const hold = newHold(this.#deps.durable, sessionId, { mode: 'stopped', tell });
    this.#holds.set(sessionId, hold);
    return hold;
  }

  #releaseLater(sessionId: SessionId): Batch {
    return { schedule: [releaseTask(sessionId, this.#deps.clock.now() + RELEASE_CHECK_MS)] };
  }

  #heldNow(
    hold: Hold,
    sessionId: SessionId,
    stop: { readonly reason: StopReason; readonly hit?: BreakpointHit },
  ): void {
    this.#deps.log.info({ sessionId }, 'A debugger has attached to a session.');
    if (hold.mode === 'stopped') hold.tell({ kind: 'stopped', ...stop });
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
      state: () => this.state(sessionId),
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
      .run(sessionId, (session) => this.#heldSteps.takeWaiting(session, hold), { urgent: true })
      .catch((err: unknown) => log.warn({ sessionId, err }, 'The inputs of a debugged session still wait.'));
  }

  async #detach(hold: Hold | undefined, sessionId: SessionId): Promise<void> {
    if (hold === undefined) return;
    hold.mode = 'leaving';
    const { live, log } = this.#deps;
    log.info({ sessionId }, 'A debugger has left a session.');
    await live.run(sessionId, (session) => this.#heldSteps.takeWaiting(session, hold), { urgent: true });
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
    const { live, clock, restorer } = this.#deps;
    const work = async (session: LiveSession): Promise<Inspected> => {
      const first = this.#holds.get(sessionId)?.first;
      const execution = first?.start() ?? (await restorer.loadRunning(session)).execution;
      return execution.inspect({ now: clock.now(), ...questions });
    };
    return live.run(sessionId, work, { urgent: true });
  }

  async #state(session: LiveSession): Promise<DebuggedState> {
    const { sessionId } = session;
    const { restorer, clock } = this.#deps;
    const view = await restorer.view(session);
    const hold = this.#holds.get(sessionId);
    if (view === undefined) throw new HostError('SESSION_NOT_FOUND', sessionId);
    const { states, timers } =
      hold?.first === undefined
        ? await (await restorer.loadRunning(session)).execution.inspect({ now: clock.now() })
        : { states: [], timers: [] };
    return {
      view,
      isStopped: hold?.mode === 'stopped',
      states,
      timers,
      waiting: hold?.inputs.list(MAX_SHOWN_INPUTS) ?? [],
      waitingCount: hold?.inputs.count ?? 0,
    };
  }

  // ---- ends

  /** Inputs of a session that has ended are not needed any more. */
  #endBatch(sessionId: SessionId): Batch {
    if (!this.#holds.has(sessionId)) return {};
    return joinBatches(forgetBatch(this.#deps.durable, sessionId), { cancel: [releaseKey(sessionId)] });
  }

  #ended({
    sessionId,
    status,
    reason,
  }: Pick<SessionEnd, 'sessionId' | 'reason'> & {
    readonly status: SessionEnd['status'] | 'setAside';
  }): void {
    const end = { status, ...defined({ reason }) };
    this.#deps.watchers.ended(sessionId, end);
    const hold = this.#holds.get(sessionId);
    if (hold === undefined) return;
    this.#holds.delete(sessionId);
    hold.tell({ kind: 'ended', ...end });
  }
}
