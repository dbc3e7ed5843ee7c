import { isDeepStrictEqual } from 'node:util';
import type { Durable } from '../durable/index.ts';
import type { ExecutionStatus, Limits, PendingTimer, StepInput } from '../interpreter/index.ts';
import {
  type Clock,
  defined,
  type Json,
  nextMacrotask,
  ownId,
  recentEntries,
  type SessionId,
} from '../ports/index.ts';
import type { SessionTrace, TracedDocument, TraceStep } from '../trace/index.ts';
import type { DebuggedState } from './debugging.ts';
import { ForkSteps, type ListedSteps } from './forkSteps.ts';
import type { HostEngine, HostedExecution, HostedProgram, StepFacts } from './hostEngine.ts';
import type { Programs } from './programs.ts';
import { readSession } from './sessionRecord.ts';
import { readSnapshot } from './storedSnapshot.ts';
import type { StoredTraces } from './storedTraces.ts';
import type { TakenStep } from './takenStep.ts';

/** Programs of traced documents that are kept. */
const MAX_KEPT_PROGRAMS = 20;
/** Steps for events that a session sends to itself, after all inputs of a fork. */
const MAX_OWN_STEPS = 100;
/** Steps that are computed before other work comes in between. */
const COMPUTED_TOGETHER = 10;

/** A step of a trace that was computed again. */
export interface ReplayedStep extends TakenStep {
  readonly session: SessionId;
  /** From 1, in its session. */
  readonly step: number;
  readonly status: ExecutionStatus;
  /** The trace says something else: another version of the product computed it in another way. */
  readonly recorded?: Pick<TraceStep, 'configuration' | 'status'>;
}

/** The state of a copy of a session. */
export interface CopiedState extends Pick<DebuggedState, 'states' | 'timers'> {
  readonly src: string;
  readonly documentHash: string;
  readonly status: ExecutionStatus;
  readonly configuration: readonly string[];
  readonly data: Json;
  /** ms since epoch of its last step, or of the fork. */
  readonly at: number;
}

/** An input of a fork. `afterMs`: time since the input before. A timer never comes before it is due. */
export interface ForkInput {
  readonly input: Exclude<StepInput, { readonly kind: 'start' | 'continue' }>;
  readonly afterMs?: number;
}

export interface Fork extends ListedSteps {
  readonly state: CopiedState;
  /** Inputs that it took. Fewer than were given: it ended, or the timer of the next one is not pending. */
  readonly taken: number;
}

export interface SessionCopiesDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly engine: HostEngine;
  readonly programs: Programs;
  readonly traces: StoredTraces;
  readonly limits: Partial<Limits> | undefined;
  /** The facts that a step of the session asks for. */
  readonly facts: (sessionId: SessionId) => StepFacts;
}

/** A copy between two steps. */
interface Copy {
  readonly src: string;
  readonly documentHash: string;
  readonly execution: HostedExecution;
  readonly status: ExecutionStatus;
  readonly at: number;
}

/**
 * Steps on copies of sessions: traces that are computed again, and inputs that a session might get. Nothing
 * is stored, sent or performed. Documents that are not trusted are stepped where their sessions are.
 */
export class SessionCopies {
  readonly #deps: SessionCopiesDeps;
  readonly #programs = recentEntries<string, Promise<HostedProgram>>(MAX_KEPT_PROGRAMS);

  constructor(deps: SessionCopiesDeps) {
    this.#deps = deps;
  }

  /**
   * All steps of the trace of a session and of those that it invoked, in the order of time. It ends after a
   * step that differs from the trace. Undefined: there is no trace.
   */
  replay(sessionId: SessionId): AsyncGenerator<ReplayedStep> | undefined {
    const family = this.#deps.traces.read(sessionId);
    return family && this.#replayed(family.sessions, family.documents);
  }

  /** The first and the last step of a session after which its trace has a state. Undefined: no trace. */
  tracedSteps(sessionId: SessionId): { readonly from: number; readonly to: number } | undefined {
    const trace = this.#deps.traces.one(sessionId)?.trace;
    const last = trace?.steps.at(-1)?.step;
    return trace && last !== undefined ? { from: trace.base?.step ?? 1, to: last } : undefined;
  }

