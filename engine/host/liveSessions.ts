import type { HostedExecution } from './hostEngine.ts';
import { HostError } from './hostError.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import type { SessionRecord } from './sessionRecord.ts';

/** Work waiting for one session, unless SessionsDeps says otherwise; what comes beyond it is refused. */
export const DEFAULT_MAX_MAILBOX_LENGTH = 5_000;
/** The heap is looked at each time that so many sessions have become idle. */
const HEAP_CHECK_INTERVAL = 256;
/** The part of the sessions in memory that leave it when the heap is above its bound. */
const PART_EVICTED = 0.25;
/** How many of the sessions used longest ago are looked at to find one that can leave memory. */
const MAX_EVICTION_LOOKS = 100;

/** What is in memory of a session. Only work that LiveSessions.run() is doing may read or change it. */
export interface LiveSession {
  readonly sessionId: string;
  /** As it was committed last; absent: read it from the store. */
  record: SessionRecord | undefined;
  /** Its state after the last committed step; absent: restore it from the record's snapshot. */
  execution: HostedExecution | undefined;
  /** Steps in a row for nothing but events that the session sent itself. */
  continued: number;
}

/** How much may be in memory. */
export interface LiveLimits {
  /** Sessions. */
  readonly sessions: number;
  readonly mailboxLength: number;
  /** Absent: memory is not looked at. */
  readonly heap?: HeapLimit;
}

export interface HeapLimit {
  readonly maxBytes: number;
  readonly usedBytes: () => number;
}

/**
 * The sessions in memory, each with its mailbox. An idle session that was not used for long leaves memory
 * when there are more than the limit, or when the heap is above its bound; it comes back from its snapshot. One
 * without a snapshot stays.
 */
export interface LiveSessions {
  /**
   * Does `work` when everything put before it for the same session is done. Rejects with MAILBOX_FULL when too
   * much is waiting, unless it is `urgent`: what ends or repairs a session.
   */
  run<Result>(
    sessionId: string,
    work: (live: LiveSession) => Promise<Result>,
    options?: { readonly urgent?: boolean },
  ): Promise<Result>;
  /** Sessions in memory. */
  readonly count: number;
}

interface Resident {
  readonly live: LiveSession;
  readonly mailbox: Mailbox;
}

export function createLiveSessions(limits: LiveLimits): LiveSessions {
  /** Least recently used first. */
  const residents = new Map<string, Resident>();
  let idleSinceCheck = 0;

  function admit(sessionId: string): Resident {
    const known = residents.get(sessionId);
    const resident = known ?? {
      live: { sessionId, record: undefined, execution: undefined, continued: 0 },
      mailbox: createMailbox(() => dismiss(sessionId)),
    };
    residents.delete(sessionId);
    residents.set(sessionId, resident);
    return resident;
  }

  function dismiss(sessionId: string): void {
    if (residents.get(sessionId)?.live.execution === undefined) residents.delete(sessionId);
    if (residents.size > limits.sessions) evict(1);
    idleSinceCheck++;
    if (idleSinceCheck < HEAP_CHECK_INTERVAL) return;
    idleSinceCheck = 0;
    const { heap } = limits;
    if (heap !== undefined && heap.usedBytes() > heap.maxBytes) {
      evict(Math.ceil(residents.size * PART_EVICTED));
    }
  }

  function evict(count: number): void {
    let looks = 0;
    let evicted = 0;
    for (const [sessionId, { live, mailbox }] of residents) {
      if (mailbox.idle && live.record?.persist !== false) {
        residents.delete(sessionId);
        evicted++;
        if (evicted === count) return;
        continue;
      }
      looks++;
      if (looks === MAX_EVICTION_LOOKS) return;
    }
  }

  return {
    run(sessionId, work, { urgent = false } = {}) {
      const { live, mailbox } = admit(sessionId);
      if (mailbox.length >= limits.mailboxLength && !urgent) {
        return Promise.reject(new HostError('MAILBOX_FULL', sessionId));
      }
      return new Promise((resolve, reject) => {
        mailbox.put(() => work(live).then(resolve, reject));
      });
    },
    get count() {
      return residents.size;
    },
  };
}
