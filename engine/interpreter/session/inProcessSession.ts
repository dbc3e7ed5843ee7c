import { assertNever, type Json } from '../../ports/index.ts';
import { sendFailed } from '../content/sendFailed.ts';
import type { Document } from '../document/model.ts';
import type { Effect, InvokeEffect, ModuleEffect, SendEffect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import type { Execution, ExecutionStatus, StepInput, StepOptions, TraceRecord } from '../execution.ts';
import { doneData } from '../ors/doneData.ts';
import type {
  ChildSnapshot,
  EffectListener,
  Receiver,
  Session,
  SessionEvent,
  Snapshot,
  TraceListener,
} from './contract.ts';
import type { Family } from './family.ts';
import { InvokedChild } from './invokedChild.ts';
import { notPerformed } from './notPerformed.ts';
import { compileProgram } from './sessionExecution.ts';
import { toJson } from './toJson.ts';

/** Steps that one call runs; a document that goes on for ever goes on from an alarm, and the caller gets his turn. */
export const MAX_STEPS_PER_CALL = 10_000;

/** The session that invoked this one. */
export interface Parent {
  readonly session: InProcessSession;
  readonly invokeId: string;
}

export interface NewSession {
  readonly family: Family;
  readonly document: Document;
  readonly execution: Execution;
  readonly parent?: Parent;
}

/**
 * S1. Steps are serial: what comes while one runs waits in the inbox.
 * S2. What a step asked for is performed before the next step.
 * S3. A listener that throws stops nothing; its error leaves the call that caused the step.
 */
export class InProcessSession implements Session, Receiver {
  /** False: inputs wait until `takeNext` (the stepper). */
  autorun = true;
  donedata: Json | undefined;
  reason: string | undefined;
  readonly document: Document;
  readonly #family: Family;
  readonly #execution: Execution;
  readonly #parent: Parent | undefined;
  #inbox: StepInput[] = [];
  #timers: Map<string, { readonly dueAt: number; readonly cancel: () => void }> | undefined;
  #children: Map<string, InvokedChild> | undefined;
  #effectListeners: Set<EffectListener> | undefined;
  #traceListeners: Set<TraceListener> | undefined;
  #endListeners: Set<(session: Session) => void> | undefined;
  #fault: { readonly error: unknown } | undefined;
  #started = false;
  #busy = false;
  #ended = false;
  #quiet = false;

  constructor({ family, document, execution, parent }: NewSession) {
    this.#family = family;
    this.document = document;
    this.#execution = execution;
    this.#parent = parent;
  }

  get id(): string {
    return this.#execution.sessionId;
  }

  get status(): ExecutionStatus {
    return this.#execution.status;
  }

  get configuration(): ReadonlySet<string> {
    return new Set(this.#execution.configuration);
  }

  /** Inputs that wait: none but while a step runs, or for the stepper. */
  get inbox(): readonly StepInput[] {
    return this.#inbox;
  }

  start(): void {
    if (this.#started) throw new Error(`Expected start() once, but session ${this.id} was started before.`);
    this.#begin();
    this.take({ kind: 'start' });
  }

  send(event: SessionEvent): void {
    this.#mustBeStarted('send');
    this.take({ kind: 'event', event: toEvent(event) });
  }

  terminate(reason = 'terminated'): void {
    this.#mustBeStarted('terminate');
    this.take({ kind: 'terminate', reason });
  }

  /** Its parent has left the invoking state: it tells the parent nothing. */
  cancel(): void {
    // W3C 236: one that has ended by itself, and is still saying so, was not cancelled.
    if (this.status !== 'running') return;
    this.#quiet = true;
    this.take({ kind: 'terminate', reason: 'its invoke was cancelled' });
  }

  data(): Json {
    return this.#execution.data();
  }

  snapshot(): Snapshot {
    this.#mustBeStarted('snapshot');
    if (this.#busy) throw new Error('Expected snapshot() between two steps, got it while a step runs.');
    const timers = [...(this.#timers ?? [])].map(([key, { dueAt }]) => [key, dueAt] as const);
    const children: ChildSnapshot[] = [...(this.#children?.values() ?? [])].map((child) => child.snapshot());
    return {
      version: 1,
      seed: this.#family.seed,
      execution: this.#execution.snapshot(),
      ...(timers.length > 0 && { timers: Object.fromEntries(timers) }),
      ...(this.#inbox.length > 0 && { inbox: [...this.#inbox] }),
      ...(children.length > 0 && { children }),
    };
  }

  /** Goes on as `snapshot` says: timers are armed, invoked sessions come back. */
  resume(snapshot: Snapshot): void {
    this.#begin();
    if (this.status !== 'running') this.#showEnd();
    for (const [key, dueAt] of Object.entries(snapshot.timers ?? {})) this.#arm(key, dueAt);
    for (const child of snapshot.children ?? []) this.#addChild(new InvokedChild(this, this.#family, child));
    this.#inbox.push(...(snapshot.inbox ?? []));
    if (this.#inbox.length > 0 && this.autorun) this.#goOnLater();
  }

  onEffect(listener: EffectListener): () => void {
    this.#effectListeners ??= new Set();
    return listen(this.#effectListeners, listener);
  }

  onTrace(listener: TraceListener): () => void {
    this.#traceListeners ??= new Set();
    return listen(this.#traceListeners, listener);
  }

  onEnd(listener: (session: Session) => void): () => void {
    this.#endListeners ??= new Set();
    return listen(this.#endListeners, listener);
  }

  settled(): Promise<void> {
    return this.#family.settled();
  }

  take(input: StepInput): void {
    if (this.#ended) return;
    this.#inbox.push(input);
    if (this.autorun) this.#run();
  }

  /** Takes one step. False when nothing waits. */
  takeNext(): boolean {
    const next = this.#inbox.shift();
    if (!next) return false;
    this.#busy = true;
    try {
      this.#step(next);
    } finally {
      this.#busy = false;
    }
    this.#throwFault();
    return true;
  }

  /** A session of this one's family, or of its directory. */
  reach(id: string): Receiver | undefined {
    return id === this.id ? this : this.#family.find(id);
  }

  /** A child that could not start, or that ended. */
  childEnded(id: string, event: Omit<ScxmlEvent, 'type'> | undefined): void {
    this.#children?.delete(id);
    if (event) this.take({ kind: 'event', event });
  }

  #begin(): void {
    this.#started = true;
    if (!this.#parent) this.#family.directory.add(this.id, this);
  }

  #mustBeStarted(method: string): void {
    if (!this.#started) throw new Error(`Expected start() before ${method}() of session ${this.id}.`);
  }

  #run(): void {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let steps = 0; this.#inbox.length > 0; steps++) {
        if (steps === MAX_STEPS_PER_CALL) {
          this.#goOnLater();
          break;
        }
        this.#step(this.#inbox.shift()!);
      }
    } finally {
      this.#busy = false;
    }
    this.#throwFault();
  }

  #goOnLater(): void {
    const { clock } = this.#family;
    clock.at(clock.now(), () => this.#run());
  }

  #throwFault(): void {
    const fault = this.#fault;
    if (!fault) return;
    this.#fault = undefined;
    throw fault.error;
  }

  /** A session that had ended says again how: a step of it changes nothing. */
  #showEnd(): void {
    this.#ended = true;
    const outcome = this.#execution.step({ kind: 'continue' }, { now: this.#family.clock.now() });
    this.donedata = outcome.donedata;
    this.reason = outcome.reason;
  }

  #step(input: StepInput): void {
    const options: StepOptions = {
      now: this.#family.clock.now(),
      reaches: this.#family.reaches,
      ...(this.isTraced() && { trace: (record: TraceRecord) => this.tellTrace(record, this) }),
    };
    const outcome = this.#execution.step(input, options);
    if (outcome.more) this.#inbox.unshift({ kind: 'continue' });
    for (const effect of outcome.effects) this.#perform(effect);
    if (outcome.status === 'running' || this.#ended) return;
    this.donedata = outcome.donedata;
    this.reason = outcome.reason;
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#inbox = [];
    for (const { cancel } of this.#timers?.values() ?? []) cancel();
    this.#timers = undefined;
    if (this.#parent) {
      this.#family.remove(this.id);
      this.#parent.session.childEnded(this.id, this.#quiet ? undefined : this.#parentEvent(this.#parent));
    } else {
      this.#family.directory.remove(this.id, this);
    }
    for (const listener of this.#endListeners ?? []) this.#guard(() => listener(this));
  }

  /** W3C 6.4: done.invoke.id, after everything else that the child sent. One that failed will never be done. */
  #parentEvent({ invokeId }: Parent): Omit<ScxmlEvent, 'type'> {
    if (this.status === 'completed') {
      const data = doneData(this.document.dialect, this.donedata, { sessionId: this.id });
      return {
        name: `done.invoke.${invokeId}`,
        invokeid: invokeId,
        ...(data !== undefined && { data }),
      };
    }
    const description = `the invoked session ${this.id} ${this.status}: ${this.reason ?? 'no reason given'}`;
    return { name: 'error.communication', invokeid: invokeId, data: { description } };
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'arm':
        this.#arm(effect.key, effect.dueAt);
        return;
      case 'disarm':
        this.#timers?.get(effect.key)?.cancel();
        this.#timers?.delete(effect.key);
        return;
      case 'send':
        if (effect.type === 'scxml') this.#send(effect);
        else this.#performOutside(effect);
        return;
      case 'invoke':
        this.#invoke(effect);
        return;
      case 'uninvoke':
        this.#children?.get(effect.childId)?.cancel();
        return;
      case 'module':
        this.#performOutside(effect);
        return;
      case 'respond':
      case 'log':
        this.tellEffect(effect, this);
        return;
      default:
        assertNever(effect);
    }
  }

  #arm(key: string, dueAt: number): void {
    const cancel = this.#family.clock.at(dueAt, () => {
      this.#timers?.delete(key);
      this.take({ kind: 'timer', key });
    });
    this.#timers ??= new Map();
    this.#timers.set(key, { dueAt, cancel });
  }

  #send(effect: SendEffect): void {
    const target = this.reach(effect.target);
    if (target) target.take({ kind: 'event', event: this.#eventFor(effect) });
    else this.take({ kind: 'event', event: sendFailed(this.document.dialect, effect) });
  }

  /** W3C 6.4: whatever an invoked session sends to its parent carries the invoke's id. */
  #eventFor({ event, target }: SendEffect): Omit<ScxmlEvent, 'type'> {
    if (event.invokeid !== undefined || target !== this.#parent?.session.id) return event;
    return { ...event, invokeid: this.#parent.invokeId };
  }

  #invoke({ childId, invokeId, params, src, document, baseUrl }: InvokeEffect): void {
    const child = new InvokedChild(this, this.#family, {
      id: childId,
      invokeId,
      params,
      source:
        document === undefined ? { kind: 'url', url: src ?? '' } : { kind: 'text', text: document, baseUrl },
    });
    this.#addChild(child);
  }

  #addChild(child: InvokedChild): void {
    this.#children ??= new Map();
    this.#children.set(child.id, child);
    this.#family.add(child.id, child);
    child.open((start) => this.#openChild(start));
  }

  #openChild({ document, child }: { document: Document; child: ChildSnapshot }): InProcessSession {
    const { executions, limits } = this.#family;
    const program = compileProgram(document);
    const execution = child.session
      ? executions.restore(program, child.session.execution, limits)
      : executions.start(program, {
          sessionId: child.id,
          seed: this.#family.seedOf(child.id),
          params: child.params,
          parent: { sessionId: this.id, invokeId: child.invokeId },
          ...(limits && { limits }),
        });
    const parent = { session: this, invokeId: child.invokeId };
    return new InProcessSession({ family: this.#family, document, execution, parent });
  }

  #performOutside(effect: ModuleEffect | SendEffect): void {
    const { perform } = this.#family.ports;
    this.tellEffect(effect, this);
    if (perform) this.#guard(() => perform(effect, this));
    else if (!this.isHeard()) {
      this.take({ kind: 'event', event: notPerformed(this.document.dialect, effect) });
    }
  }

  /** True when somebody listens to effects, here or in a session that invoked this one. */
  isHeard(): boolean {
    if (this.#effectListeners && this.#effectListeners.size > 0) return true;
    return this.#parent?.session.isHeard() ?? false;
  }

  isTraced(): boolean {
    if (this.#traceListeners && this.#traceListeners.size > 0) return true;
    return this.#parent?.session.isTraced() ?? false;
  }

  tellEffect(effect: Effect, session: Session): void {
    for (const listener of this.#effectListeners ?? []) this.#guard(() => listener(effect, session));
    this.#parent?.session.tellEffect(effect, session);
  }

  tellTrace(record: TraceRecord, session: Session): void {
    for (const listener of this.#traceListeners ?? []) this.#guard(() => listener(record, session));
    this.#parent?.session.tellTrace(record, session);
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#fault ??= { error };
    }
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function toEvent(event: SessionEvent): Omit<ScxmlEvent, 'type'> {
  if (typeof event === 'string') return { name: event };
  const { data, ...others } = event;
  const json = toJson(data, `the data of event '${event.name}'`);
  return json === undefined ? others : { ...others, data: json };
}
