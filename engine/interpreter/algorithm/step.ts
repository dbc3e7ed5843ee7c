import type { Json } from '../../ports/index.ts';
import { type FaultLocation, faultEvent } from '../content/contentFault.ts';
import type { ContentHost, SendRequest } from '../content/contentHost.ts';
import type { DataSession } from '../datamodel/datamodel.ts';
import { DatamodelFault } from '../datamodel/fault.ts';
import type { Document, ExtensionElement } from '../document/model.ts';
import type { Effect } from '../effects.ts';
import { type EventFields, EventType, eventOf, type ScxmlEvent } from '../event.ts';
import type { StartOptions, StepOptions } from '../execution.ts';
import { FiguresMissing, figuresText } from '../figures.ts';
import { SessionFailure } from '../limits.ts';
import { performExtension } from '../ors/performExtension.ts';
import { performRealmRequest } from '../ors/realmRequests.ts';
import type { ExecutionState } from './executionState.ts';
import { cancelSends, performSend, type SendingStep } from './sends.ts';
import type { StateSet } from './stateSet.ts';
import { NO_OBSERVER, RecordingObserver, type StepObserver } from './stepObserver.ts';

/** Part of MAX_CODE_STEPS that error handlers may spend after code has spent all of it. */
const GAS_RESERVE = 0.1;

/** Level of a log of a fault that the document does not handle (ors-dialect 2.2). */
const ERROR_LEVEL = '2';

/** The session that a step belongs to. */
export interface SteppedSession {
  readonly document: Document;
  readonly state: ExecutionState;
  readonly data: DataSession;
  /** Start parameters, for the first step. */
  readonly params: StartOptions['params'];
}

/**
 * One step of one session. Holds the global variables of W3C SCXML D that live no longer than a step, and the
 * effects so far. Everything that executable content does to its session goes through here.
 */
export class Step implements ContentHost, SendingStep {
  readonly document: Document;
  readonly data: DataSession;
  readonly state: ExecutionState;
  readonly params: NonNullable<StartOptions['params']>;
  readonly observer: StepObserver;
  readonly now: number;
  readonly reaches: StepOptions['reaches'];
  /** Emitted so far. */
  readonly effects: Effect[] = [];
  /** D: false when the session ends with this step. */
  running = true;
  /** D: states that were entered in this macrostep and have invokes, in entry order. */
  statesToInvoke: number[] = [];
  /**
   * The active states in the course of a microstep. Undefined between microsteps, and when no code can ask.
   */
  activeStates: StateSet | undefined;
  loopsBack = false;
  readonly #internalQueue: ScxmlEvent[] = [];
  /** Eventless transitions whose condition failed in this macrostep. */
  #reported: Set<number> | undefined;
  #reserveUsed = false;
  readonly #mayAsk: boolean;

  constructor(
    { document, state, data, params }: SteppedSession,
    { now, onRecord, reaches, figures }: StepOptions,
  ) {
    this.document = document;
    this.state = state;
    this.data = data;
    this.params = params ?? {};
    this.now = now;
    this.reaches = reaches;
    this.observer = onRecord === undefined ? NO_OBSERVER : new RecordingObserver(document, onRecord);
    this.#fuel(state.limits.MAX_CODE_STEPS);
    this.#mayAsk = figures !== undefined;
    data.setFigures(figures === undefined ? '' : figuresText(figures));
  }

  get sessionId(): string {
    return this.state.sessionId;
  }

  get isObserved(): boolean {
    return this.observer !== NO_OBSERVER;
  }

  nextId(prefix: string): string {
    this.state.counter += 1;
    return prefix + this.state.counter;
  }

  emit(effect: Effect): void {
    this.observer.effectEmitted(effect);
    this.effects.push(effect);
  }

  // ---- the queues

  raise(name: string, data: Json | undefined): void {
    this.#enqueueInternal(eventOf(EventType.INTERNAL, { name, data }));
  }

  raiseInternal(event: EventFields): void {
    this.#enqueueInternal(eventOf(EventType.INTERNAL, event));
  }

  raisePlatform(name: string, data: Json | undefined, sendid?: string): void {
    this.#enqueueInternal(eventOf(EventType.PLATFORM, { name, data, sendid }));
  }

  get hasInternalEvent(): boolean {
    return this.#internalQueue.length > 0;
  }

  dequeueInternal(): ScxmlEvent | undefined {
    return this.#internalQueue.shift();
  }

  queueExternal(event: EventFields): void {
    this.state.externalQueue ??= [];
    this.state.externalQueue.push(eventOf(EventType.EXTERNAL, event));
  }

  dequeueExternal(): ScxmlEvent | undefined {
    const { state } = this;
    const event = state.externalQueue?.shift();
    if (state.externalQueue?.length === 0) state.externalQueue = undefined;
    return event;
  }

