import { type Batch, type Durable, joinBatches } from '../durable/index.ts';
import type { Limits } from '../interpreter/index.ts';
import {
  type Clock,
  defined,
  type FetchText,
  type HttpClient,
  type Ids,
  type Log,
  type SessionId,
  type WatchTexts,
} from '../ports/index.ts';
import type { DebuggableSessions } from './debugging.ts';
import { DocumentBlocks } from './documentBlocks.ts';
import { DOCUMENT } from './documentUses.ts';
import { EventDelivery, ignoreGone } from './eventDelivery.ts';
import { HeldSessions } from './heldSessions.ts';
import type { HostEngine } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import { DEFAULT_LINEAGE_LIMITS, type LineageLimits, Lineages } from './lineages.ts';
import {
  DEFAULT_MAX_LIVE_SESSIONS,
  DEFAULT_MAX_MAILBOX_LENGTH,
  type HeapLimit,
  type LiveSession,
  LiveSessions,
} from './liveSessions.ts';
import { ModulePerformers } from './performModules.ts';
import { performSessionTasks } from './performTasks.ts';
import { Programs } from './programs.ts';
import { endedNaming, familyOf, removeEventsNamingBatch, removeSessionBatch } from './removeSessions.ts';
import { Replies } from './replies.ts';
import { SessionRestorer } from './restoreSession.ts';
import { DEFAULT_RETENTION, type Retention } from './retention.ts';
import { SessionCopies } from './sessionCopies.ts';
import { SessionEnds } from './sessionEnds.ts';
import { listSessions, listVersions } from './sessionLists.ts';
import { readSession, SESSION } from './sessionRecord.ts';
import { SessionSteps } from './sessionSteps.ts';
import type {
  AdministeredSessions,
  BlockedDocument,
  DocumentSources,
  DocumentVersion,
  PerformModule,
  PublishedEvent,
  ReadSessionFigure,
  SessionCounts,
  SessionEnd,
  SessionListFilter,
  SessionReply,
  SessionRequest,
  SessionView,
  StartSession,
} from './sessions.ts';
import { eventBatch } from './sessionTasks.ts';
import type { SessionTraces } from './sessionTraces.ts';
import { SessionStarter } from './startSession.ts';
import type { StepTracing } from './stepTracing.ts';
import { StepWatchers } from './stepWatchers.ts';
import { StoredTraces } from './storedTraces.ts';
import { TRACE_DOCUMENT } from './traceRecords.ts';

/** Times that endFamily() looks for sessions that were started while it ended others. */
const MAX_FAMILY_ROUNDS = 10;

export interface SessionHostDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly fetchText: FetchText;
  /** Undefined: texts are read again at each start. */
  readonly watchTexts?: WatchTexts;
  readonly http: HttpClient;
  /** Base URL of this server, without a slash at its end. It is known only when the server listens. */
  readonly baseUrl: () => string;
  readonly limits?: Partial<Limits>;
  readonly engine: HostEngine;
  readonly retention?: Partial<Retention>;
  readonly maxLiveSessions?: number;
  /** Sessions leave memory when the heap is above this bound. */
  readonly heap?: HeapLimit;
  readonly lineageLimits?: LineageLimits;
  readonly maxMailboxLength?: number;
  readonly traces?: SessionTraces;
  /** Follows the steps. Undefined: nobody does. */
  readonly tracing?: StepTracing;
}

/**
 * Sessions over Durable. The constructor registers the kinds of session tasks, so make the host before
 * durable.start(). Sessions of an earlier process are restored when an event, a timer or a caller needs them.
 */
export class SessionHost implements AdministeredSessions {
  readonly debuggable: DebuggableSessions;
  readonly copies: SessionCopies;
  readonly #durable: Durable;
  readonly #ids: Ids;
  readonly #baseUrl: () => string;
  readonly #live: LiveSessions;
  readonly #replies: Replies;
  readonly #ends: SessionEnds;
  readonly #restorer: SessionRestorer;
  readonly #steps: SessionSteps;
  readonly #starter: SessionStarter;
  readonly #delivery: EventDelivery;
  readonly #modules: ModulePerformers;
  readonly #blocks: DocumentBlocks;
  readonly #traces: SessionTraces | undefined;

