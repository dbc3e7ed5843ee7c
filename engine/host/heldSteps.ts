import type { Breakpoint, Inspected } from '../debugger/index.ts';
import type { Durable } from '../durable/index.ts';
import type { Figure, FigureQuestion, KnownFigure, Limits, StepInput } from '../interpreter/index.ts';
import { type Clock, defined, type Log, type SessionId } from '../ports/index.ts';
import { isGone } from './eventDelivery.ts';
import type { Hold, Holds } from './hold.ts';
import type { HostedExecution } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import type { LiveSession } from './liveSessions.ts';
import type { SessionRestorer } from './restoreSession.ts';
import { eventKey, readSession, SESSION_EVENT } from './sessionRecord.ts';
import type { FirstStep, SessionSteps } from './sessionSteps.ts';
import { continueKey, releaseKey } from './sessionTasks.ts';
import type { StepRequest } from './stepRequest.ts';

export interface HeldStepsDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly steps: SessionSteps;
  readonly restorer: SessionRestorer;
  /** Inputs that may wait for one session. */
  readonly maxInputs: number;
}

/**
 * The steps of sessions that a debugger holds or has held, each performed in the mailbox of its session (HE1
 * to HE3).
 */
export class HeldSteps {
  readonly #deps: HeldStepsDeps;
  readonly #holds: Holds;

  constructor(holds: Holds, deps: HeldStepsDeps) {
    this.#holds = holds;
    this.#deps = deps;
  }

  /** As SessionSteps.step(). Resolves also when the input is stored, to be taken later. */
  async step(session: LiveSession, hold: Hold, request: StepRequest): Promise<void> {
    const { inputs } = hold;
    if (this.#wasProcessed(session, request)) return;
    if (hold.mode !== 'stopped') await this.takeWaiting(session, hold);
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

  #isHeld({ sessionId }: LiveSession, hold: Hold): boolean {
    return this.#holds.get(sessionId) === hold;
  }

  #wasProcessed({ sessionId }: LiveSession, { eventId }: StepRequest): boolean {
    return eventId !== undefined && this.#deps.durable.has(SESSION_EVENT, eventKey(sessionId, eventId));
  }

  /** Takes the inputs that wait, until the session stops. One that is left by its debugger is then free. */
  async takeWaiting(session: LiveSession, hold: Hold): Promise<void> {
    const { durable } = this.#deps;
    const { inputs } = hold;
    if (hold.first !== undefined && hold.mode !== 'stopped') await this.#start(session, hold, hold.first);
    // Its own task starts it first.
    else if (readSession(durable, session.sessionId)?.status === 'scheduled') return;
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

  /** Takes the first step, before which the session has stopped. */
  async #start(session: LiveSession, hold: Hold, first: FirstStep): Promise<void> {
    const taken: FirstStep['taken'] = (step) => hold.tell({ kind: 'step', step });
    try {
      await this.#deps.steps.firstStep(session, { ...first, taken });
    } catch (error) {
      if (!isGone(error) || this.#isHeld(session, hold)) throw error;
    }
    hold.first = undefined;
    hold.isAtBreakpoint = false;
    this.#stopAfterStep(hold);
  }

  #stopAfterStep(hold: Hold): void {
    if (hold.mode !== 'stepping') return;
    hold.mode = 'stopped';
    hold.tell({ kind: 'stopped', reason: 'step' });
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
    const { steps, restorer } = this.#deps;
    const { input } = request;
    try {
      await restorer.reload(session, pace(input));
      const { seen, figures } = await this.#foresee(session, hold, input);
      if (seen?.hit !== undefined) {
        const { lines, hit } = seen;
        hold.mode = 'stopped';
        hold.isAtBreakpoint = true;
        hold.tell({ kind: 'stopped', reason: 'breakpoint', hit: { ...hit, input, lines } });
        return false;
      }
      hold.isAtBreakpoint = false;
      session.continuedSteps = 0;
      await steps.step(session, { ...request, figures, taken: (step) => hold.tell({ kind: 'step', step }) });
    } finally {
      session.running = undefined;
    }
    this.#stopAfterStep(hold);
    return true;
  }

  /**
   * The step that an input would cause, and the statistics that were read for it. `seen` is undefined when
   * the step cannot be computed on a copy.
   */
  async foresee({
    sessionId,
    execution,
    input,
    breakpoints,
  }: {
    readonly sessionId: SessionId;
    readonly execution: () => HostedExecution;
    readonly input: StepInput;
    readonly breakpoints: readonly Breakpoint[];
  }): Promise<{ readonly seen?: Inspected; readonly figures: readonly KnownFigure[] }> {
    const { clock, log, steps } = this.#deps;
    const figures: KnownFigure[] = [];
    const { readFigure: read, ...others } = steps.facts(sessionId);
    const readFigure = async (question: FigureQuestion): Promise<Figure> => {
      const figure = await read!(question);
      figures.push({ ...question, figure });
      return figure;
    };
    const facts = { ...others, ...defined({ readFigure: read && readFigure }) };
    try {
      const seen = await execution().inspect({ now: clock.now(), input, breakpoints }, facts);
      return { seen, figures };
    } catch (err) {
      log.warn({ sessionId, err }, 'A step of a debugged session cannot be computed on a copy.');
      return { figures };
    }
  }

  /** As foresee(), where a breakpoint can stop the session. */
  async #foresee(
    { sessionId, running }: LiveSession,
    { mode, isAtBreakpoint, breakpoints }: Hold,
    input: StepInput,
  ): ReturnType<HeldSteps['foresee']> {
    const canStop = mode === 'running' && !isAtBreakpoint && breakpoints.length > 0;
    if (!canStop || running === undefined) return { figures: [] };
    return this.foresee({ sessionId, execution: () => running.execution, input, breakpoints });
  }

  async #keep({ sessionId }: LiveSession, hold: Hold, request: StepRequest): Promise<void> {
    const { clock, maxInputs } = this.#deps;
    const { inputs } = hold;
    if (inputs.count >= maxInputs) throw new HostError('MAILBOX_FULL', sessionId);
    await inputs.keep(request, clock.now());
    hold.tell({ kind: 'input', waiting: inputs.count });
  }
}

/** One external event for each step: the event of the input, or the first in the queue of the session. */
function pace({ kind }: StepInput): Partial<Limits> {
  return { MAX_EVENTS_PER_STEP: kind === 'event' ? 0 : 1 };
}
