import { isDeepStrictEqual } from 'node:util';
import {
  compileProgram,
  type Document,
  type Execution,
  type InvokeEffect,
  type Program,
  parseDocument,
  parseSnapshot,
  type RecordedStep,
  restoreExecution,
  type StepInput,
  type StepOutcome,
  type StepRecord,
  StepRecorder,
  startExecution,
} from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';
import type { FamilyTrace, SessionTrace, TraceStep } from './contract.ts';

/** A step that was computed again. */
export interface ReplayedStep extends RecordedStep {
  readonly step: number;
  /** ms since epoch. */
  readonly at: number;
  readonly configuration: readonly string[];
  readonly outcome: StepOutcome;
  readonly input: StepInput;
  readonly records: readonly StepRecord[];
}

/** The replay differs from the trace: another version of the product computes the document in another way. */
export class ReplayDiffers extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplayDiffers';
  }
}

/** One session of a trace, which is computed again step by step. */
export class SessionReplay {
  readonly trace: SessionTrace;
  readonly document: Document;
  readonly #product: string;
  readonly #execution: Execution;
  /** The sessions that it invoked, by their ids, and those whose invokes it left. */
  readonly #invoked = new Map<string, InvokeEffect>();
  readonly #left = new Set<string>();
  /** Ids of invokes whose sessions sent it an event. */
  readonly #heard = new Set<string>();
  #next = 0;

  constructor(trace: SessionTrace, program: Program, product: string) {
    const { start, base } = trace;
    const { sessionId, parent, options } = start;
    this.trace = trace;
    this.document = program.document;
    this.#product = product;
    this.#execution = base
      ? restoreExecution(
          program,
          parseSnapshot(base.snapshot, sessionId),
          defined({ limits: options.limits }),
        )
      : startExecution(program, { sessionId, ...options, ...defined({ parent }) });
  }

  /** The session after the steps that were taken. */
  get execution(): Execution {
    return this.#execution;
  }

  /** False before its first step. */
  get isStarted(): boolean {
    return this.#next > 0 || this.trace.base !== undefined;
  }

  /** Whether a session is invoked by this one now, and has not ended. */
  invokes({ trace: { start }, isStarted, execution }: SessionReplay): boolean {
    const { sessionId, parent } = start;
    if (parent?.sessionId !== this.trace.start.sessionId || this.#left.has(sessionId)) return false;
    return isStarted ? execution.status === 'running' : this.#invoked.has(sessionId);
  }

  /** Invokes whose sessions gave no sign and are not in the trace: they had not started at its export. */
  unstarted(known: ReadonlySet<string>): readonly InvokeEffect[] {
    return [...this.#invoked.values()].filter(
      ({ invokedId, invokeId }) =>
        !known.has(invokedId) && !this.#left.has(invokedId) && !this.#heard.has(invokeId),
    );
  }

  /** The steps that are not taken yet. */
  get remaining(): readonly TraceStep[] {
    return this.trace.steps.slice(this.#next);
  }

  /** Whether it has cancelled the invoke of a session. */
  hasLeft(sessionId: string): boolean {
    return this.#left.has(sessionId);
  }

  /** The step that comes next. */
  get upcoming(): TraceStep | undefined {
    return this.trace.steps[this.#next];
  }

  /** Computes the next step. Throws ReplayDiffers when its result is not that of the trace. */
  next(): ReplayedStep | undefined {
    const recorded = this.upcoming;
    if (recorded === undefined) return undefined;
    this.#next += 1;
    const { step, at, input, reaches = {}, figures } = recorded;
    const session = { id: this.#execution.sessionId, document: this.document };
    let traced: RecordedStep | undefined;
    const records: StepRecord[] = [];
    const steps = new StepRecorder<typeof session>((one) => {
      traced = traced === undefined ? one : joined(traced, one);
    });
    const outcome = this.#execution.step(input, {
      now: at,
      reaches: (id) => (Object.hasOwn(reaches, id) ? (reaches[id] ?? undefined) : undefined),
      onRecord: (record) => {
        records.push(record);
        steps.record(record, session);
      },
      ...defined({ figures }),
    });
    steps.flush();
    if (input.kind === 'event' && input.event.invokeid !== undefined) this.#heard.add(input.event.invokeid);
    for (const effect of outcome.effects) {
      if (effect.kind === 'invoke') {
        this.#invoked.set(effect.invokedId, effect);
        this.#heard.delete(effect.invokeId);
      }
      if (effect.kind === 'uninvoke') this.#left.add(effect.invokedId);
    }
    const { configuration } = this.#execution;
    if (
      !isDeepStrictEqual([...configuration], recorded.configuration) ||
      outcome.status !== recorded.status
    ) {
      throw new ReplayDiffers(
        `Step ${step} of session ${session.id} leads to ${listed(configuration)} (${outcome.status}), but the ` +
          `trace says ${listed(recorded.configuration)} (${recorded.status}). Orsay ${this.#product} recorded it.`,
      );
    }
    const nothing = { session: session.id, microsteps: [], logs: [], errors: [], effects: [] };
    return { ...(traced ?? nothing), step, at, input, configuration, outcome, records };
  }
}

/** Several events in one step (MAX_EVENTS_PER_STEP). */
function joined(first: RecordedStep, then: RecordedStep): RecordedStep {
  return {
    ...first,
    microsteps: [...first.microsteps, ...then.microsteps],
    logs: [...first.logs, ...then.logs],
    errors: [...first.errors, ...then.errors],
    effects: [...first.effects, ...then.effects],
    ...defined({
      ignored:
        first.ignored || then.ignored ? [...(first.ignored ?? []), ...(then.ignored ?? [])] : undefined,
      failed: then.failed ?? first.failed,
    }),
  };
}

function listed(configuration: readonly string[]): string {
  return configuration.length === 0 ? 'no state' : configuration.map((id) => `'${id}'`).join(', ');
}

/** Loads the documents of a trace from its own sources. Rejects with DocumentError or ReplayDiffers. */
export async function openReplays(trace: FamilyTrace): Promise<readonly SessionReplay[]> {
  const programs = new Map<string, Program>();
  for (const { url, hash, dialect, sources } of trace.documents) {
    const texts = new Map(sources.map((source) => [source.url, source.text]));
    const fetchText = async (of: URL): Promise<string> => {
      const text = texts.get(of.href);
      if (text === undefined) throw new Error(`${of.href} is not in the trace`);
      return text;
    };
    const document = await parseDocument(sources[0]!.text, { baseUrl: new URL(url), dialect, fetchText });
    if (document.hash !== hash) {
      throw new ReplayDiffers(`The sources of ${url} in the trace are not those of version ${hash}.`);
    }
    const { installation } = trace;
    programs.set(hash, { ...compileProgram(document), ...defined({ installation }) });
  }
  return trace.sessions.map(
    (session) => new SessionReplay(session, programs.get(session.start.documentHash)!, trace.product),
  );
}

/** All steps of a family in the order of time, each computed again. */
export function* replaySteps(
  replays: readonly SessionReplay[],
): Iterable<ReplayedStep & { readonly replay: SessionReplay }> {
  for (;;) {
    let first: SessionReplay | undefined;
    for (const replay of replays) {
      const { upcoming } = replay;
      if (upcoming === undefined) continue;
      const { at, order } = first?.upcoming ?? { at: Number.POSITIVE_INFINITY, order: 0 };
      if (upcoming.at < at || (upcoming.at === at && upcoming.order < order)) first = replay;
    }
    const step = first?.next();
    if (first === undefined || step === undefined) return;
    yield { ...step, replay: first };
  }
}
