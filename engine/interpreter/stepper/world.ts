import { defined, type Json } from '../../ports/index.ts';
import {
  type Document,
  type Effect,
  type InProcessSession,
  type InvokeSource,
  type PendingTimer,
  pendingTimers,
  type Session,
  type Snapshot,
  type StepOptions,
  type StepRecord,
  stepLine,
  type UntypedEvent,
  type VirtualClock,
  whyIgnored,
} from '../index.ts';
import type { StepLine, StepperOptions, WsResponse } from './contract.ts';
import { Outside, type OutsideState } from './outside.ts';
import type { Probe } from './pacedExecution.ts';
import { Stage, type StageSetup } from './stage.ts';

/** The virtual clock starts here when the options give no time. */
const START = Date.UTC(2026, 0, 5, 9, 0, 0);
/** Macrosteps that settle() takes at most. */
const MAX_MACROSTEPS = 10_000;
/** Records of a microstep. */
const MICROSTEP_RECORDS = new Set(['state_exit', 'transition', 'state_enter']);

type Input = InProcessSession['inbox'][number];

/** A macrostep of which some microsteps were shown. The session itself has not taken it yet. */
interface BegunMacrostep {
  readonly input: Input;
  readonly rounds: number;
  readonly probe: Probe;
}

/** Everything of a world, to go back to it. */
export interface SavedWorld {
  /** Undefined: the session had not taken a step. */
  readonly snapshot: Snapshot | undefined;
  /** Before the first step: the inputs that wait for it. */
  readonly inbox: readonly Input[];
  readonly now: number;
  readonly outside: OutsideState;
  readonly responses: ReadonlyMap<string, WsResponse>;
  readonly lineCount: number;
  readonly begun: BegunMacrostep | undefined;
}

/** A session in virtual time, the sessions that it invokes, and everything that answers it. */
export class World {
  readonly outside: Outside;
  readonly lines: StepLine[] = [];
  /** Number of the action that runs. */
  action = 0;
  readonly #setup: StageSetup;
  #stage: Stage;
  #responses: ReadonlyMap<string, WsResponse> = new Map();
  #begun: BegunMacrostep | undefined;
  /** Records of the next step that microstep() has shown already. */
  #shown = 0;

  constructor(
    document: Document,
    options: StepperOptions,
    documentOf: (source: InvokeSource) => Document | undefined,
  ) {
    this.outside = new Outside(options.script ?? [], (session, event) => this.#deliver(session, event));
    this.#setup = {
      document,
      options,
      documentOf,
      onRecord: (record, session) => this.#record(record, session),
      onEffect: (effect) => this.#keepResponse(effect),
      onRequest: (effect, sessionId) => this.outside.take(effect, sessionId),
    };
    const { now = START, from: snapshot } = options;
    this.#stage = new Stage(this.#setup, { now, ...defined({ snapshot }) });
    if (snapshot) this.session.resume(snapshot);
    for (const { effect, session } of options.requests ?? []) this.outside.take(effect, session);
  }

  get clock(): VirtualClock {
    return this.#stage.clock;
  }

  get session(): InProcessSession {
    return this.#stage.session;
  }

  /** The macrostep that microstep() has begun, as far as it was shown. */
  get begun(): Probe | undefined {
    return this.#begun?.probe;
  }

  get timers(): readonly PendingTimer[] {
    const { paced, session } = this.#stage;
    return paced.isFresh ? [] : pendingTimers(session.snapshot());
  }

  responseTo(requestId: string): WsResponse | undefined {
    return this.#responses.get(requestId);
  }

  /** An invoked session by the ids of invokes: 'outer/inner'. */
  child(name: string): InProcessSession | undefined {
    let found: InProcessSession | undefined = this.session;
    for (const invokeId of name.split('/')) found = found?.invoked.get(invokeId);
    return found;
  }

  save(): SavedWorld {
    const { clock, session, paced } = this.#stage;
    return {
      snapshot: paced.isFresh ? undefined : session.snapshot(),
      inbox: paced.isFresh ? [...session.inbox] : [],
      now: clock.now(),
      outside: this.outside.state,
      responses: this.#responses,
      lineCount: this.lines.length,
      begun: this.#begun,
    };
  }

