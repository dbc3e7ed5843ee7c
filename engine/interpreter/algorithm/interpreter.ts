import { assertNever } from '../../ports/index.ts';
import { runBlock } from '../content/perform.ts';
import type { Block, Document, Transition } from '../document/model.ts';
import { EventType, type ScxmlEvent } from '../event.ts';
import type { StartOptions, StepInput, StepOptions, StepOutcome } from '../execution.ts';
import { SessionFailure } from '../limits.ts';
import { applyInteractionFacts } from '../ors/interactionFacts.ts';
import type { Candidates, ConfigurationTable, PlannedMicrostep } from './configurationTable.ts';
import { evaluateDoneData, raiseDoneEvents } from './doneEvents.ts';
import type { ExecutionState } from './executionState.ts';
import { stateAt } from './hierarchy.ts';
import { initializeDatamodel, initializeLate } from './initializeData.ts';
import { cancelInvokes, finalizeAndForward, startInvoke } from './invoke.ts';
import type { MicrostepPlan } from './planMicrostep.ts';
import type { StepPerformer, SteppedSession } from './program.ts';
import { eventOf, SessionRuntime } from './sessionRuntime.ts';
import type { StateSet } from './stateSet.ts';

/** The outcome of most steps. */
const QUIET_OUTCOME: StepOutcome = Object.freeze({
  status: 'running',
  effects: Object.freeze([]),
  more: false,
});

/**
 * W3C SCXML 1.0, Appendix D; the procedures keep their names there. One serves all sessions of a document.
 *
 * I1. Only macrostep() takes from the internal queue, and it is empty between steps.
 * I2. A microstep is planned before any of it is performed, and plans are remembered (ConfigurationNode).
 * I3. Nothing here waits, reads a clock or throws for a fault of the document.
 * I4. Steps do not nest: between two of them the interpreter holds nothing of a session.
 */
export class Interpreter implements StepPerformer {
  readonly #document: Document;
  readonly #table: ConfigurationTable;
  readonly #runtime: SessionRuntime;
  /** Documents without realm functions that ask for something need not be looked at after every block. */
  readonly #drains: boolean;
  /** States entered in this macrostep that have invokes, in entry order. */
  #statesToInvoke: number[] = [];
  /** Eventless transitions whose faulty condition was reported in this macrostep. */
  readonly #reported = new Set<number>();
  /** The configuration while a microstep is performed and In() may be asked. */
  #between: StateSet | undefined;
  #running = true;
  #params: NonNullable<StartOptions['params']> = {};
  #stepping = false;

  constructor(table: ConfigurationTable) {
    this.#document = table.document;
    this.#table = table;
    this.#runtime = new SessionRuntime(table.document);
    this.#drains = table.document.dialect === 'ors';
  }

