import {
  type Batch,
  type Durable,
  joinBatches,
  names,
  type PutRecord,
  visitRecords,
} from '../durable/index.ts';
import { defined, ownId, type SessionId } from '../ports/index.ts';
import type { FamilyTrace, SessionTrace, TracedDocument, TraceStep } from '../trace/index.ts';
import {
  type StoredSources,
  type StoredStart,
  startRecords,
  stepKey,
  TRACE,
  TRACE_BASE,
  TRACE_DOCUMENT,
  TRACE_FAMILY,
  TRACE_STEP,
  type TraceSummary,
} from './traceRecords.ts';

/** Sessions of a family in one export, the first by their ids. The file says how many are left out. */
const MAX_TRACED_FAMILY = 500;
/** Traces of one list. */
export const MAX_LISTED_TRACES = 1_000;

/** The product and the installation are known only above. */
type StoredFamily = Omit<FamilyTrace, 'product' | 'installation'>;

/** The traces in the store, for those who read or remove them. */
export class StoredTraces {
  readonly #durable: Durable;

  constructor(durable: Durable) {
    this.#durable = durable;
  }

  /** The trace of a session with those of the sessions that it invoked. Undefined: it has none. */
  read(sessionId: SessionId): StoredFamily | undefined {
    const durable = this.#durable;
    const own = durable.get<StoredStart>(TRACE, sessionId);
    if (own === undefined) return undefined;
    // The id of an invoked session begins with that of the session that invoked it.
    const all = this.#family(own.root, `${sessionId}~`);
    const invoked = all.slice(0, MAX_TRACED_FAMILY - 1);
    const leftOut = all.length - invoked.length;
    const sessions = [sessionId, ...invoked].flatMap((id) => this.#trace(id) ?? []);
    const documents = this.#documents(sessions);
    return {
      root: sessionId,
      sessions,
      documents,
      ...defined({ leftOut: leftOut > 0 ? leftOut : undefined }),
    };
  }

  /** The trace of one session. Undefined: it has none. */
  one(
    sessionId: SessionId,
  ): { readonly trace: SessionTrace; readonly documents: readonly TracedDocument[] } | undefined {
    const trace = this.#trace(sessionId);
    return trace && { trace, documents: this.#documents([trace]) };
  }

  /** In the order of session ids, after this one. */
  list(filter: { readonly after?: SessionId; readonly limit?: number } = {}): readonly TraceSummary[] {
    const { after, limit = MAX_LISTED_TRACES } = filter;
    const range = { limit: Math.min(limit, MAX_LISTED_TRACES), ...defined({ after }) };
    return Array.from(this.#durable.scan<StoredStart>(TRACE, range), ({ value }) => {
      const { sessionId, root, src, documentHash, startedAt } = value;
      return { sessionId, root, src, documentHash, startedAt };
    });
  }

  /** All records of the trace of one session, with another expiry (ms since epoch). */
  renewed(sessionId: SessionId, expiresAt: number): readonly PutRecord[] {
    const durable = this.#durable;
    const start = durable.get<StoredStart>(TRACE, sessionId);
    if (start === undefined) return [];
    const rows = [TRACE_STEP, TRACE_BASE].flatMap((table) =>
      Array.from(durable.scan(table, { prefix: `${sessionId}:` }), ({ key, value }) => {
        const text = durable.text(table, key);
        return { table, key, value, expiresAt, ...defined({ text }) };
      }),
    );
    return [...startRecords(start, expiresAt), ...rows];
  }

  removeBatch(sessionId: SessionId): Batch {
    const durable = this.#durable;
    // The start may have expired before steps that were kept for a longer time.
    const root = durable.get<StoredStart>(TRACE, sessionId)?.root;
    const family = root === undefined ? [] : [{ table: TRACE_FAMILY, key: `${root}:${sessionId}` }];
    const rows = [TRACE_STEP, TRACE_BASE].flatMap((table) =>
      [...durable.scan(table, { prefix: `${sessionId}:` })].map(({ key }) => ({ table, key })),
    );
    return { remove: [{ table: TRACE, key: sessionId }, ...family, ...rows] };
  }

  /** The whole traces in which a step, or a state, names one of the ids: their sessions may be long gone. */
  async removeNamingBatch(ids: ReadonlySet<string>): Promise<Batch> {
    const durable = this.#durable;
    const found = new Set<SessionId>();
    for (const table of [TRACE, TRACE_STEP, TRACE_BASE]) {
      await visitRecords<unknown>(durable, table, ({ key, value }) => {
        const sessionId = ownId<SessionId>(table === TRACE ? key : key.slice(0, key.lastIndexOf(':')));
        if (found.has(sessionId)) return;
        const text = table === TRACE_BASE ? (durable.text(table, key) ?? '') : JSON.stringify(value);
        if (names(`${key} ${text}`, ids)) found.add(sessionId);
      });
    }
    const families = [...found].flatMap((id) =>
      this.#family(durable.get<StoredStart>(TRACE, id)?.root ?? id),
    );
    return joinBatches([...new Set([...found, ...families])].map((id) => this.removeBatch(id)));
  }

  /** `prefix`: the ids begin with it. */
  #family(root: SessionId, prefix = ''): readonly SessionId[] {
    const rows = this.#durable.scan(TRACE_FAMILY, { prefix: `${root}:${prefix}` });
    return Array.from(rows, ({ key }) => ownId<SessionId>(key.slice(root.length + 1)));
  }

  #documents(sessions: readonly SessionTrace[]): readonly TracedDocument[] {
    const hashes = new Set(sessions.map(({ start }) => start.documentHash));
    return [...hashes]
      .flatMap((hash) => this.#durable.get<StoredSources>(TRACE_DOCUMENT, hash) ?? [])
      .map(({ keptUntil: _, ...document }) => document);
  }

  #trace(sessionId: SessionId): SessionTrace | undefined {
    const durable = this.#durable;
    const start = durable.get<StoredStart>(TRACE, sessionId);
    if (start === undefined) return undefined;
    const prefix = `${sessionId}:`;
    const steps = Array.from(durable.scan<TraceStep>(TRACE_STEP, { prefix }), ({ value }) => value);
    const first = (steps[0]?.step ?? 1) - 1;
    const snapshot = first === 0 ? undefined : durable.text(TRACE_BASE, stepKey(sessionId, first));
    const base = snapshot === undefined ? undefined : { step: first, snapshot };
    return { start, steps, ...defined({ base }) };
  }
}
