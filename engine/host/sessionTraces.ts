import type { Batch, Durable, PutRecord } from '../durable/index.ts';
import type { KnownFigure, StepInput, StepOutcome } from '../interpreter/index.ts';
import { type Clock, defined, recentEntries, type SessionId } from '../ports/index.ts';
import type { TracedDocument, TraceStep } from '../trace/index.ts';
import { DOCUMENT } from './documentUses.ts';
import type {
  DocumentFacts,
  HostedExecution,
  HostedProgram,
  HostStartOptions,
  HostStepOptions,
} from './hostEngine.ts';
import { MAX_CACHED_PROGRAMS } from './programs.ts';
import { readSession, type SessionRecord, type TraceCounts } from './sessionRecord.ts';
import { StoredTraces } from './storedTraces.ts';
import {
  type StoredSources,
  type StoredStart,
  startRecords,
  stepKey,
  TRACE,
  TRACE_BASE,
  TRACE_DOCUMENT,
  TRACE_STEP,
  type TraceBounds,
} from './traceRecords.ts';

export interface SessionTracesDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  /** The bounds of the trace of a session of this document that starts now; undefined: it gets none. */
  readonly boundsFor: (src: string) => TraceBounds | undefined;
  /** The bounds for sessions that are traced already. */
  readonly bounds: () => TraceBounds;
}

/** The facts that one step asks for. */
export interface SeenFacts {
  readonly options: HostStepOptions;
  readonly reaches: { [sessionId: string]: boolean | null };
  readonly figures: KnownFigure[];
}

/** The records of the trace of a step, and the counts of its session after it. */
export interface TracedBatch {
  readonly batch: Batch;
  /** Undefined: the trace has ended (STR4). */
  readonly counts: TraceCounts | undefined;
}

/** Part of `keptMs` by which a trace is kept longer than it must, so that few steps write it again. */
const KEPT_LONGER = 1 / 4;

/**
 * The traces of sessions: everything that a step gets from outside, so that it can be computed again.
 *
 * STR1. The records of a step are in the commit of the step: an acknowledged step is in the trace, and a
 *      trace costs no write of its own. Transitions and effects are not stored: they follow from the inputs.
 * STR2. A session is traced from its first step on, or not at all, and so are the sessions that it invokes.
 * STR3. When a trace is over its bounds, the state of the session is stored as its new base, and the steps
 *      before the base before it go. So the newest half of the bounds is there at least.
 * STR4. All records of a trace expire together, `keptMs` after the last step or up to KEPT_LONGER later: the
 *      steps can be computed only from the first one on. A trace ends when it is removed, and when its
 *      session takes no step for that long.
 */
export class SessionTraces {
  readonly stored: StoredTraces;
  readonly #deps: SessionTracesDeps;
  /** Until when the store keeps the sources of a document, by hash (D5). Others are written again. */
  readonly #keptUntil = recentEntries<string, number>(MAX_CACHED_PROGRAMS);
  /** Steps of this process. */
  #steps = 0;

  constructor(deps: SessionTracesDeps) {
    this.#deps = deps;
    this.stored = new StoredTraces(deps.durable);
    deps.durable.onChange([TRACE_DOCUMENT], ({ key, value }) => {
      if (value === undefined) this.#keptUntil.delete(key);
      else this.#keptUntil.set(key, (value as StoredSources).keptUntil ?? 0);
    });
  }