  #enqueueInternal(event: ScxmlEvent): void {
    const limit = this.state.limits.MAX_INTERNAL_EVENTS;
    if (this.#internalQueue.length >= limit) {
      throw new SessionFailure(
        'MAX_INTERNAL_EVENTS',
        `more than ${limit} events wait on the internal queue; the last is '${event.name}'`,
      );
    }
    this.#internalQueue.push(event);
  }

  // ---- faults

  fault(fault: unknown, location: FaultLocation): void {
    const event = faultEvent(this.document, fault, location);
    if (fault instanceof DatamodelFault && fault.limit === 'MAX_CODE_STEPS') this.#useReserve(fault);
    this.observer.errorRaised(event);
    this.raisePlatform(event.name, event.data, event.sendid);
  }

  /**
   * Logs an error event that no transition takes, whatever queue it came by, because nothing else would show
   * the fault. Code that ran too long ends its session when the document does not handle that: its work is
   * missing, and nothing repairs it.
   */
  reportUnhandled(event: ScxmlEvent): void {
    if (!event.name.startsWith('error.')) return;
    const text = this.#logUnhandled(event);
    if (event.type === EventType.PLATFORM && fieldOf(event.data, 'limit') === 'MAX_CODE_STEPS') {
      throw new SessionFailure('MAX_CODE_STEPS', text);
    }
  }

  /** The session ends: the error events that it did not come to are not handled. */
  reportUnread(): void {
    for (const event of this.#internalQueue.splice(0)) {
      if (event.name.startsWith('error.')) this.#logUnhandled(event);
    }
  }

  #logUnhandled(event: ScxmlEvent): string {
    const text = `Not handled: ${reasonOf(event)}`;
    this.emit({ kind: 'log', label: event.name, level: ERROR_LEVEL, text });
    return text;
  }

  /**
   * True the first time in a macrostep: the condition of an eventless transition is evaluated many times in
   * it.
   */
  isFirstReport(transition: number): boolean {
    this.#reported ??= new Set();
    if (this.#reported.has(transition)) return false;
    this.#reported.add(transition);
    return true;
  }

  forgetReports(): void {
    this.#reported = undefined;
  }

  #useReserve(fault: DatamodelFault): void {
    if (this.#reserveUsed) throw new SessionFailure('MAX_CODE_STEPS', fault.message);
    this.#reserveUsed = true;
    this.refuel();
  }

  /** Gives gas to handle a fault, or to read the data of a session that failed because it had none left. */
  refuel(): void {
    this.#fuel(Math.ceil(this.state.limits.MAX_CODE_STEPS * GAS_RESERVE));
  }

  /** The random numbers of a step follow from the seed of the session. */
  #fuel(gas: number): void {
    if (this.document.expressions.length === 0) return;
    const { state } = this;
    state.seed = (Math.imul(state.seed, 1_664_525) + 1_013_904_223) >>> 0;
    this.data.beginStep({ now: this.now, seed: state.seed, gas });
  }

  // ---- for executable content

  send(request: SendRequest): void {
    performSend(request, this);
  }

  cancel(sendid: string): boolean {
    return cancelSends(sendid, this);
  }

  parentSession(): { readonly sessionId: string; readonly invokeId: string } | undefined {
    return this.state.parent;
  }

  invokedSession(invokeId: string): string | undefined {
    const running = [...(this.state.invokes ?? [])];
    return running.findLast(([, invoke]) => invoke.invokeId === invokeId)?.[0];
  }

  performExtension(module: string, element: ExtensionElement): void {
    performExtension(module, element, this);
  }

  performRealmRequests(): void {
    // Only the ORS dialect has functions that make requests.
    if (this.document.dialect !== 'ors') return;
    for (const request of this.data.drainRequests()) performRealmRequest(request, this);
  }

  /** Throws FiguresMissing when code asked for values that the step was not given. */
  requireFigures(): void {
    if (!this.#mayAsk) return;
    const asks = this.data.takeAsks();
    if (asks.length > 0) throw new FiguresMissing(asks);
  }
}

/**
 * The reason of an error event, with its location before it: `file:line:column: <send>: no target`. The data
 * of an event that others made are shown as they are.
 */
function reasonOf({ data, invokeid }: ScxmlEvent): string {
  const description = fieldOf(data, 'description');
  const invoke = invokeid === undefined ? '' : `invoke '${invokeid}': `;
  if (typeof description !== 'string') return `${invoke}${JSON.stringify(data) ?? 'no data'}`;
  const element = fieldOf(data, 'element');
  // The location of the code is more exact than that of the element, which may have called it.
  const code = fieldOf(data, 'code');
  const place = code ?? data;
  const [document, line, column] = ['document', 'linenumber', 'column'].map((name) => fieldOf(place, name));
  const at = document === undefined ? '' : `${[document, line, column].filter(isPresent).join(':')}: `;
  const from =
    code === undefined || element === 'script' ? '' : ` of line ${String(fieldOf(data, 'linenumber'))}`;
  return `${at}${element === undefined ? '' : `<${String(element)}>${from}: `}${invoke}${description}`;
}

function isPresent(value: Json | undefined): boolean {
  return value !== undefined;
}

function fieldOf(data: Json | undefined, name: string): Json | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  return (data as { readonly [name: string]: Json | undefined })[name];
}
