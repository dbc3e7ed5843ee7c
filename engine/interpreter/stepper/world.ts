import type { Json } from '../../ports/index.ts';
import {
  type ChildSource,
  createSessionDirectory,
  createVirtualClock,
  type Document,
  type Executions,
  type InProcessSession,
  newSession,
  type OutwardEffect,
  restoredSession,
  restoreExecution,
  type ScxmlEvent,
  type Session,
  type SessionOptions,
  type Snapshot,
  type StepOptions,
  startExecution,
  type TraceRecord,
  type VirtualClock,
} from '../index.ts';
import type { StepperOptions, TraceLine, WsResponse } from './contract.ts';
import { Outside, type OutsideState } from './outside.ts';
import { PacedExecution, type Probe } from './pacedExecution.ts';
import { lineOf } from './traceLines.ts';

const START = Date.UTC(2026, 0, 5, 9, 0, 0);
/** Macrosteps that one action runs until the session rests. */
const MAX_MACROSTEPS = 10_000;
const MOVES = new Set(['state_exit', 'transition', 'state_enter']);

type Input = InProcessSession['inbox'][number];

/** A macrostep of which some microsteps were shown. */
interface BegunMacrostep {
  readonly input: Input;
  readonly rounds: number;
  readonly probe: Probe;
}

/** Everything of a world, to come back to it. */
export interface Mark {
  /** Undefined: the first step was not taken. */
  readonly snapshot: Snapshot | undefined;
  /** Before the first step: what waits for it. */
  readonly inbox: readonly Input[];
  readonly now: number;
  readonly outside: OutsideState;
  readonly responses: ReadonlyMap<string, WsResponse>;
  /** Lines that were there. */
  readonly traced: number;
  readonly partial: BegunMacrostep | undefined;
}

/** A session in virtual time with what it invokes and what answers it; every state of it can be come back to. */
export class World {
  readonly outside: Outside;
  clock: VirtualClock;
  root!: InProcessSession;
  readonly trace: TraceLine[] = [];
  responses: ReadonlyMap<string, WsResponse> = new Map();
  /** Number of the action that goes on. */
  action = 0;
  readonly #document: Document;
  readonly #options: StepperOptions;
  readonly #documentOf: (source: ChildSource) => Document | undefined;
  #paced: PacedExecution | undefined;
  #partial: BegunMacrostep | undefined;
  /** Records of the step that were shown as microsteps. */
  #shown = 0;
  #leave: (() => void)[] = [];

  constructor(
    document: Document,
    options: StepperOptions,
    documentOf: (source: ChildSource) => Document | undefined,
  ) {
    this.#document = document;
    this.#options = options;
    this.#documentOf = documentOf;
    this.outside = new Outside(options.script ?? [], (session, event) => this.#deliver(session, event));
    this.clock = createVirtualClock(options.now ?? START);
    this.#create();
  }

  get paced(): PacedExecution {
    return this.#paced!;
  }

  /** The macrostep that is looked at, as far as it was taken. */
  get between(): Probe | undefined {
    return this.#partial?.probe;
  }

  mark(): Mark {
    const { clock, outside, responses, root } = this;
    const fresh = this.paced.isFresh;
    return {
      snapshot: fresh ? undefined : root.snapshot(),
      inbox: fresh ? [...root.inbox] : [],
      now: clock.now(),
      outside: outside.state,
      responses,
      traced: this.trace.length,
      partial: this.#partial,
    };
  }

  restore(mark: Mark): void {
    for (const leave of this.#leave) leave();
    this.#leave = [];
    this.clock = createVirtualClock(mark.now);
    this.outside.state = mark.outside;
    this.responses = mark.responses;
    this.trace.length = mark.traced;
    this.#partial = mark.partial;
    if (mark.snapshot) {
      this.#resume(mark.snapshot);
      return;
    }
    this.#create();
    for (const input of mark.inbox) {
      if (input.kind === 'start') this.root.start();
      else this.root.take(input);
    }
  }

  /** Runs until nothing waits. False when it does not come to rest within MAX_MACROSTEPS. */
  settle(): boolean {
    for (let steps = 0; steps < MAX_MACROSTEPS; steps++) {
      if (!this.macrostep()) return true;
    }
    return false;
  }

  /** To the end of the macrostep that is begun, or the next. False when nothing waits. */
  macrostep(): boolean {
    this.#shown = this.#partial?.probe.records.length ?? 0;
    this.#partial = undefined;
    try {
      return this.root.takeNext();
    } finally {
      this.#shown = 0;
    }
  }

  /** As far as the next set of transitions. False when nothing waits. */
  microstep(): boolean {
    const input = this.root.inbox[0];
    if (!input) return false;
    const seen = this.#partial?.probe.records.length ?? 0;
    const next = this.#probe(input, (this.#partial?.rounds ?? -1) + 1, seen);
    if (next.probe.complete) return this.macrostep();
    for (const record of next.probe.records.slice(seen)) this.#show(record, this.root);
    this.#partial = { input, ...next };
    // A macrostep of which only looking for transitions is left has ended.
    const rest = this.#probe(input, next.rounds + 1, next.probe.records.length);
    const ended = rest.probe.complete && !moves(rest.probe.records.slice(next.probe.records.length));
    return ended ? this.macrostep() : true;
  }

  /** The macrostep as far as something moved behind the `seen` records, or its end. */
  #probe(input: Input, from: number, seen: number): { readonly rounds: number; readonly probe: Probe } {
    for (let rounds = from; ; rounds++) {
      const probe = this.paced.probe(input, this.#stepOptions(), rounds);
      if (probe.complete || moves(probe.records.slice(seen))) return { rounds, probe };
    }
  }

  #stepOptions(): StepOptions {
    return { now: this.clock.now(), reaches: (id) => this.root.reach(id) !== undefined };
  }

  #deliver(session: string, event: Omit<ScxmlEvent, 'type'>): void {
    this.root.reach(session)?.take({ kind: 'event', event });
  }

