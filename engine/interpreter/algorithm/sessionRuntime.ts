import type { Json } from '../../ports/index.ts';
import { basicHttpPath } from '../content/basicHttp.ts';
import { type FaultPlace, faultEvent } from '../content/contentFault.ts';
import type { ContentHost, SendRequest } from '../content/contentHost.ts';
import { sendFailed } from '../content/sendFailed.ts';
import type { DataSession } from '../datamodel/datamodel.ts';
import { DatamodelFault } from '../datamodel/fault.ts';
import type { Document, ExtensionElement } from '../document/model.ts';
import type { Effect, SendEffect } from '../effects.ts';
import { EventType, type ScxmlEvent } from '../event.ts';
import type { StepOptions, TraceRecord } from '../execution.ts';
import { SessionFailure } from '../limits.ts';
import { performExtension } from '../ors/performExtension.ts';
import { performRealmRequest } from '../ors/realmRequests.ts';
import type { ExecutionState } from './executionState.ts';

/** Part of the gas that error handlers get after a script spent all of it; spending that too ends the session. */
const GAS_RESERVE = 0.1;

const NO_EFFECTS: readonly Effect[] = Object.freeze([]);

/** Of <log> and __Log in ORS (ors-dialect 2.2). */
const ERROR_LEVEL = '2';

/**
 * What executable content does to the session whose step runs now, and what the step collects. One serves all
 * sessions of a document: steps are synchronous, and between two of them it holds nothing of a session.
 */
export class SessionRuntime implements ContentHost {
  readonly document: Document;
  /** Of the session that is stepped: set by begin(). */
  data!: DataSession;
  state!: ExecutionState;
  /** Emptied by every step. */
  internalQueue: ScxmlEvent[] = [];
  tracing = false;
  readonly #hasCode: boolean;
  #now = 0;
  #effects: Effect[] | undefined;
  #reserveUsed = false;
  #trace: StepOptions['trace'];
  #reaches: StepOptions['reaches'];
  /** An event of this step is on its way from the session to itself, through the server. */
  #loopsBack = false;

  constructor(document: Document) {
    this.document = document;
    this.#hasCode = document.expressions.length > 0;
  }

  get sessionId(): string {
    return this.state.sessionId;
  }

  begin(state: ExecutionState, data: DataSession, options: StepOptions): void {
    this.state = state;
    this.data = data;
    this.tracing = options.trace !== undefined;
    this.#now = options.now;
    this.#effects = undefined;
    this.#reserveUsed = false;
    this.#trace = options.trace;
    this.#reaches = options.reaches;
    this.#loopsBack = false;
    if (this.#hasCode) this.#fuel(state.limits.MAX_CODE_STEPS);
  }

  takeEffects(): readonly Effect[] {
    return this.#effects ?? NO_EFFECTS;
  }

  trace(record: TraceRecord): void {
    this.#trace?.(record);
  }

  /** A step's random numbers follow from the session's seed alone. */
  #fuel(gas: number): void {
    const { state } = this;
    state.seed = (Math.imul(state.seed, 1_664_525) + 1_013_904_223) >>> 0;
    this.data.beginStep({ now: this.#now, seed: state.seed, gas });
  }

  nextId(prefix: string): string {
    this.state.counter += 1;
    return prefix + this.state.counter;
  }

  emit(effect: Effect): void {
    if (this.tracing) this.#traceEffect(effect);
    if (this.#effects === undefined) this.#effects = [effect];
    else this.#effects.push(effect);
  }

  #traceEffect(effect: Effect): void {
    if (effect.kind === 'log') this.trace({ kind: 'log', text: effect.text, label: effect.label });
    else this.trace({ kind: 'effect', effect: effect as unknown as Json });
  }

  raise(name: string, data: Json | undefined): void {
    this.enqueue(eventOf(EventType.INTERNAL, { name, data }));
  }

  raisePlatform(name: string, data: Json | undefined, sendid?: string): void {
    this.enqueue(eventOf(EventType.PLATFORM, { name, data, sendid }));
  }

  enqueue(event: ScxmlEvent): void {
    const limit = this.state.limits.MAX_INTERNAL_EVENTS;
    if (this.internalQueue.length >= limit) {
      throw new SessionFailure(
        'MAX_INTERNAL_EVENTS',
        `more than ${limit} events wait on the internal queue; the last is '${event.name}'`,
      );
    }
    this.internalQueue.push(event);
  }

  fault(fault: unknown, place: FaultPlace): void {
    const event = faultEvent(this.document.dialect, fault, place);
    if (fault instanceof DatamodelFault && fault.limit === 'MAX_CODE_STEPS') this.#useReserve(fault);
    if (this.tracing) this.trace({ kind: 'exec_error', event: event.name, data: event.data });
    this.raisePlatform(event.name, event.data, event.sendid);
  }

  /**
   * A fault that no transition of the document takes would otherwise leave no trace at all. Code that would
   * have run for ever, and that nobody handles, ends its session: it was not done, and nothing can make up for it.
   */
  reportUnhandled(event: ScxmlEvent): void {
    if (event.type !== EventType.PLATFORM || !event.name.startsWith('error.')) return;
    const text = `Not handled: ${JSON.stringify(event.data) ?? 'no data'}`;
    this.emit({ kind: 'log', label: event.name, level: ERROR_LEVEL, text });
    if (limitOf(event.data) === 'MAX_CODE_STEPS') throw new SessionFailure('MAX_CODE_STEPS', text);
  }

  #useReserve(fault: DatamodelFault): void {
    if (this.#reserveUsed) throw new SessionFailure('MAX_CODE_STEPS', fault.message);
    this.#reserveUsed = true;
    this.refuel();
  }

  /** Gas to handle a fault, or to read the data of a session that ended with none left. */
  refuel(): void {
    if (this.#hasCode) this.#fuel(Math.ceil(this.state.limits.MAX_CODE_STEPS * GAS_RESERVE));
  }

  send(request: SendRequest): void {
    if (request.to === 'internal') {
      this.enqueue(eventOf(EventType.INTERNAL, request.event));
      return;
    }
    if (request.delayMs > 0) {
      this.#arm(request);
      return;
    }
    if (request.to === 'other') this.#sendNow(request.effect);
    else if (this.#loopsBack) this.#queueAfterLoop(request);
    else this.queueExternal(request.event);
  }

  /** W3C 201: what a session sends to itself comes in the order it was sent, also when part of it goes by HTTP. */
  #queueAfterLoop(request: Extract<SendRequest, { to: 'self' }>): void {
    this.#sendNow({
      kind: 'send',
      key: this.nextId('effect'),
      type: 'scxml',
      target: this.sessionId,
      event: request.event,
      sendId: request.sendid,
    });
  }

  /** Puts an event on the session's own external queue. */
  queueExternal(event: Omit<ScxmlEvent, 'type'>): void {
    const { state } = this;
    state.externalQueue ??= [];
    state.externalQueue.push(eventOf(EventType.EXTERNAL, event));
  }

  #sendNow(effect: SendEffect): void {
    // W3C 252: what a cancelled child still says to its parent is ignored.
    if (this.state.status === 'terminated' && effect.target === this.state.parent?.sessionId) return;
    if (effect.type === 'basichttp' && effect.target.endsWith(basicHttpPath(this.sessionId))) {
      this.#loopsBack = true;
    }
    // W3C 496: a session known not to be there is an error at once.
    if (effect.type === 'scxml' && this.#reaches?.(effect.target) === false) {
      const { name, data, sendid } = sendFailed(this.document.dialect, effect);
      this.raisePlatform(name, data, sendid);
      return;
    }
    this.emit(effect);
  }