  constructor(deps: SessionHostDeps) {
    const { durable, clock, ids, log, http, fetchText, watchTexts, baseUrl, engine, limits, heap, traces } =
      deps;
    const { tracing } = deps;
    const retention = { ...DEFAULT_RETENTION, ...deps.retention };
    const programs = new Programs({ durable, fetchText, engine, ...defined({ watchTexts }) });
    const mailboxLength = deps.maxMailboxLength ?? DEFAULT_MAX_MAILBOX_LENGTH;
    const live = new LiveSessions({
      sessions: deps.maxLiveSessions ?? DEFAULT_MAX_LIVE_SESSIONS,
      mailboxLength,
      clock,
      ...defined({ heap, tracing }),
    });
    const replies = new Replies({ durable, clock });
    const ends = new SessionEnds({ durable, clock, log, replies, retention });
    const restorer = new SessionRestorer({ durable, clock, log, engine, programs, limits, ends });
    const watchers = new StepWatchers();
    const common = { durable, clock, log, restorer, ends, watchers };
    const steps = new SessionSteps({ ...common, retention, replies, traces, tracing });
    const held = new HeldSessions({ ...common, live, steps, maxInputs: mailboxLength });
    const lineages = new Lineages({
      durable,
      clock,
      log,
      limits: deps.lineageLimits ?? DEFAULT_LINEAGE_LIMITS,
    });
    const blocks = new DocumentBlocks({
      durable,
      clock,
      log,
      terminate: (sessionId, reason) => ignoreGone(this.terminate(sessionId, reason)),
    });
    const starter = new SessionStarter({
      durable,
      clock,
      ids,
      log,
      engine,
      programs,
      lineages,
      blocks,
      limits,
      baseUrl,
      live,
      steps: held,
      restorer,
      traces,
    });
    const delivery = new EventDelivery(live, held);
    const modules = new ModulePerformers({ durable, clock, lineages, delivery, log });
    performSessionTasks({
      durable,
      clock,
      log,
      http,
      live,
      steps,
      held,
      starter,
      delivery,
      lineages,
      modules,
    });
    this.debuggable = held;
    const facts = (sessionId: SessionId) => steps.facts(sessionId);
    const stored = traces?.stored ?? new StoredTraces(durable);
    this.copies = new SessionCopies({ durable, clock, engine, programs, traces: stored, limits, facts });
    this.#durable = durable;
    this.#ids = ids;
    this.#baseUrl = baseUrl;
    this.#live = live;
    this.#replies = replies;
    this.#ends = ends;
    this.#restorer = restorer;
    this.#steps = steps;
    this.#starter = starter;
    this.#delivery = delivery;
    this.#modules = modules;
    this.#blocks = blocks;
    this.#traces = traces;
  }

  async start({
    id,
    src,
    params,
    idealTime,
    startedBy,
    alongside,
  }: StartSession): Promise<{ readonly sessionId: SessionId }> {
    const sessionId = id ?? this.#ids.session();
    const base = this.#baseUrl();
    if (!URL.canParse(src, base)) throw new HostError('DOCUMENT_UNREACHABLE', src);
    const source = { kind: 'url' as const, url: new URL(src, base) };
    await this.#starter.start({ sessionId, source, idealTime, ...defined({ params, startedBy, alongside }) });
    return { sessionId };
  }

  publish(sessionId: SessionId, event: PublishedEvent): Promise<void> {
    return this.#delivery.publish(sessionId, event);
  }

  async request(sessionId: SessionId, { name, data, id, timeoutMs }: SessionRequest): Promise<SessionReply> {
    const requestId = id ?? this.#ids.uuid();
    if (id !== undefined) {
      // In the mailbox: the step that gave the answer is durable then.
      const earlier = await this.#live.run(sessionId, async () => this.#replies.stored(sessionId, requestId));
      if (earlier !== undefined) return earlier;
    }
    const answer = this.#replies.wait(sessionId, requestId, timeoutMs);
    this.publish(sessionId, { name, data, sendid: requestId, ...defined({ id }) }).then(
      () => this.#afterRequest(sessionId, requestId),
      (error: unknown) => this.#replies.reject(sessionId, requestId, error),
    );
    return answer;
  }

