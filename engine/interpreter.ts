import { EventMatcher } from './algorithm/eventDescriptors.ts';
import { stateAt } from './algorithm/hierarchy.ts';
import { MicrostepPlanner } from './algorithm/microstepPlanner.ts';
import { type MicrostepPlan, planInitial } from './algorithm/planMicrostep.ts';
import { selectTransitions } from './algorithm/selectTransitions.ts';
import { runBlock } from './content/perform.ts';
import { BASIC_HTTP_PROCESSOR, SCXML_PROCESSOR } from './content/send.ts';
import { compileDatamodel } from './datamodel/ecmascript.ts';
import type { Block, Document, Transition } from './document/model.ts';
import { evaluateDoneData, raiseDoneEvents } from './doneEvents.ts';
import { assertNever } from './errors.ts';
import { EventType, type Json, type ScxmlEvent } from './event.ts';
import type {
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  Limits,
  Program,
  StartOptions,
  StepInput,
  StepOptions,
  StepOutcome,
} from './execution.ts';
import { type ExecutionState, newState } from './executionState.ts';
import { initializeDatamodel, initializeLate } from './initializeData.ts';
import { cancelInvokes, finalizeAndForward, startInvoke } from './invoke.ts';
import { DEFAULT_LIMITS, SessionFailure } from './limits.ts';
import { genesysObject } from './ors/genesys.ts';
import { applyInteractionFacts } from './ors/interactionFacts.ts';
import { SessionRuntime } from './sessionRuntime.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';

/** Compiles the code of a document; a Program serves any number of sessions. */
export function compileProgram(document: Document): Program {
  return {
    document,
    datamodel: compileDatamodel(document),
    matcher: new EventMatcher(document),
    planner: new MicrostepPlanner(document),
  };
}

/** A new session, before its first step ({ kind: 'start' }). */
export function startExecution(program: Program, options: StartOptions): Execution {
  const state = newState(program.document, options);
  return new Interpreter(program, state, { limits: options.limits, params: options.params });
}

/** A session as its snapshot says, going on exactly as the one that wrote it would. */
export function restoreExecution(
  program: Program,
  snapshot: ExecutionSnapshot,
  options: { readonly limits?: Partial<Limits> } = {},
): Execution {
  const { state, data } = readSnapshot(program.document, snapshot);
  return new Interpreter(program, state, { limits: options.limits, data });
}

interface InterpreterOptions {
  readonly limits: Partial<Limits> | undefined;
  readonly params?: StartOptions['params'] | undefined;
  /** Data of a snapshot. */
  readonly data?: string;
}

/**
 * W3C SCXML 1.0, Appendix D. The procedures keep their names there.
 *
 * I1. Only macrostep() takes from the internal queue, and it is empty between steps.
 * I2. A microstep is planned before any of it is performed.
 * I3. Nothing here waits, reads a clock or throws for a fault of the document.
 */
class Interpreter implements Execution {
  readonly #document: Document;
  readonly #matcher: EventMatcher;
  readonly #planner: MicrostepPlanner;
  readonly #state: ExecutionState;
  readonly #runtime: SessionRuntime;
  readonly #limits: Limits;
  readonly #params: NonNullable<StartOptions['params']>;
  /** Eventless transitions whose faulty condition was reported in this macrostep. */
  readonly #reported = new Set<number>();
  #running = true;

  constructor(program: Program, state: ExecutionState, options: InterpreterOptions) {
    this.#document = program.document;
    this.#matcher = program.matcher;
    this.#planner = program.planner;
    this.#state = state;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#params = options.params ?? {};
    const data = program.datamodel.open({
      sessionId: state.sessionId,
      ioProcessors: ioProcessors(state),
      ...(program.document.dialect === 'ors' && { genesys: genesysObject(state) }),
      ...(options.data !== undefined && { snapshot: options.data }),
    });
    this.#runtime = new SessionRuntime({ document: program.document, data, state, limits: this.#limits });
    if (options.data !== undefined) this.#publishConfiguration();
  }

  get sessionId(): string {
    return this.#state.sessionId;
  }

  get status(): ExecutionStatus {
    return this.#state.status;
  }

  get configuration(): readonly string[] {
    return this.#state.configuration.toArray().map((state) => stateAt(this.#document, state).id);
  }

  data(): Json {
    return this.#runtime.data.dump();
  }