  #arm(request: Exclude<SendRequest, { to: 'internal' }>): void {
    const { state } = this;
    state.pending ??= new Map();
    if (state.pending.size >= state.limits.MAX_PENDING_SENDS) {
      throw new SessionFailure(
        'MAX_PENDING_SENDS',
        `more than ${state.limits.MAX_PENDING_SENDS} delayed sends wait`,
      );
    }
    const key = this.nextId('timer');
    const dueAt = this.#now + request.delayMs;
    const deliver =
      request.to === 'self'
        ? { to: request.to, event: request.event }
        : { to: request.to, effect: request.effect };
    state.pending.set(key, { sendid: request.sendid, dueAt, deliver });
    this.emit({ kind: 'arm', key, dueAt });
  }

  cancel(sendid: string): boolean {
    const { pending } = this.state;
    if (pending === undefined) return false;
    let found = false;
    for (const [key, send] of pending) {
      if (send.sendid !== sendid) continue;
      found = true;
      this.disarm(key);
    }
    return found;
  }

  disarm(key: string): void {
    this.state.pending?.delete(key);
    this.emit({ kind: 'disarm', key });
  }

  /** A timer came: its send leaves. One that was cancelled is no longer pending and does nothing. */
  fire(key: string): void {
    const pending = this.state.pending?.get(key);
    if (pending === undefined) return;
    this.state.pending!.delete(key);
    if (pending.deliver.to === 'other') this.#sendNow(pending.deliver.effect);
    else this.queueExternal(pending.deliver.event);
  }

  parentSession(): { readonly sessionId: string; readonly invokeId: string } | undefined {
    return this.state.parent;
  }

  invokedSession(invokeId: string): string | undefined {
    return this.state.invokes?.get(invokeId)?.childId;
  }

  performExtension(module: string, element: ExtensionElement): void {
    performExtension(module, element, this);
  }

  /** What in-realm functions asked for (`__Log`, `__Raise`, `setuData` ...), in order. */
  performRealmRequests(): void {
    for (const request of this.data.drainRequests()) performRealmRequest(request, this);
  }
}

function limitOf(data: Json | undefined): Json | undefined {
  if (typeof data !== 'object' || data === null || !('limit' in data)) return undefined;
  return data.limit;
}

/** One shape for all events: fields that an event does not have are undefined. */
export function eventOf(
  type: EventType,
  event: { readonly [K in Exclude<keyof ScxmlEvent, 'type'>]?: ScxmlEvent[K] | undefined } & {
    readonly name: string;
  },
): ScxmlEvent {
  return {
    name: event.name,
    type,
    data: event.data,
    sendid: event.sendid,
    origin: event.origin,
    origintype: event.origintype,
    invokeid: event.invokeid,
    raw: event.raw,
    xml: event.xml,
    facts: event.facts,
  } as ScxmlEvent;
}