  /** A repeated request to a session that has ended does nothing, so its end is not announced again. */
  #afterRequest(sessionId: SessionId, requestId: string): void {
    if (!this.#replies.isWaited(sessionId, requestId)) return;
    if (readSession(this.#durable, sessionId)?.endedAt !== undefined) this.#replies.endSession(sessionId);
  }

  terminate(sessionId: SessionId, reason: string, alongside: Batch = {}): Promise<void> {
    const end = { reason, quiet: false, alongside };
    return this.#live.run(sessionId, (session) => this.#steps.terminate(session, end), { urgent: true });
  }

  retry(sessionId: SessionId, alongside: Batch = {}): Promise<void> {
    const retrying = (session: LiveSession) => this.#restorer.retry(session, alongside);
    return this.#live.run(sessionId, retrying, { urgent: true });
  }

  async endFamily(roots: readonly SessionId[], reason: string): Promise<readonly SessionId[]> {
    for (let round = 0; round < MAX_FAMILY_ROUNDS; round++) {
      const family = await familyOf(this.#durable, roots);
      const open = family.filter((id) => readSession(this.#durable, id)?.endedAt === undefined);
      if (open.length === 0) return family;
      for (const id of open) await ignoreGone(this.terminate(id, reason));
    }
    throw new Error(
      `MAX_FAMILY_ROUNDS: sessions still start others after ${MAX_FAMILY_ROUNDS} rounds of terminations.`,
    );
  }

  endedNaming(ids: ReadonlySet<string>): Promise<readonly SessionId[]> {
    return endedNaming(this.#durable, ids);
  }

  async removeEventsNamingBatch(ids: ReadonlySet<string>): Promise<Batch> {
    const traces = (await this.#traces?.stored.removeNamingBatch(ids)) ?? {};
    return joinBatches(await removeEventsNamingBatch(this.#durable, ids), traces);
  }

  removeBatch(sessionIds: readonly SessionId[]): Batch {
    return joinBatches(
      sessionIds.map((id) => removeSessionBatch(this.#durable, id)),
      sessionIds.map((id) => this.#traces?.stored.removeBatch(id) ?? {}),
    );
  }

  /** In the mailbox: a start that is not durable yet may still fail. */
  exists(sessionId: SessionId): Promise<boolean> {
    return this.#live.run(sessionId, async () => this.#durable.has(SESSION, sessionId));
  }

  query(sessionId: SessionId): Promise<SessionView | undefined> {
    return this.#live.run(sessionId, (session) => this.#restorer.view(session));
  }

  list(filter?: SessionListFilter): Promise<readonly SessionView[]> {
    return listSessions(this.#durable, filter);
  }

  blockDocument(document: string, alongside: Batch = {}): Promise<void> {
    return this.#blocks.block(document, alongside);
  }

  allowDocument(document: string, alongside: Batch = {}): Promise<void> {
    return this.#blocks.allow(document, alongside);
  }

  blockedDocuments(): readonly BlockedDocument[] {
    return this.#blocks.list();
  }

  versions(): Promise<readonly DocumentVersion[]> {
    return listVersions(this.#durable);
  }

  sourcesOf(documentHash: string): DocumentSources | undefined {
    return (
      this.#durable.get<DocumentSources>(DOCUMENT, documentHash) ??
      this.#durable.get<DocumentSources>(TRACE_DOCUMENT, documentHash)
    );
  }

  eventBatch(sessionId: SessionId, event: PublishedEvent & { readonly id: string }, dueAt: number): Batch {
    return eventBatch(sessionId, event, { dueAt });
  }

  onModule(name: string, perform: PerformModule): void {
    this.#modules.register(name, perform);
  }

  get counts(): SessionCounts {
    return { live: this.#live.count, ended: { ...this.#ends.ended }, ...this.#steps.counts };
  }

  onFigure(read: ReadSessionFigure): void {
    this.#steps.readFiguresWith(read);
  }

  onEnded(listener: (ended: SessionEnd) => Batch): void {
    this.#ends.onEnded(listener);
  }
}