  #create(): void {
    this.#paced = undefined;
    this.#watch(newSession(this.#document, this.#sessionOptions(), this.#executions()));
  }

  #resume(snapshot: Snapshot): void {
    this.#paced = undefined;
    const session = restoredSession(this.#document, snapshot, this.#sessionOptions(), this.#executions());
    this.#watch(session);
    session.resume(snapshot);
  }

  #watch(session: InProcessSession): void {
    session.autorun = false;
    this.root = session;
    this.#leave.push(
      session.onTrace((record, from) => {
        if (from === session && this.#shown > 0) this.#shown -= 1;
        else this.#show(record, from);
      }),
      session.onEffect((effect) => {
        if (effect.kind !== 'respond' || this.responses.has(effect.requestId)) return;
        const { requestId, positive, resultCode, body } = effect;
        const response = { positive, ...(resultCode !== undefined && { resultCode }), body };
        this.responses = new Map([...this.responses, [requestId, response]]);
      }),
    );
  }

  #show(record: TraceRecord, session: Session): void {
    const line = lineOf(record, session.document, this.clock.now());
    if (line) this.trace.push({ action: this.action, session: session.id, ...line });
  }

  #sessionOptions(): SessionOptions {
    const { id = 'STEPPER', seed = 1, params, limits, fetchText, baseUrl } = this.#options;
    let here = true;
    this.#leave.push(() => {
      here = false;
    });
    return {
      id,
      seed,
      clock: this.clock,
      ...(params && { params }),
      ...(baseUrl !== undefined && { baseUrl }),
      ...(limits && { limits }),
      ports: {
        documentOf: this.#documentOf,
        sessions: createSessionDirectory(),
        perform: (effect: OutwardEffect, session) => {
          if (here && effect.kind === 'module') this.outside.take(effect, session.id);
        },
        ...(fetchText && { fetchText }),
      },
    };
  }

  /** The first execution of a family is that of the document; what it invokes runs without stops. */
  #executions(): Executions {
    const { limits } = this.#options;
    return {
      start: (program, options) => {
        if (this.#paced) return startExecution(program, options);
        this.#paced = new PacedExecution(program, { kind: 'start', options }, limits);
        return this.#paced;
      },
      restore: (program, snapshot) => {
        if (this.#paced) return restoreExecution(program, snapshot, limits && { limits });
        this.#paced = new PacedExecution(program, { kind: 'snapshot', snapshot }, limits);
        return this.#paced;
      },
    };
  }

  /** Value of an expression, within a macrostep too. */
  evaluate(expression: string): Json | undefined {
    const { between } = this;
    return this.paced.evaluate(expression, {
      now: this.clock.now(),
      ...(between && { execution: between.execution }),
    });
  }
}

function moves(records: readonly TraceRecord[]): boolean {
  return records.some(({ kind }) => MOVES.has(kind));
}
