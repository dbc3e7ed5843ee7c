import { assertNever, defined } from '../../ports/index.ts';
import { runBlock } from '../content/perform.ts';
import type { Block } from '../document/model.ts';
import { EventType, eventOf, type ScxmlEvent } from '../event.ts';
import type { StepInput, StepOptions, StepOutcome } from '../execution.ts';
import { FiguresMissing } from '../figures.ts';
import { SessionFailure } from '../limits.ts';
import { applyInteractionFacts } from '../ors/interactionFacts.ts';
import type { ConfigurationTable, EnabledTransitions } from './configurationTable.ts';
import { evaluateDoneData, raiseDoneEvents } from './doneEvents.ts';
import { stateAt } from './hierarchy.ts';
import { initializeDatamodel, initializeState } from './initializeData.ts';
import { cancelInvokes, finalizeAndForward, startInvoke, stopAllInvokes } from './invoke.ts';
import { selectEventlessTransitions, selectTransitions } from './selectTransitions.ts';
import { disarmTimer, fireTimer } from './sends.ts';
import { Step, type SteppedSession } from './step.ts';

/**
 * W3C SCXML 1.0, Appendix D. The procedures have the names that they have there, and are in the same order.
 * The global variables of D are in the Step, or in the state of the session where they last longer.
 *
 * I1. Only macrostep() takes events from the internal queue, which is empty when a step ends.
 * I2. The exit set and the entry set of a microstep are computed before it executes anything
 *     (EnabledTransitions).
 * I3. A step never waits, never reads a clock, and never throws for a fault of the document.
 * I4. A step keeps everything in its own Step object: steps of different sessions may nest.
 */

/** Takes one input: from one stable configuration to the next, or to the end of the session. */
export function takeStep(
  session: SteppedSession & { readonly table: ConfigurationTable },
  input: StepInput,
  options: StepOptions,
): StepOutcome {
  const { state } = session;
  if (state.status !== 'running') return outcomeOf(session, []);
  const step = new Step(session, options);
  try {
    runStep(step, input, session.table);
    step.requireFigures();
  } catch (failure) {
    if (failure instanceof FiguresMissing) return askingOutcome(failure);
    throw failure;
  } finally {
    // Code that runs between steps (getters, when data are stored) has nobody to ask.
    session.data.setFigures('');
  }
  return outcomeOf(session, step.effects);
}

function runStep(step: Step, input: StepInput, table: ConfigurationTable): void {
  try {
    if (input.kind === 'start') interpret(step, table);
    else takeInput(step, input);
    mainEventLoop(step);
  } catch (failure) {
    if (!(failure instanceof SessionFailure)) throw failure;
    failSession(step, failure);
  }
}

/** No outcome: the caller must not use the session any more. */
function askingOutcome({ questions }: FiguresMissing): StepOutcome {
  return { status: 'running', effects: [], more: false, asks: questions };
}

function outcomeOf({ state }: SteppedSession, effects: StepOutcome['effects']): StepOutcome {
  const { status, donedata, reason, externalQueue } = state;
  if (status === 'running') return { status, effects, more: externalQueue !== undefined };
  return { status, effects, more: false, ...defined({ donedata, reason }) };
}

/** D, procedure interpret. */
function interpret(step: Step, table: ConfigurationTable): void {
  initializeDatamodel(step);
  for (const script of step.document.scripts) executeContent(step, [script]);
  microstep(step, table.initial());
  macrostep(step);
}

function takeInput(step: Step, input: Exclude<StepInput, { kind: 'start' }>): void {
  const { state } = step;
  switch (input.kind) {
    case 'event':
      // Events that the last step left in the queue ('more') are older.
      if (state.externalQueue !== undefined) step.queueExternal(input.event);
      else processExternalEvent(step, eventOf(EventType.EXTERNAL, input.event));
      return;
    case 'timer':
      fireTimer(input.key, step);
      // A delayed send that cannot be delivered has raised an error event.
      if (step.hasInternalEvent) macrostep(step);
      return;
    case 'continue':
      return;
    case 'terminate':
      state.status = 'terminated';
      state.reason = input.reason;
      step.running = false;
      return;
    default:
      assertNever(input);
  }
}

