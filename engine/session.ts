import { randomSeed, randomSessionId, realClock } from './defaultPorts.ts';
import { loadDocument, parseDocument } from './document/load.ts';
import type { Document } from './document/model.ts';
import type { Effect, InvokeEffect, SendEffect } from './effects.ts';
import { assertNever } from './errors.ts';
import type { Json, ScxmlEvent } from './event.ts';
import type {
  Execution,
  ExecutionSnapshot,
  ExecutionStatus,
  Limits,
  StartOptions,
  StepInput,
  TraceRecord,
} from './execution.ts';
import type { Clock, FetchText } from './ports.ts';
import { sendFailed } from './sendFailed.ts';
import { compileProgram, restoreExecution, startExecution } from './sessionExecution.ts';

export interface SessionOptions {
  /** Absent: a random one. */
  readonly id?: string;
  readonly params?: { readonly [name: string]: Json | undefined };
  /** Absent: the process's clock. */
  readonly clock?: Clock;
  /** Reads documents that <invoke src> names. */
  readonly fetchText?: FetchText;
  readonly limits?: Partial<Limits>;
  readonly trace?: (record: TraceRecord) => void;
  readonly seed?: number;
}

/** One session in memory, with the sessions that it invokes. For many durable ones see engine/host. */
export interface Session {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** Ids of all active states, ancestors included. */
  readonly configuration: ReadonlySet<string>;
  /** What its top-level final state returned. */
  readonly donedata: Json | undefined;
  /** Why it was terminated or failed. */
  readonly reason: string | undefined;
  /** Runs to the first stable configuration before it returns. */
  start(): void;
  /** Processes an external event, to a stable configuration, before it returns. */
  send(event: string | Omit<ScxmlEvent, 'type'>): void;
  terminate(reason?: string): void;
  data(): Json;
  snapshot(): ExecutionSnapshot;
  /** Called for every effect that the session itself does not perform: modules, responses, HTTP sends, logs. */
  onEffect(listener: (effect: Effect) => void): void;
  /** Called once when it ended. */
  onEnd(listener: (session: Session) => void): void;
}

/** Makes a session of a document; `start()` begins it. With no options it is self-contained. */
export function createSession(document: Document, options: SessionOptions = {}): Session {
  const group = new SessionGroup(options);
  return group.create(document, { id: options.id ?? randomSessionId(), params: options.params });
}

/** A session as a snapshot says. Pending sends are armed again; invoked children are not part of it. */
export function restoreSession(
  document: Document,
  snapshot: ExecutionSnapshot,
  options: SessionOptions = {},
): Session {
  return new SessionGroup(options).restore(document, snapshot);
}

/** The sessions of one process that reach each other: a session and what it invokes. */
class SessionGroup {
  readonly options: SessionOptions;
  readonly clock: Clock;
  readonly sessions = new Map<string, InProcessSession>();
  /** Children whose documents are being read. */
  readonly starting = new Set<string>();

  constructor(options: SessionOptions) {
    this.options = options;
    this.clock = options.clock ?? realClock;
  }

  create(
    document: Document,
    start: { id: string; params?: StartOptions['params']; parent?: StartOptions['parent'] },
  ): InProcessSession {
    const execution = startExecution(compileProgram(document), {
      sessionId: start.id,
      seed: this.options.seed ?? randomSeed(),
      ...(start.params && { params: start.params }),
      ...(start.parent && { parent: start.parent }),
      ...(this.options.limits && { limits: this.options.limits }),
    });
    return this.#add(new InProcessSession(this, document, execution, start.parent));
  }

  restore(document: Document, snapshot: ExecutionSnapshot): InProcessSession {
    const limits = this.options.limits;
    const execution = restoreExecution(compileProgram(document), snapshot, limits && { limits });
    const session = this.#add(new InProcessSession(this, document, execution, undefined));
    session.rearm(snapshot);
    return session;
  }

  #add(session: InProcessSession): InProcessSession {
    this.sessions.set(session.id, session);
    return session;
  }
}

class InProcessSession implements Session {
  readonly #group: SessionGroup;
  readonly #document: Document;
  readonly #execution: Execution;
  readonly #parent: StartOptions['parent'];
  readonly #inbox: StepInput[] = [];
  readonly #timers = new Map<string, () => void>();
  readonly #effectListeners: ((effect: Effect) => void)[] = [];
  readonly #endListeners: ((session: Session) => void)[] = [];
  #busy = false;
  #ended = false;
  donedata: Json | undefined;
  reason: string | undefined;

