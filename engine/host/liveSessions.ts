import type { Clock, SessionId } from '../ports/index.ts';
import type { HostedExecution } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import { Mailbox } from './mailbox.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { StepTracing } from './stepTracing.ts';

/** Sessions held in memory; the others are restored from their snapshots when they are needed. */
export const DEFAULT_MAX_LIVE_SESSIONS = 10_000;
/** Default limit of the work that waits for one session. More is refused. */
export const DEFAULT_MAX_MAILBOX_LENGTH = 5_000;
/**
 * Milliseconds after which an idle session leaves memory. A session that waits needs some 18 KB, and
 * returns in a quarter of a millisecond.
 */
export const SESSION_IDLE_MS = 30_000;
/** Sessions idle for that long that leave when another one becomes idle: none stays behind for long. */
const LEAVING_TOGETHER = 2;
/** The heap is checked each time that this many sessions have become idle. */
const HEAP_CHECK_INTERVAL = 256;
/** Share of the live sessions that leave memory when the heap is above its bound. */
const PART_EVICTED = 0.25;
/** An eviction stops after this many sessions that cannot leave memory. */
const MAX_EVICTION_MISSES = 100;

/** A session in memory. Only work that LiveSessions.run() performs may read or change it. */
export interface LiveSession {
  readonly sessionId: SessionId;
  /** As of its last commit. Undefined: read it from the store; it may not run, or not exist. */
  running: { readonly record: SessionRecord; readonly execution: HostedExecution } | undefined;
  /** Steps in a row whose only input was events that the session sent to itself. */
  continuedSteps: number;
}

export interface LiveSessionLimits {
  readonly sessions: number;
  readonly mailboxLength: number;
  /** Absent: the heap is not checked. */
  readonly heap?: HeapLimit;
  /** Tells for how long a session was idle. */
  readonly clock: Pick<Clock, 'now'>;
  /** Absent: no work is followed. */
  readonly tracing?: Pick<StepTracing, 'bind'>;
}

export interface HeapLimit {
  readonly maxBytes: number;
  readonly usedBytes: () => number;
}

interface Entry {
  readonly session: LiveSession;
  readonly mailbox: Mailbox;
  /** ms since epoch of its last use. */
  usedAt: number;
}

/**
 * The sessions in memory, each with its mailbox. An idle session leaves memory after SESSION_IDLE_MS, when
 * there are more live sessions than the limit, or when the heap is above its bound; those used longest ago
 * leave first. A session with _persist="false" has no snapshot, so it stays.
 */
export class LiveSessions {
  readonly #limits: LiveSessionLimits;
  /** Least recently used first. */
  readonly #entries = new Map<SessionId, Entry>();
  #idleSinceCheck = 0;

  constructor(limits: LiveSessionLimits) {
    this.#limits = limits;
  }

  /**
   * Performs `work` after all earlier work for the same session. Rejects with MAILBOX_FULL when too much work
   * waits, unless this work is `urgent`: it ends or repairs the session.
   */
  run<Result>(
    sessionId: SessionId,
    work: (session: LiveSession) => Promise<Result>,
    options: { readonly urgent?: boolean } = {},
  ): Promise<Result> {
    const { session, mailbox } = this.#use(sessionId);
    if (mailbox.length >= this.#limits.mailboxLength && options.urgent !== true) {
      return Promise.reject(new HostError('MAILBOX_FULL', sessionId));
    }
    const started = (): Promise<Result> => work(session);
    const bound = this.#limits.tracing?.bind(started) ?? started;
    return new Promise((resolve, reject) => {
      mailbox.put(() => bound().then(resolve, reject));
    });
  }

  /** Sessions in memory. */
  get count(): number {
    return this.#entries.size;
  }

  #use(sessionId: SessionId): Entry {
    const entry = this.#entries.get(sessionId) ?? {
      session: { sessionId, running: undefined, continuedSteps: 0 },
      mailbox: new Mailbox(() => this.#becameIdle(sessionId)),
      usedAt: 0,
    };
    entry.usedAt = this.#limits.clock.now();
    this.#entries.delete(sessionId);
    this.#entries.set(sessionId, entry);
    return entry;
  }

  #becameIdle(sessionId: SessionId): void {
    if (this.#entries.get(sessionId)?.session.running === undefined) this.#entries.delete(sessionId);
    if (this.#entries.size > this.#limits.sessions) this.#evict(1);
    this.#letIdleLeave();
    this.#idleSinceCheck++;
    if (this.#idleSinceCheck < HEAP_CHECK_INTERVAL) return;
    this.#idleSinceCheck = 0;
    const { heap } = this.#limits;
    if (heap !== undefined && heap.usedBytes() > heap.maxBytes) {
      this.#evict(Math.ceil(this.#entries.size * PART_EVICTED));
    }
  }

  #letIdleLeave(): void {
    const now = this.#limits.clock.now();
    let looks = 0;
    for (const [sessionId, entry] of this.#entries) {
      if (looks === LEAVING_TOGETHER || entry.usedAt > now - SESSION_IDLE_MS) return;
      looks++;
      this.#entries.delete(sessionId);
      if (mayLeave(entry)) continue;
      // It is looked at again after the others.
      entry.usedAt = now;
      this.#entries.set(sessionId, entry);
    }
  }

  #evict(count: number): void {
    let evicted = 0;
    let misses = 0;
    for (const [sessionId, entry] of this.#entries) {
      if (mayLeave(entry)) {
        this.#entries.delete(sessionId);
        evicted++;
      } else {
        misses++;
      }
      if (evicted === count || misses === MAX_EVICTION_MISSES) return;
    }
  }
}

function mayLeave({ session, mailbox }: Entry): boolean {
  return mailbox.idle && session.running?.record.persist !== false;
}