  /** The version of the document in the trace of a session. Undefined: there is no trace. */
  document(sessionId: SessionId): TracedDocument | undefined {
    const found = this.#deps.traces.one(sessionId);
    return found?.documents.find(({ hash }) => hash === found.trace.start.documentHash);
  }

  /** The state after so many steps of the session. Undefined: its trace has no such state. */
  async stateAfter(sessionId: SessionId, step: number): Promise<CopiedState | undefined> {
    const copy = await this.#tracedCopy(sessionId, step);
    return copy && this.#stateOf(copy);
  }

  /**
   * Takes inputs on a copy of the session as it was after so many steps, or as it is now. Undefined: it does
   * not run, or its trace has no such state.
   */
  async fork(
    sessionId: SessionId,
    { step, inputs }: { readonly step?: number; readonly inputs: readonly ForkInput[] },
  ): Promise<Fork | undefined> {
    const first =
      step === undefined ? await this.#presentCopy(sessionId) : await this.#tracedCopy(sessionId, step);
    if (first === undefined) return undefined;
    const steps = new ForkSteps();
    let copy = first;
    let taken = 0;
    for (const { input, afterMs = 0 } of inputs) {
      if (copy.status !== 'running') break;
      const due = input.kind === 'timer' ? await this.#dueTime(copy, input.key) : copy.at;
      if (due === undefined) break;
      const mostSteps = taken + 1 + MAX_OWN_STEPS;
      const at = Math.max(copy.at + afterMs, due);
      copy = await this.#take({ ...copy, at }, { sessionId, input, steps, mostSteps });
      taken += 1;
    }
    return { ...steps.listed, taken, state: await this.#stateOf(copy) };
  }

  async *#replayed(
    sessions: readonly SessionTrace[],
    documents: readonly TracedDocument[],
  ): AsyncGenerator<ReplayedStep> {
    const executions = new Map<SessionTrace, HostedExecution>();
    const steps = sessions.flatMap((trace) => trace.steps.map((step) => ({ trace, step })));
    steps.sort((a, b) => a.step.at - b.step.at || a.step.order - b.step.order);
    for (const [index, { trace, step }] of steps.entries()) {
      if (index % COMPUTED_TOGETHER === 0) await nextMacrotask();
      const execution = executions.get(trace) ?? (await this.#open(trace, documents));
      executions.set(trace, execution);
      const { taken, status } = await computed(execution, {
        input: step.input,
        at: step.at,
        facts: recorded(step),
      });
      const { configuration } = execution;
      const isSame = status === step.status && isDeepStrictEqual([...configuration], step.configuration);
      const told = isSame ? undefined : { configuration: step.configuration, status: step.status };
      const session = ownId<SessionId>(trace.start.sessionId);
      yield { ...taken, session, step: step.step, status, ...defined({ recorded: told }) };
      if (!isSame) return;
    }
  }

  async #tracedCopy(sessionId: SessionId, step: number): Promise<Copy | undefined> {
    const found = this.#deps.traces.one(sessionId);
    if (found === undefined) return undefined;
    const { trace, documents } = found;
    const last = trace.steps.at(-1)?.step ?? 0;
    if (step > last || step < (trace.base?.step ?? 1)) return undefined;
    const execution = await this.#open(trace, documents);
    let status: ExecutionStatus = 'running';
    let at = trace.start.startedAt;
    for (const [index, one] of trace.steps.entries()) {
      if (one.step > step) break;
      if (index % COMPUTED_TOGETHER === 0) await nextMacrotask();
      at = one.at;
      status = (await execution.step(one.input, { now: at, ...recorded(one) })).status;
    }
    const { src, documentHash } = trace.start;
    return { src, documentHash, execution, status, at };
  }