  constructor(group: SessionGroup, document: Document, execution: Execution, parent: StartOptions['parent']) {
    this.#group = group;
    this.#document = document;
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

  start(): void {
    this.#take({ kind: 'start' });
  }

  send(event: string | Omit<ScxmlEvent, 'type'>): void {
    this.#take({ kind: 'event', event: typeof event === 'string' ? { name: event } : event });
  }

  terminate(reason = 'terminated'): void {
    this.#take({ kind: 'terminate', reason });
  }

  data(): Json {
    return this.#execution.data();
  }

  snapshot(): ExecutionSnapshot {
    return this.#execution.snapshot();
  }

  onEffect(listener: (effect: Effect) => void): void {
    this.#effectListeners.push(listener);
  }

  onEnd(listener: (session: Session) => void): void {
    this.#endListeners.push(listener);
  }

  /** Arms the timers that a snapshot's pending sends need. */
  rearm(snapshot: ExecutionSnapshot): void {
    const pending = snapshot.pending as { readonly [key: string]: { readonly dueAt: number } };
    for (const [key, { dueAt }] of Object.entries(pending)) this.#arm(key, dueAt);
  }

  /** Steps are serial: what comes while one runs waits in the inbox. */
  #take(input: StepInput): void {
    this.#inbox.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#step(next);
    } finally {
      this.#busy = false;
    }
  }

  #step(input: StepInput): void {
    const { trace } = this.#group.options;
    const outcome = this.#execution.step(input, {
      now: this.#group.clock.now(),
      ...(trace && { trace }),
      reaches: (id) => this.#group.sessions.has(id) || this.#group.starting.has(id),
    });
    if (outcome.more) this.#inbox.unshift({ kind: 'continue' });
    for (const effect of outcome.effects) this.#perform(effect);
    if (outcome.status === 'running' || this.#ended) return;
    this.#ended = true;
    this.donedata = outcome.donedata;
    this.reason = outcome.reason;
    this.#group.sessions.delete(this.id);
    this.#tellParent();
    for (const listener of this.#endListeners) listener(this);
  }

  /** W3C 6.4: done.invoke.id, after everything else that the child sent. */
  #tellParent(): void {
    if (!this.#parent || this.status === 'terminated') return;
    const { sessionId, invokeId } = this.#parent;
    this.#group.sessions.get(sessionId)?.send({
      name: `done.invoke.${invokeId}`,
      invokeid: invokeId,
      ...(this.donedata !== undefined && { data: this.donedata }),
    });
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'arm':
        this.#arm(effect.key, effect.dueAt);
        return;
      case 'disarm':
        this.#timers.get(effect.key)?.();
        this.#timers.delete(effect.key);
        return;
      case 'send':
        this.#send(effect);
        return;
      case 'invoke':
        void this.#invoke(effect);
        return;
      case 'uninvoke':
        this.#group.sessions.get(effect.childId)?.terminate('its invoke was cancelled');
        return;
      case 'module':
      case 'respond':
      case 'log':
        this.#tell(effect);
        return;
      default:
        assertNever(effect);
    }
  }

  #tell(effect: Effect): void {
    for (const listener of this.#effectListeners) listener(effect);
  }

  #arm(key: string, dueAt: number): void {
    const cancel = this.#group.clock.at(dueAt, () => {
      this.#timers.delete(key);
      this.#take({ kind: 'timer', key });
    });
    this.#timers.set(key, cancel);
  }

  #send(effect: SendEffect): void {
    const target = effect.type === 'scxml' ? this.#group.sessions.get(effect.target) : undefined;
    if (target) {
      target.send(effect.event);
      return;
    }
    if (effect.type === 'scxml') this.send(sendFailed(this.#document.dialect, effect));
    else this.#tell(effect);
  }

  async #invoke(effect: InvokeEffect): Promise<void> {
    let document: Document;
    this.#group.starting.add(effect.childId);
    try {
      document = await this.#load(effect);
    } catch (cause) {
      const description = cause instanceof Error ? cause.message : String(cause);
      this.send({ name: 'error.communication', invokeid: effect.invokeId, data: { description } });
      return;
    } finally {
      this.#group.starting.delete(effect.childId);
    }
    if (!this.#invoked(effect)) return;
    this.#group
      .create(document, {
        id: effect.childId,
        params: effect.params,
        parent: { sessionId: this.id, invokeId: effect.invokeId },
      })
      .start();
  }

  /** False when the invoke was cancelled while its document was being read. */
  #invoked(effect: InvokeEffect): boolean {
    const invokes = this.snapshot().invokes as { readonly [id: string]: { readonly childId: string } };
    return this.status === 'running' && invokes[effect.invokeId]?.childId === effect.childId;
  }

  #load(effect: InvokeEffect): Promise<Document> {
    const { fetchText } = this.#group.options;
    const options = fetchText ? { fetchText } : {};
    if (effect.document !== undefined) {
      return parseDocument(effect.document, { baseUrl: new URL(effect.baseUrl), ...options });
    }
    return loadDocument(new URL(effect.src!), options);
  }
}
