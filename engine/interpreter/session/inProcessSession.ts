import { defined, type Json, pushAll } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { UntypedEvent } from '../event.ts';
import type { Execution, ExecutionStatus, StepInput, StepRecord } from '../execution.ts';
import { doneData } from '../ors/doneData.ts';
import type {
  EffectListener,
  EndListener,
  InvokedStart,
  Receiver,
  RecordListener,
  Session,
  SessionEvent,
  Snapshot,
  WaitingInput,
} from './contract.ts';
import type { Family } from './family.ts';
import type { InvokingSession } from './invokedSession.ts';
import { InvokedSessions } from './invokedSessions.ts';
import { SessionEffects } from './sessionEffects.ts';
import { SessionListeners } from './sessionListeners.ts';
import { SessionTimers } from './sessionTimers.ts';
import { toJson } from './toJson.ts';

/**
 * Steps that one call runs. A session that never stops continues from a timer, so that other code can run.
 */
export const MAX_STEPS_PER_CALL = 10_000;

/** The session that invoked this one, and by which invoke. */
export interface Invoker {
  readonly session: InProcessSession;
  readonly invokeId: string;
}

export interface InProcessSessionParts {
  readonly family: Family;
  readonly document: Document;
  readonly execution: Execution;
  readonly invoker?: Invoker;
  /** False: inputs wait until takeNext() (the stepper). Absent: true. */
  readonly autorun?: boolean;
}

/**
 * IS1. Steps are serial: an input that comes while a step runs waits in the inbox.
 * IS2. The effects of a step are performed before the next step.
 * IS3. Timers that are due together are in the inboxes before one of their sessions runs.
 * IS4. A listener that throws stops nothing; the call that caused the step throws the error.
 */
export class InProcessSession implements Session, Receiver, InvokingSession {
  readonly document: Document;
  donedata: Json | undefined;
  reason: string | undefined;
  readonly #family: Family;
  readonly #execution: Execution;
  readonly #invoker: Invoker | undefined;
  readonly #autorun: boolean;
  readonly #timers: SessionTimers;
  readonly #listeners: SessionListeners;
  readonly #invoked: InvokedSessions;
  readonly #effects: SessionEffects;
  #inbox: WaitingInput[] = [];
  #isStarted = false;
  #isStepping = false;
  #isEnded = false;
  #isCancelled = false;