  snapshot(): ExecutionSnapshot {
    return writeSnapshot(this.#document, this.#state, this.#runtime.data.snapshot());
  }

  step(input: StepInput, options: StepOptions): StepOutcome {
    if (this.#state.status !== 'running') return this.#outcome([]);
    this.#runtime.beginStep(options);
    try {
      this.#take(input);
      this.#mainEventLoop();
    } catch (failure) {
      if (!(failure instanceof SessionFailure)) throw failure;
      this.#fail(failure);
    }
    return this.#outcome(this.#runtime.takeEffects());
  }

  #outcome(effects: StepOutcome['effects']): StepOutcome {
    const { status, donedata, reason, externalQueue } = this.#state;
    return {
      status,
      effects,
      more: status === 'running' && externalQueue.length > 0,
      ...(donedata !== undefined && { donedata }),
      ...(reason !== undefined && { reason }),
    };
  }

  #take(input: StepInput): void {
    switch (input.kind) {
      case 'start':
        this.#interpret();
        return;
      case 'event':
        this.#state.externalQueue.push({ ...input.event, type: EventType.EXTERNAL });
        return;
      case 'timer':
        this.#runtime.fire(input.key);
        return;
      case 'continue':
        return;
      case 'terminate':
        this.#state.status = 'terminated';
        this.#state.reason = input.reason;
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
    const plan = planInitial(this.#document);
    this.#executeTransitionContent(plan);
    this.#enterStates(plan);
    this.#macrostep();
  }

  /** D, procedure mainEventLoop, for the events that are there. */
  #mainEventLoop(): void {
    for (let events = 0; this.#running && events < this.#limits.MAX_EVENTS_PER_STEP; events++) {
      const event = this.#state.externalQueue.shift();
      if (!event) break;
      this.#processExternalEvent(event);
    }
    if (!this.#running) this.#exitInterpreter();
  }

  #processExternalEvent(event: ScxmlEvent): void {
    const { data } = this.#runtime;
    this.#runtime.trace({ kind: 'event_processed', name: event.name, type: event.type, data: event.data });
    this.#state.interactions = applyInteractionFacts(event.facts, this.#state.interactions, data);
    data.setEvent(event);
    finalizeAndForward(event, this.#runtime);
    this.#runtime.performRealmRequests();
    this.#microstep(this.#selectTransitions(event));
    this.#macrostep();
  }

  /** Microsteps until the configuration is stable, then the invokes of states entered and not left. */
  #macrostep(): void {
    this.#reported.clear();
    let rounds = 0;
    do {
      while (this.#running) {
        this.#checkRounds(++rounds);
        const eventless = this.#selectEventlessTransitions();
        if (eventless.length > 0) {
          this.#microstep(eventless);
          continue;
        }
        const event = this.#state.internalQueue.shift();
        if (!event) break;
        this.#runtime.trace({
          kind: 'event_processed',
          name: event.name,
          type: event.type,
          data: event.data,
        });
        this.#runtime.data.setEvent(event);
        this.#microstep(this.#selectTransitions(event));
      }
      this.#startInvokes();
      // D: invoking may have raised internal errors, which are handled before the next external event.
    } while (this.#running && this.#state.internalQueue.length > 0);
  }