  step(session: SteppedSession, input: StepInput, options: StepOptions): StepOutcome {
    const { state } = session;
    if (state.status !== 'running') return this.#outcome(state, []);
    if (this.#stepping)
      throw new Error('A step began inside another of the same document: wait for its outcome.');
    this.#stepping = true;
    this.#running = true;
    this.#params = session.params ?? {};
    this.#runtime.begin(state, session.dataSession, options);
    try {
      this.#take(input);
      this.#mainEventLoop();
    } catch (failure) {
      if (!(failure instanceof SessionFailure)) throw failure;
      this.#fail(failure);
    } finally {
      this.#stepping = false;
      if (this.#runtime.internalQueue.length > 0) this.#runtime.internalQueue.length = 0;
      if (this.#statesToInvoke.length > 0) this.#statesToInvoke = [];
      this.#between = undefined;
    }
    return this.#outcome(state, this.#runtime.takeEffects());
  }

  #outcome(state: ExecutionState, effects: StepOutcome['effects']): StepOutcome {
    const { status, donedata, reason, externalQueue } = state;
    const more = status === 'running' && externalQueue !== undefined && externalQueue.length > 0;
    if (status === 'running' && !more)
      return effects.length === 0 ? QUIET_OUTCOME : { status, effects, more };
    return {
      status,
      effects,
      more,
      ...(donedata !== undefined && { donedata }),
      ...(reason !== undefined && { reason }),
    };
  }

  #take(input: StepInput): void {
    const { state } = this.#runtime;
    switch (input.kind) {
      case 'start':
        this.#interpret();
        return;
      case 'event':
        // The queue is empty but for a step that left some of it ('more').
        if (state.externalQueue === undefined)
          this.#processExternalEvent(eventOf(EventType.EXTERNAL, input.event));
        else this.#runtime.queueExternal(input.event);
        return;
      case 'timer':
        this.#runtime.fire(input.key);
        return;
      case 'continue':
        return;
      case 'terminate':
        state.status = 'terminated';
        state.reason = input.reason;
        this.#running = false;
        return;
      default:
        assertNever(input);
    }
  }

  /** D, procedure interpret. */
  #interpret(): void {
    initializeDatamodel(this.#runtime, this.#params);
    for (const script of this.#document.scripts) this.#run([script]);
    this.#perform(this.#table.initial());
    this.#macrostep();
  }

  /** D, procedure mainEventLoop, for the events that are there. */
  #mainEventLoop(): void {
    const { state } = this.#runtime;
    for (let events = 0; this.#running && state.externalQueue !== undefined; events++) {
      if (events === state.limits.MAX_EVENTS_PER_STEP) return;
      const event = state.externalQueue.shift()!;
      if (state.externalQueue.length === 0) state.externalQueue = undefined;
      this.#processExternalEvent(event);
    }
    if (!this.#running) this.#exitInterpreter();
  }

  #processExternalEvent(event: ScxmlEvent): void {
    const { data, state, tracing } = this.#runtime;
    if (tracing) this.#traceEvent(event);
    if (event.facts !== undefined) {
      state.interactions = applyInteractionFacts(event.facts, state.interactions, data);
    }
    data.setEvent(event);
    if (state.invokes !== undefined) {
      finalizeAndForward(event, this.#runtime);
      this.#drain();
    }
    this.#microstep(state.node.candidates(event.name));
    this.#macrostep();
  }

  /** Microsteps until the configuration is stable, then the invokes of states entered and not left. */
  #macrostep(): void {
    const { internalQueue, state } = this.#runtime;
    const limit = state.limits.MAX_MICROSTEPS_PER_MACROSTEP;
    if (this.#reported.size > 0) this.#reported.clear();
    let rounds = 0;
    do {
      while (this.#running) {
        if (rounds++ === limit) throw this.#unstable(limit);
        if (this.#microstep(state.node.eventless())) continue;
        const event = internalQueue.shift();
        if (event === undefined) break;
        if (this.#runtime.tracing) this.#traceEvent(event);
        this.#runtime.data.setEvent(event);
        if (!this.#microstep(state.node.candidates(event.name))) this.#runtime.reportUnhandled(event);
      }
      if (this.#statesToInvoke.length > 0) this.#startInvokes();
      // D: invoking may have raised internal errors, which are handled before the next external event.
    } while (this.#running && internalQueue.length > 0);
  }

  #unstable(limit: number): SessionFailure {
    const active = this.#runtime.state.node.ids.join(' ');
    return new SessionFailure(
      'MAX_MICROSTEPS_PER_MACROSTEP',
      `no stable configuration after ${limit} microsteps; active states: ${active}`,
    );
  }

  /** D, procedure microstep, with the enabled of the candidates. False when none is enabled. */
  #microstep(candidates: Candidates | undefined): boolean {
    if (candidates === undefined) return false;
    const plan = candidates.fixed ?? this.#select(candidates);
    if (plan === undefined) return false;
    this.#perform(plan);
    return true;
  }

  /**
   * D, selectTransitions: the first enabled of each atomic state and its ancestors. A condition is evaluated
   * once, also where several atomic states share the ancestor that holds it.
   */
  #select(candidates: Candidates): PlannedMicrostep | undefined {
    const { paths } = candidates;
    if (paths.length === 1) {
      const found = paths[0]!.find((transition) => this.#conditionHolds(transition));
      return found && this.#runtime.state.node.plan([found]);
    }
    const enabled = new Set<Transition>();
    const refused = new Set<Transition>();
    for (const path of paths) {
      for (const transition of path) {
        if (refused.has(transition)) continue;
        if (enabled.has(transition) || this.#conditionHolds(transition)) {
          enabled.add(transition);
          break;
        }
        refused.add(transition);
      }
    }
    return enabled.size === 0 ? undefined : this.#runtime.state.node.plan([...enabled]);
  }

  /**
   * A condition that cannot be evaluated is false and reported (W3C 5.9.1). That of an eventless transition
   * is reported once a macrostep: the error event alone would otherwise make it be evaluated for ever.
   */
  #conditionHolds(transition: Transition): boolean {
    if (transition.cond === undefined) return true;
    try {
      return this.#runtime.data.condition(transition.cond.slot);
    } catch (fault) {
      if (transition.events === undefined) {
        if (this.#reported.has(transition.index)) return false;
        this.#reported.add(transition.index);
      }
      this.#runtime.fault(fault, { element: 'transition', at: transition.at, use: 'condition' });
      return false;
    }
  }

  #perform(plan: PlannedMicrostep): void {
    const { state, data, tracing } = this.#runtime;
    if (plan.quiet && !tracing) {
      state.node = plan.next;
    } else {
      if (data.usesConfiguration) this.#between = state.node.configuration.copy();
      this.#exitStates(plan);
      this.#executeTransitionContent(plan);
      this.#enterStates(plan);
      this.#between = undefined;
      state.node = plan.next;
      if (plan.ends) this.#running = false;
    }
    if (data.usesConfiguration) data.setConfiguration(plan.next.ids);
  }

  #exitStates(plan: MicrostepPlan): void {
    for (const index of plan.exit) {
      this.#exitState(index);
      const waiting = this.#statesToInvoke.indexOf(index);
      if (waiting !== -1) this.#statesToInvoke.splice(waiting, 1);
    }
  }

  /** W3C 409: a state is active while its own onexit runs, and no longer in its parent's. */
  #exitState(index: number): void {
    const state = stateAt(this.#document, index);
    for (const block of state.onexit) this.#run(block);
    if (state.invokes.length > 0) cancelInvokes(index, this.#runtime);
    this.#moved(index, false);
    if (this.#runtime.tracing) this.#runtime.trace({ kind: 'state_exit', name: state.id });
  }

  /** ORS: a transition runs in the scope of its source, so scopes end after its content (ors-dialect 2.3). */
  #executeTransitionContent(plan: MicrostepPlan): void {
    for (const transition of plan.transitions) {
      if (this.#runtime.tracing) this.#traceTransition(transition);
      this.#run(transition.content);
    }
    if (this.#document.dialect !== 'ors') return;
    for (const state of plan.exit) this.#runtime.data.exitScope(state);
  }

  #enterStates(plan: MicrostepPlan): void {
    for (const { state: index, initial, historyDefault, done } of plan.entry) {
      const state = stateAt(this.#document, index);
      if (state.invokes.length > 0) this.#statesToInvoke.push(index);
      this.#moved(index, true);
      this.#runtime.data.enterScope(index);
      initializeLate(index, this.#runtime, this.#params);
      if (this.#runtime.tracing) this.#runtime.trace({ kind: 'state_enter', name: state.id });
      for (const block of state.onentry) this.#run(block);
      if (initial) this.#run(initial.content);
      if (historyDefault) this.#run(historyDefault.content);
      if (done) raiseDoneEvents(index, done, this.#runtime);
    }
  }

  /** In() sees each state come and go. */
  #moved(state: number, entered: boolean): void {
    const between = this.#between;
    if (between === undefined) return;
    if (entered) between.add(state);
    else between.delete(state);
    this.#runtime.data.setConfiguration(
      between.toArray().map((active) => stateAt(this.#document, active).id),
    );
  }

  #startInvokes(): void {
    const states = this.#statesToInvoke;
    this.#statesToInvoke = [];
    if (!this.#running) return;
    for (const state of states) {
      for (const invoke of stateAt(this.#document, state).invokes) startInvoke(invoke, this.#runtime);
    }
  }

  /**
   * D, procedure exitInterpreter: all states are left, and what was armed or invoked ends with the session.
   * Differs: an ended session goes on showing the configuration that it ended in.
   */
  #exitInterpreter(): void {
    const { state, data } = this.#runtime;
    const active = state.node.configuration.toArray().reverse();
    if (data.usesConfiguration) this.#between = state.node.configuration.copy();
    for (const index of active) {
      const { kind, parent, donedata } = stateAt(this.#document, index);
      this.#exitState(index);
      if (kind === 'final' && parent === 0) state.donedata = evaluateDoneData(donedata, this.#runtime);
    }
    if (state.status === 'running') state.status = 'completed';
    this.#release();
  }

  #fail(failure: SessionFailure): void {
    const { state, tracing } = this.#runtime;
    state.status = 'failed';
    state.reason = failure.message;
    this.#runtime.refuel();
    if (tracing) this.#runtime.trace({ kind: 'failed', reason: failure.message });
    this.#release();
  }

  #release(): void {
    const { state } = this.#runtime;
    state.externalQueue = undefined;
    for (const key of state.pending?.keys() ?? []) this.#runtime.disarm(key);
    for (const [invokeId, { childId }] of state.invokes ?? []) {
      this.#runtime.emit({ kind: 'uninvoke', key: this.#runtime.nextId('effect'), invokeId, childId });
    }
    state.pending = undefined;
    state.invokes = undefined;
  }

  #run(block: Block): void {
    if (block.length === 0) return;
    runBlock(block, this.#runtime);
    this.#drain();
  }

  #drain(): void {
    if (this.#drains) this.#runtime.performRealmRequests();
  }

  #traceEvent(event: ScxmlEvent): void {
    this.#runtime.trace({ kind: 'event_processed', name: event.name, type: event.type, data: event.data });
  }

  #traceTransition(transition: Transition): void {
    this.#runtime.trace({
      kind: 'transition',
      source: stateAt(this.#document, transition.source).id,
      targets: transition.targets.map((target) => stateAt(this.#document, target).id),
      line: transition.at.line,
    });
  }
}