  /** The counts of a session that starts; undefined: it is not traced. */
  countsFor({ src, parent }: SessionRecord): TraceCounts | undefined {
    const { durable, boundsFor } = this.#deps;
    const isTraced =
      parent === undefined
        ? boundsFor(src) !== undefined
        : readSession(durable, parent.sessionId)?.trace !== undefined;
    return isTraced ? { steps: 0, bytes: 0, bases: [0], keptUntil: this.#newExpiry() } : undefined;
  }

  /** Joins the commit of the first step. */
  startBatch(record: SessionRecord, options: HostStartOptions, program: HostedProgram): Batch {
    if (record.trace === undefined) return {};
    const { sessionId, src, documentHash, dialect, parent, startedAt } = record;
    const { seed, params, baseUrl, limits } = options;
    const root = parent === undefined ? sessionId : this.#rootOf(parent.sessionId);
    const start: StoredStart = {
      sessionId,
      src,
      documentHash,
      dialect,
      root,
      startedAt,
      options: { seed, ...defined({ params, baseUrl, limits }) },
      ...defined({ parent }),
    };
    const expiresAt = record.trace.keptUntil ?? this.#newExpiry();
    return {
      put: [...startRecords(start, expiresAt), ...this.#documentRecords(program.document, expiresAt)],
    };
  }

  /** The options of a step, which write down what the step asks for. */
  watch(options: HostStepOptions): SeenFacts {
    const reaches: { [sessionId: string]: boolean | null } = {};
    const figures: KnownFigure[] = [];
    const { now, reaches: ask, readFigure: read } = options;
    return {
      reaches,
      figures,
      options: {
        now,
        ...defined({
          reaches:
            ask &&
            ((id: string): boolean | undefined => {
              const answer = ask(id);
              reaches[id] = answer ?? null;
              return answer;
            }),
          readFigure:
            read &&
            (async (question: Parameters<typeof read>[0]) => {
              const figure = await read(question);
              figures.push({ ...question, figure });
              return figure;
            }),
        }),
      },
    };
  }

  /** The records of a step, for its commit, and the counts of the session after it. */
  step(given: {
    readonly record: SessionRecord;
    readonly counts: TraceCounts;
    readonly at: number;
    readonly input: StepInput;
    readonly seen: SeenFacts;
    readonly execution: HostedExecution;
    readonly outcome: StepOutcome;
  }): TracedBatch {
    const { record, counts, at, input, seen, execution, outcome } = given;
    const { sessionId } = record;
    const { reaches, figures } = seen;
    const step = counts.steps + 1;
    if (step > 1 && !this.#deps.durable.has(TRACE, sessionId)) return { batch: {}, counts: undefined };
    this.#steps += 1;
    const row: TraceStep = {
      step,
      at,
      order: this.#steps,
      input,
      configuration: execution.configuration,
      status: outcome.status,
      ...defined({
        reaches: Object.keys(reaches).length === 0 ? undefined : reaches,
        figures: figures.length === 0 ? undefined : figures,
      }),
    };
    const { renewed, expiresAt } = this.#renewal(record, counts);
    const put: PutRecord[] = [
      { table: TRACE_STEP, key: stepKey(sessionId, step), value: row, expiresAt },
      ...renewed,
    ];
    const bytes = counts.bytes + Buffer.byteLength(JSON.stringify(row));
    const after = { ...counts, steps: step, bytes, keptUntil: expiresAt };
    if (outcome.status !== 'running' || !this.#isFull(after)) return { batch: { put }, counts: after };
    return this.#withBase(sessionId, { put, after, expiresAt, text: execution.snapshotText() });
  }

  /** STR3. */
  #withBase(
    sessionId: SessionId,
    {
      put,
      after,
      expiresAt,
      text,
    }: { put: PutRecord[]; after: TraceCounts; expiresAt: number; text: string },
  ): TracedBatch {
    const { steps, bases } = after;
    put.push({ table: TRACE_BASE, key: stepKey(sessionId, steps), value: steps, text, expiresAt });
    const counts = { ...after, bytes: 0, bases: [...bases.slice(-1), steps] };
    if (bases.length < 2) return { batch: { put }, counts };
    const [first = 0, kept = 0] = bases;
    const remove = [{ table: TRACE_BASE, key: stepKey(sessionId, first) }];
    for (let step = first + 1; step <= kept; step++) {
      remove.push({ table: TRACE_STEP, key: stepKey(sessionId, step) });
    }
    // A renewal writes them again, and puts come after removals.
    const gone = new Set(remove.map(({ table, key }) => `${table} ${key}`));
    const left = put.filter(({ table, key }) => !gone.has(`${table} ${key}`));
    return { batch: { put: left, remove }, counts };
  }

  #isFull({ steps, bytes, bases }: TraceCounts): boolean {
    const { maxSteps, maxBytes } = this.#deps.bounds();
    return steps - bases.at(-1)! >= maxSteps / 2 || bytes >= maxBytes / 2;
  }

  #newExpiry(): number {
    return this.#deps.clock.now() + Math.ceil(this.#deps.bounds().keptMs * (1 + KEPT_LONGER));
  }

  #rootOf(sessionId: SessionId): SessionId {
    return this.#deps.durable.get<StoredStart>(TRACE, sessionId)?.root ?? sessionId;
  }

  /** The sources are long, and many sessions need them: they are kept for more time still. */
  #documentRecords(
    { hash, url, dialect, sources }: Pick<DocumentFacts, 'hash' | 'url' | 'dialect' | 'sources'>,
    expiresAt: number,
  ): readonly PutRecord[] {
    if (!this.#isDue(hash, expiresAt)) return [];
    const keptUntil = 2 * expiresAt - this.#deps.clock.now();
    const value: StoredSources = { hash, url, dialect, sources, keptUntil };
    return [{ table: TRACE_DOCUMENT, key: hash, value, expiresAt: keptUntil }];
  }

  #isDue(hash: string, expiresAt: number): boolean {
    return (this.#keptUntil.get(hash) ?? 0) < expiresAt;
  }

  /** STR4: the records of earlier steps that a step writes again, and the expiry of its own. */
  #renewal(
    { sessionId, documentHash }: SessionRecord,
    { keptUntil = 0 }: TraceCounts,
  ): { readonly renewed: readonly PutRecord[]; readonly expiresAt: number } {
    const { durable, clock, bounds } = this.#deps;
    if (keptUntil >= clock.now() + bounds().keptMs) return { renewed: [], expiresAt: keptUntil };
    const expiresAt = this.#newExpiry();
    const stored = this.#isDue(documentHash, expiresAt)
      ? durable.get<Omit<TracedDocument, 'hash'>>(DOCUMENT, documentHash)
      : undefined;
    const document = stored ? this.#documentRecords({ ...stored, hash: documentHash }, expiresAt) : [];
    return { renewed: [...this.stored.renewed(sessionId, expiresAt), ...document], expiresAt };
  }
}