  #microstep(transitions: readonly Transition[]): void {
    if (transitions.length === 0) return;
    const plan = this.#planner.plan(this.#state.configuration, this.#state.history, transitions);
    this.#exitStates(plan);
    this.#executeTransitionContent(plan);
    this.#enterStates(plan);
  }

  #checkRounds(rounds: number): void {
    const limit = this.#limits.MAX_MICROSTEPS_PER_MACROSTEP;
    if (rounds <= limit) return;
    throw new SessionFailure(
      'MAX_MICROSTEPS_PER_MACROSTEP',
      `no stable configuration after ${limit} microsteps; active states: ${this.configuration.join(' ')}`,
    );
  }

  #selectEventlessTransitions(): Transition[] {
    return selectTransitions({
      document: this.#document,
      configuration: this.#state.configuration,
      history: this.#state.history,
      matches: (transition) => transition.events === undefined,
      conditionHolds: (transition) => this.#conditionHolds(transition, this.#reported),
    });
  }

  #selectTransitions(event: ScxmlEvent): Transition[] {
    const matching = this.#matcher.matching(event.name);
    return selectTransitions({
      document: this.#document,
      configuration: this.#state.configuration,
      history: this.#state.history,
      matches: (transition) => matching[transition.index] === 1,
      conditionHolds: (transition) => this.#conditionHolds(transition),
    });
  }

  /**
   * A condition that cannot be evaluated is false and reported (W3C 5.9.1). That of an eventless transition
   * is reported once a macrostep: the error event alone would otherwise make it be evaluated for ever.
   */
  #conditionHolds(transition: Transition, reported?: Set<number>): boolean {
    if (!transition.cond) return true;
    try {
      return this.#runtime.data.condition(transition.cond.slot);
    } catch (fault) {
      if (reported?.has(transition.index)) return false;
      reported?.add(transition.index);
      this.#runtime.fault(fault, { element: 'transition', at: transition.at, use: 'condition' });
      return false;
    }
  }

  #exitStates(plan: MicrostepPlan): void {
    if (plan.history.length > 0) this.#state.history = new Map([...this.#state.history, ...plan.history]);
    for (const state of plan.exit) this.#exitState(state);
  }

  /** W3C 409: a state is active while its own onexit runs, and no longer in its parent's. */
  #exitState(index: number): void {
    const state = stateAt(this.#document, index);
    for (const block of state.onexit) this.#run(block);
    cancelInvokes(index, this.#runtime);
    this.#state.configuration.delete(index);
    this.#state.statesToInvoke.delete(index);
    this.#publishConfiguration();
    this.#runtime.trace({ kind: 'state_exit', name: state.id });
  }

  /** ORS: a transition runs in the scope of its source, so scopes end after its content (genesys-facts 2.3). */
  #executeTransitionContent(plan: MicrostepPlan): void {
    for (const transition of plan.transitions) {
      this.#runtime.trace({
        kind: 'transition',
        source: stateAt(this.#document, transition.source).id,
        targets: transition.targets.map((target) => stateAt(this.#document, target).id),
        line: transition.at.line,
      });
      this.#run(transition.content);
    }
    for (const state of plan.exit) this.#runtime.data.exitScope(state);
  }

  #enterStates(plan: MicrostepPlan): void {
    for (const { state: index, initial, historyDefault } of plan.entry) {
      const state = stateAt(this.#document, index);
      this.#state.configuration.add(index);
      this.#state.statesToInvoke.add(index);
      this.#publishConfiguration();
      this.#runtime.data.enterScope(index);
      initializeLate(index, this.#runtime, this.#params);
      this.#runtime.trace({ kind: 'state_enter', name: state.id });
      for (const block of state.onentry) this.#run(block);
      if (initial) this.#run(initial.content);
      if (historyDefault) this.#run(historyDefault.content);
      if (state.kind !== 'final') continue;
      if (state.parent === 0) this.#running = false;
      else raiseDoneEvents(index, this.#runtime);
    }
  }

  #startInvokes(): void {
    if (!this.#running) return;
    const states = this.#state.statesToInvoke.toArray();
    this.#state.statesToInvoke.clear();
    for (const state of states) {
      for (const invoke of stateAt(this.#document, state).invokes) startInvoke(invoke, this.#runtime);
    }
  }

  /**
   * D, procedure exitInterpreter: all states are left, and what was armed or invoked ends with the session.
   * Differs: an ended session goes on showing the configuration that it ended in.
   */
  #exitInterpreter(): void {
    const ended = this.#state.configuration.copy();
    const final = this.#state.configuration
      .toArray()
      .find(
        (index) =>
          stateAt(this.#document, index).kind === 'final' && stateAt(this.#document, index).parent === 0,
      );
    for (const index of this.#state.configuration.toArray().reverse()) {
      this.#exitState(index);
      if (index === final)
        this.#state.donedata = evaluateDoneData(stateAt(this.#document, index).donedata, this.#runtime);
    }
    this.#state.configuration = ended;
    if (this.#state.status === 'running') this.#state.status = 'completed';
    this.#release();
  }

  #fail(failure: SessionFailure): void {
    this.#running = false;
    this.#state.status = 'failed';
    this.#state.reason = failure.message;
    this.#runtime.trace({ kind: 'failed', reason: failure.message });
    this.#release();
  }

  #release(): void {
    this.#state.internalQueue.length = 0;
    this.#state.externalQueue.length = 0;
    for (const key of [...this.#state.pending.keys()]) this.#runtime.disarm(key);
    for (const [invokeId, { childId }] of [...this.#state.invokes]) {
      this.#state.invokes.delete(invokeId);
      this.#runtime.emit({ kind: 'uninvoke', key: this.#runtime.nextId('effect'), invokeId, childId });
    }
  }

  #run(block: Block): void {
    if (block.length === 0) return;
    runBlock(block, this.#runtime);
    this.#runtime.performRealmRequests();
  }

  #publishConfiguration(): void {
    if (this.#runtime.data.usesConfiguration) this.#runtime.data.setConfiguration(this.configuration);
  }
}

/** Value of `_ioprocessors` (W3C C.1, C.2). */
function ioProcessors(state: ExecutionState): Json {
  const location = `#_scxml_${state.sessionId}`;
  const http =
    state.baseUrl === '' ? undefined : `${state.baseUrl}/scxml/session/${state.sessionId}/basichttp`;
  return {
    [SCXML_PROCESSOR]: { location },
    scxml: { location },
    ...(http !== undefined && { [BASIC_HTTP_PROCESSOR]: { location: http }, basichttp: { location: http } }),
  };
}