/**
 * D, procedure mainEventLoop. Differs: it begins with an external event, because a step begins in a stable
 * configuration, and it returns instead of waiting for the next one.
 */
function mainEventLoop(step: Step): void {
  const limit = step.state.limits.MAX_EVENTS_PER_STEP;
  for (let events = 0; step.running && events < limit; events++) {
    const externalEvent = step.dequeueExternal();
    if (externalEvent === undefined) return;
    processExternalEvent(step, externalEvent);
  }
  if (!step.running) exitInterpreter(step);
}

/** The second half of D's loop, and the macrostep that follows it. */
function processExternalEvent(step: Step, event: ScxmlEvent): void {
  const { data, state } = step;
  step.observer.eventTaken(event);
  if (event.facts !== undefined) {
    state.interactions = applyInteractionFacts(event.facts, state.interactions, data);
  }
  data.setEvent(event);
  finalizeAndForward(event, step);
  const enabledTransitions = selectTransitions(step, event);
  if (enabledTransitions !== undefined) microstep(step, enabledTransitions);
  else ignore(step, event);
  macrostep(step);
}

/**
 * The first half of D's loop: eventless transitions and internal events, until the configuration is stable.
 */
function macrostep(step: Step): void {
  const limit = step.state.limits.MAX_MICROSTEPS_PER_MACROSTEP;
  step.forgetReports();
  let rounds = 0;
  do {
    let macrostepDone = false;
    while (step.running && !macrostepDone) {
      step.requireFigures();
      if (rounds++ === limit) throw neverStable(step, limit);
      let enabledTransitions = selectEventlessTransitions(step);
      if (enabledTransitions === undefined) {
        const internalEvent = step.dequeueInternal();
        if (internalEvent === undefined) {
          macrostepDone = true;
        } else {
          step.observer.eventTaken(internalEvent);
          step.data.setEvent(internalEvent);
          enabledTransitions = selectTransitions(step, internalEvent);
          if (enabledTransitions === undefined) ignore(step, internalEvent);
        }
      }
      if (enabledTransitions !== undefined) microstep(step, enabledTransitions);
    }
    if (step.running) invokeStates(step);
    // Invoking may have raised errors, which are handled before the next external event.
  } while (step.running && step.hasInternalEvent);
}

/** No transition takes the event. Few documents wait for a done.state event: that is nothing to explain. */
function ignore(step: Step, event: ScxmlEvent): void {
  if (step.isObserved && !event.name.startsWith('done.state.')) {
    const { configuration } = step.state;
    const refused = new Set(configuration.candidates(event.name)?.lists.flat());
    step.observer.eventIgnored(event, configuration.ids, [...refused]);
  }
  step.reportUnhandled(event);
}

function neverStable({ state }: Step, limit: number): SessionFailure {
  return new SessionFailure(
    'MAX_MICROSTEPS_PER_MACROSTEP',
    `no stable configuration after ${limit} microsteps; active states: ${state.configuration.ids.join(' ')}`,
  );
}

function invokeStates(step: Step): void {
  if (step.statesToInvoke.length === 0) return;
  const states = step.statesToInvoke;
  step.statesToInvoke = [];
  for (const state of states) {
    for (const invoke of stateAt(step.document, state).invokes) startInvoke(invoke, step);
  }
}