  constructor({ family, document, execution, invoker, autorun = true }: InProcessSessionParts) {
    this.document = document;
    this.#family = family;
    this.#execution = execution;
    this.#invoker = invoker;
    this.#autorun = autorun;
    this.#timers = new SessionTimers(execution.sessionId, family.timers, (key) =>
      this.take({ kind: 'timer', key }),
    );
    this.#listeners = new SessionListeners(invoker === undefined ? undefined : invoker.session.#listeners);
    this.#invoked = new InvokedSessions(this, family);
    this.#effects = new SessionEffects({
      session: this,
      family,
      timers: this.#timers,
      listeners: this.#listeners,
      invoked: this.#invoked,
      invoker: invoker && { sessionId: invoker.session.id, invokeId: invoker.invokeId },
    });
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

  /** Inputs that wait: while a step runs, or for takeNext(). */
  get inbox(): readonly WaitingInput[] {
    return this.#inbox;
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** The running sessions that it invoked, by the ids of their invokes. */
  get invoked(): ReadonlyMap<string, InProcessSession> {
    const found = new Map<string, InProcessSession>();
    for (const [invokeId, session] of this.#invoked.opened()) {
      if (session instanceof InProcessSession) found.set(invokeId, session);
    }
    return found;
  }

  start(): void {
    if (this.#isStarted) throw new Error(`Expected start() once, but session ${this.id} was started before.`);
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

  /** The invoking session left the state of the invoke: this session ends without telling it. */
  cancel(): void {
    // W3C 236: a session that has ended by itself still sends its done event.
    if (this.status !== 'running') return;
    this.#isCancelled = true;
    this.take({ kind: 'terminate', reason: 'its invoke was cancelled' });
  }

  data(): Json {
    return this.#execution.data();
  }

  snapshot(): Snapshot {
    this.#mustBeStarted('snapshot');
    if (this.#isStepping) throw new Error('Expected snapshot() between two steps, got it while a step runs.');
    const invoked = this.#invoked.snapshots();
    return {
      version: 2,
      seed: this.#family.seed,
      execution: this.#execution.snapshot(),
      ...defined({
        timers: this.#timers.dueTimes(),
        timerOrder: this.#invoker === undefined ? this.#family.timers.order() : undefined,
        inbox: this.#inbox.length > 0 ? [...this.#inbox] : undefined,
        invoked: invoked.length > 0 ? invoked : undefined,
      }),
    };
  }

  /** Continues from the snapshot: arms its timers and opens its invoked sessions. */
  resume(snapshot: Snapshot): void {
    const { timers = {}, timerOrder, inbox = [] } = snapshot;
    this.#begin();
    if (timerOrder !== undefined) this.#family.timers.restore(timerOrder);
    if (this.status !== 'running') this.#showEnd();
    for (const [key, dueAt] of Object.entries(timers)) this.#timers.arm(key, dueAt);
    for (const invoked of invokedIn(snapshot)) this.#invoked.add(invoked);
    pushAll(this.#inbox, inbox);
    if (this.#inbox.length > 0 && this.#autorun) this.#runLater();
  }

  onEffect(listener: EffectListener): () => void {
    return this.#listeners.onEffect(listener);
  }

  onRecord(listener: RecordListener): () => void {
    return this.#listeners.onRecord(listener);
  }

  onEnd(listener: EndListener): () => void {
    return this.#listeners.onEnd(listener);
  }

  settled(): Promise<void> {
    return this.#family.settled();
  }

  take(input: WaitingInput): void {
    if (this.#isEnded) return;
    // A timer that is fired before it is due must not fire again.
    if (input.kind === 'timer') this.#timers.disarm(input.key);
    this.#inbox.push(input);
    if (!this.#autorun) return;
    if (this.#family.waiting === undefined) this.#run();
    else this.#family.waiting.set(this.id, () => this.#run());
  }

  /** Takes one step. False when no input waits. */
  takeNext(): boolean {
    if (this.#inbox.length === 0) return false;
    this.#takeSteps(1);
    return true;
  }

  /** This session, one of its family, or one of its directory. */
  reach(id: string): Receiver | undefined {
    return id === this.id ? this : this.#family.find(id);
  }

  openInvoked(document: Document, start: InvokedStart, stored: Snapshot | undefined): InProcessSession {
    const { id, invokeId, params } = start;
    const { executions, limits } = this.#family;
    const program = this.#family.programOf(document);
    const execution = stored
      ? executions.restore(program, stored.execution, limits)
      : executions.start(program, {
          sessionId: id,
          seed: this.#family.seedOf(id),
          params,
          parent: { sessionId: this.id, invokeId },
          ...defined({ limits }),
        });
    const invoker = { session: this, invokeId };
    return new InProcessSession({ family: this.#family, document, execution, invoker });
  }

  invokedEnded(id: string, event: UntypedEvent | undefined): void {
    this.#invoked.remove(id);
    if (event) this.take({ kind: 'event', event });
  }

  // ---- steps

  #begin(): void {
    this.#isStarted = true;
    if (!this.#invoker) this.#family.directory.add(this.id, this);
  }

  #mustBeStarted(method: string): void {
    if (!this.#isStarted) throw new Error(`Expected start() before ${method}() of session ${this.id}.`);
  }

  #run(): void {
    if (this.#isStepping) return;
    this.#takeSteps(MAX_STEPS_PER_CALL);
  }

  #takeSteps(limit: number): void {
    const { isHeld } = this.#family.ports;
    let held = false;
    this.#isStepping = true;
    try {
      for (let steps = 0; steps < limit && this.#inbox.length > 0; steps++) {
        held = isHeld?.() === true;
        if (held) break;
        this.#step(this.#inbox.shift()!);
      }
    } finally {
      this.#isStepping = false;
    }
    if (this.#inbox.length > 0 && this.#autorun && !held) this.#runLater();
    this.#listeners.throwFault();
  }

  #runLater(): void {
    const { clock } = this.#family;
    clock.at(clock.now(), () => this.#run());
  }

  #step(input: StepInput): void {
    const listeners = this.#listeners;
    const tellRecord = (record: StepRecord): void => listeners.tellRecord(record, this);
    const outcome = this.#execution.step(input, {
      now: this.#family.clock.now(),
      reaches: this.#family.reaches,
      ...defined({ onRecord: listeners.hearsRecords ? tellRecord : undefined }),
    });
    if (outcome.more) this.#inbox.unshift({ kind: 'continue' });
    for (const effect of outcome.effects) this.#effects.perform(effect);
    if (outcome.status === 'running' || this.#isEnded) return;
    this.donedata = outcome.donedata;
    this.reason = outcome.reason;
    this.#end();
  }

  #end(): void {
    this.#isEnded = true;
    const untaken = this.#inbox;
    this.#inbox = [];
    this.#timers.disarmAll();
    if (this.#invoker) {
      const { session, invokeId } = this.#invoker;
      this.#family.remove(this.id);
      session.invokedEnded(this.id, this.#isCancelled ? undefined : this.#endEvent(invokeId));
    } else {
      this.#family.directory.remove(this.id, this);
    }
    this.#family.tellUntaken(untaken);
    this.#listeners.tellEnd(this);
  }

  /** For a session that was restored after its end: a step of it changes nothing and returns how it ended. */
  #showEnd(): void {
    this.#isEnded = true;
    const outcome = this.#execution.step({ kind: 'continue' }, { now: this.#family.clock.now() });
    this.donedata = outcome.donedata;
    this.reason = outcome.reason;
  }

  /**
   * W3C 6.4: done.invoke.id, after all other events of this session. Without it, the invoking session would
   * wait.
   */
  #endEvent(invokeId: string): UntypedEvent {
    if (this.status === 'completed') {
      const data = doneData(this.document.dialect, this.donedata, { sessionId: this.id });
      return { name: `done.invoke.${invokeId}`, invokeid: invokeId, ...defined({ data }) };
    }
    const description = `the invoked session ${this.id} ${this.status}: ${this.reason ?? 'no reason given'}`;
    return { name: 'error.communication', invokeid: invokeId, data: { description } };
  }
}

function toEvent(event: SessionEvent): UntypedEvent {
  if (typeof event === 'string') return { name: event };
  const { data, ...others } = event;
  return { ...others, ...defined({ data: toJson(data, `the data of event '${event.name}'`) }) };
}

/** Version 1 of the snapshot had the name `children`. */
function invokedIn(
  snapshot: Snapshot & { readonly children?: Snapshot['invoked'] },
): NonNullable<Snapshot['invoked']> {
  return snapshot.invoked ?? snapshot.children ?? [];
}