  async #presentCopy(sessionId: SessionId): Promise<Copy | undefined> {
    const { durable, clock, engine, programs, limits } = this.#deps;
    const record = readSession(durable, sessionId);
    const text = record?.status === 'running' ? readSnapshot(durable, sessionId) : undefined;
    if (record === undefined || text === undefined) return undefined;
    const { src, documentHash } = record;
    const program = await programs.version(documentHash);
    const execution = engine.restoreExecution(program, { sessionId, text }, defined({ limits }));
    return { src, documentHash, execution, status: 'running', at: clock.now() };
  }

  async #take(
    copy: Copy,
    {
      sessionId,
      input,
      steps,
      mostSteps,
    }: {
      readonly sessionId: SessionId;
      readonly input: StepInput;
      readonly steps: ForkSteps;
      /** No own step follows when there are so many. */
      readonly mostSteps: number;
    },
  ): Promise<Copy> {
    const { execution, at } = copy;
    const facts = this.#deps.facts(sessionId);
    await nextMacrotask();
    let next = await computed(execution, { input, at, facts });
    steps.add(next.taken);
    while (next.more && next.status === 'running' && steps.count < mostSteps) {
      await nextMacrotask();
      next = await computed(execution, { input: { kind: 'continue' }, at, facts });
      steps.add(next.taken);
    }
    return { ...copy, status: next.status };
  }

  async #dueTime({ execution, at }: Copy, key: string): Promise<number | undefined> {
    const { timers } = await execution.inspect({ now: at });
    return timers.find((timer) => timer.key === key)?.dueAt;
  }

  async #stateOf({ src, documentHash, execution, status, at }: Copy): Promise<CopiedState> {
    const { configuration } = execution;
    const data = await execution.data();
    const isRunning = status === 'running';
    const { states, timers } = isRunning ? await execution.inspect({ now: at }) : ENDED;
    return { src, documentHash, status, configuration, data, at, states, timers };
  }

  /** A traced session before the first step of its trace. */
  async #open({ start, base }: SessionTrace, documents: readonly TracedDocument[]): Promise<HostedExecution> {
    const { engine } = this.#deps;
    const { options, parent, documentHash } = start;
    const program = await this.#programOf(documents, documentHash);
    const sessionId = ownId<SessionId>(start.sessionId);
    if (base === undefined) {
      return engine.startExecution(program, { ...options, sessionId, ...defined({ parent }) });
    }
    const { limits } = options;
    return engine.restoreExecution(program, { sessionId, text: base.snapshot }, defined({ limits }));
  }

  async #programOf(documents: readonly TracedDocument[], hash: string): Promise<HostedProgram> {
    const known = this.#programs.get(hash);
    if (known !== undefined) return known;
    const document = documents.find((one) => one.hash === hash);
    if (document === undefined) throw new Error(`Document ${hash} is not in the trace.`);
    const loading = this.#load(document);
    this.#programs.set(hash, loading);
    loading.catch(() => this.#programs.delete(hash));
    return loading;
  }

  async #load({ url, dialect, sources }: TracedDocument): Promise<HostedProgram> {
    const texts = new Map(sources.map((source) => [source.url, source.text]));
    const fetchText = async (of: URL): Promise<string> => {
      const text = texts.get(of.href);
      if (text === undefined) throw new Error(`${of.href} is not in the trace`);
      return text;
    };
    const text = sources[0]?.text ?? '';
    return this.#deps.engine.loadProgram({ text, baseUrl: new URL(url), dialect, fetchText, isStored: true });
  }
}

const ENDED: { readonly states: readonly []; readonly timers: readonly PendingTimer[] } = {
  states: [],
  timers: [],
};

/** The facts that a step of a trace was given. */
function recorded({ reaches = {}, figures = [] }: TraceStep): StepFacts {
  return {
    reaches: (id) => (Object.hasOwn(reaches, id) ? (reaches[id] ?? undefined) : undefined),
    readFigure: async ({ object, statistic }) =>
      figures.find((one) => one.object === object && one.statistic === statistic)?.figure ?? {
        refusal: 'The trace does not have this value.',
      },
  };
}

async function computed(
  execution: HostedExecution,
  { input, at, facts }: { readonly input: StepInput; readonly at: number; readonly facts: StepFacts },
): Promise<{ readonly taken: TakenStep; readonly status: ExecutionStatus; readonly more: boolean }> {
  const { effects, status, more, details } = await execution.step(input, {
    now: at,
    ...facts,
    withDetails: true,
  });
  const configuration = status === 'running' ? execution.configuration : undefined;
  return { taken: { input, at, effects, ...details, ...defined({ configuration }) }, status, more };
}