/** D, procedure exitInterpreter. Differs: a session that ended still shows its last configuration. */
function exitInterpreter(step: Step): void {
  const { document, state } = step;
  const statesToExit = state.configuration.states.toArray().reverse();
  if (step.data.usesConfiguration) step.activeStates = state.configuration.states.copy();
  for (const index of statesToExit) {
    exitState(step, index);
    const { kind, parent, donedata } = stateAt(document, index);
    if (kind === 'final' && parent === 0) state.donedata = evaluateDoneData(donedata, step);
  }
  if (state.status === 'running') state.status = 'completed';
  step.reportUnread();
  releaseSession(step);
}

/** A limit was passed. */
function failSession(step: Step, { message }: SessionFailure): void {
  step.state.status = 'failed';
  step.state.reason = message;
  step.refuel();
  step.observer.sessionFailed(message);
  releaseSession(step);
}

/** Stops what the session has armed and invoked. */
function releaseSession(step: Step): void {
  const { state } = step;
  state.externalQueue = undefined;
  for (const key of state.pending?.keys() ?? []) disarmTimer(key, step);
  state.pending = undefined;
  stopAllInvokes(step);
}

/** D, procedure microstep. */
function microstep(step: Step, enabledTransitions: EnabledTransitions): void {
  const { state, data } = step;
  const { next, isQuiet, ends } = enabledTransitions;
  if (!isQuiet || step.isObserved) {
    if (data.usesConfiguration) step.activeStates = state.configuration.states.copy();
    exitStates(step, enabledTransitions);
    executeTransitionContent(step, enabledTransitions);
    enterStates(step, enabledTransitions);
    step.activeStates = undefined;
    if (ends) step.running = false;
  }
  state.configuration = next;
  if (data.usesConfiguration) data.setConfiguration(next.ids);
}

/** D, procedure exitStates. */
function exitStates(step: Step, { exitSet }: EnabledTransitions): void {
  for (const index of exitSet) {
    exitState(step, index);
    const toInvoke = step.statesToInvoke.indexOf(index);
    if (toInvoke !== -1) step.statesToInvoke.splice(toInvoke, 1);
  }
}

/** W3C 409: a state is active while its own onexit executes, and inactive in the onexit of its parent. */
function exitState(step: Step, index: number): void {
  const state = stateAt(step.document, index);
  for (const block of state.onexit) executeContent(step, block);
  if (state.invokes.length > 0) cancelInvokes(index, step);
  if (step.activeStates !== undefined) {
    step.activeStates.delete(index);
    showActiveStates(step);
  }
  step.observer.stateExited(state);
}

/**
 * D, procedure executeTransitionContent. ORS: it executes in the scope of its source state (ors-dialect 2.3).
 */
function executeTransitionContent(step: Step, { transitions, exitSet }: EnabledTransitions): void {
  for (const transition of transitions) {
    step.observer.transitionTaken(transition);
    executeContent(step, transition.content);
  }
  if (step.document.dialect !== 'ors') return;
  for (const state of exitSet) step.data.exitScope(state);
}

/** D, procedure enterStates. */
function enterStates(step: Step, { entrySet }: EnabledTransitions): void {
  for (const { state: index, initial, historyDefault, done } of entrySet) {
    const state = stateAt(step.document, index);
    if (state.invokes.length > 0) step.statesToInvoke.push(index);
    if (step.activeStates !== undefined) {
      step.activeStates.add(index);
      showActiveStates(step);
    }
    step.data.enterScope(index);
    initializeState(index, step);
    step.observer.stateEntered(state);
    for (const block of state.onentry) executeContent(step, block);
    if (initial !== undefined) executeContent(step, initial.content);
    if (historyDefault !== undefined) executeContent(step, historyDefault.content);
    if (done !== undefined) raiseDoneEvents(index, done, step);
  }
}

/** In() follows every exit and entry. */
function showActiveStates({ activeStates, data, document }: Step): void {
  data.setConfiguration(activeStates!.toArray().map((state) => stateAt(document, state).id));
}

/** D, procedure executeContent. */
function executeContent(step: Step, block: Block): void {
  if (block.length === 0) return;
  runBlock(block, step);
  step.performRealmRequests();
}