  restore({ snapshot, inbox, now, outside, responses, lineCount, begun }: SavedWorld): void {
    this.#stage.close();
    this.outside.state = outside;
    this.#responses = responses;
    this.lines.length = lineCount;
    this.#begun = begun;
    this.#stage = new Stage(this.#setup, { now, ...defined({ snapshot }) });
    if (snapshot) this.session.resume(snapshot);
    for (const input of inbox) {
      if (input.kind === 'start') this.session.start();
      else this.session.take(input);
    }
  }

  /** Takes macrosteps until no input waits. False when MAX_MACROSTEPS are not enough. */
  settle(): boolean {
    for (let steps = 0; steps < MAX_MACROSTEPS; steps++) {
      if (!this.macrostep()) return true;
    }
    return false;
  }

  /** Takes the next macrostep, or completes the one that is begun. False when no input waits. */
  macrostep(): boolean {
    this.#shown = this.#begun?.probe.records.length ?? 0;
    this.#begun = undefined;
    try {
      return this.session.takeNext();
    } finally {
      this.#shown = 0;
    }
  }

  /**
   * Shows the next set of transitions. Takes the macrostep when there is no other. False when no input waits.
   */
  microstep(): boolean {
    const input = this.session.inbox[0];
    if (!input) return false;
    const seen = this.#begun?.probe.records.length ?? 0;
    const next = this.#nextMicrostep(input, (this.#begun?.rounds ?? -1) + 1, seen);
    if (next.probe.complete) return this.macrostep();
    for (const record of next.probe.records.slice(seen)) this.#show(record, this.session);
    this.#begun = { input, ...next };
    // The macrostep ends here when its last round only looks for transitions.
    const last = this.#nextMicrostep(input, next.rounds + 1, next.probe.records.length);
    const isOver = last.probe.complete && !hasMicrostep(last.probe.records.slice(next.probe.records.length));
    return isOver ? this.macrostep() : true;
  }

  /** Value of an expression, also within a macrostep that is begun. */
  evaluate(expression: string): Json | undefined {
    const execution = this.#begun?.probe.execution;
    return this.#stage.paced.evaluate(expression, { now: this.clock.now(), ...defined({ execution }) });
  }

  assign(location: string, value: Json | undefined): void {
    this.#stage.paced.assign(location, value, { now: this.clock.now() });
  }

  /** Probes the macrostep up to its first microstep after the `seen` records, or to its end. */
  #nextMicrostep(input: Input, from: number, seen: number): { rounds: number; probe: Probe } {
    for (let rounds = from; ; rounds++) {
      const probe = this.#stage.paced.probe(input, this.#stepOptions(), rounds);
      if (probe.complete || hasMicrostep(probe.records.slice(seen))) return { rounds, probe };
    }
  }

  #stepOptions(): StepOptions {
    return { now: this.clock.now(), reaches: (id) => this.session.reach(id) !== undefined };
  }

  /** Fires a timer before it is due. */
  fire({ session, key }: PendingTimer): void {
    this.session.reach(session)?.take({ kind: 'timer', key });
  }

  #deliver(session: string, event: UntypedEvent): void {
    this.session.reach(session)?.take({ kind: 'event', event });
  }

  #record(record: StepRecord, session: Session): void {
    this.#setup.options.onRecord?.(record, session);
    if (session.id === this.#stage.session.id && this.#shown > 0) this.#shown -= 1;
    else this.#show(record, session);
  }

  #show(record: StepRecord, session: Session): void {
    if (record.kind === 'event_ignored') {
      this.#explain(record, session);
      return;
    }
    const line = stepLine(record, session.document, this.clock.now());
    if (line) this.lines.push({ action: this.action, session: session.id, ...line, record });
  }

  /** Adds the reason to the line of the event, which keeps its text. */
  #explain(record: StepRecord, session: Session): void {
    const text = `event ${record.name}`;
    const index = this.lines.findLastIndex((line) => line.session === session.id && line.text === text);
    const line = this.lines[index];
    if (line) this.lines[index] = { ...line, ignored: whyIgnored(record, session.document) };
  }

  #keepResponse(effect: Effect): void {
    if (effect.kind !== 'respond' || this.#responses.has(effect.requestId)) return;
    const { requestId, positive, resultCode, body } = effect;
    const response = { positive, ...defined({ resultCode }), body };
    this.#responses = new Map([...this.#responses, [requestId, response]]);
  }
}

function hasMicrostep(records: readonly StepRecord[]): boolean {
  return records.some(({ kind }) => MICROSTEP_RECORDS.has(kind));
}
