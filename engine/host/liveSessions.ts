import type { HostedExecution } from './hostEngine.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import type { SessionRecord } from './sessionRecord.ts';

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

/**
 * The sessions in memory, each with its mailbox. An idle session that was not used for long leaves memory
 * when there are more than `limit`; it comes back from its snapshot. One without a snapshot stays.
 */
export interface LiveSessions {
  /** Does `work` when everything put before it for the same session is done. */
  run<Result>(sessionId: string, work: (live: LiveSession) => Promise<Result>): Promise<Result>;
  /** Sessions in memory. */
  readonly count: number;
}

interface Resident {
  readonly live: LiveSession;
  readonly mailbox: Mailbox;
}

export function createLiveSessions(limit: number): LiveSessions {
  /** Least recently used first. */
  const residents = new Map<string, Resident>();

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
    if (residents.size > limit) evictOne();
  }

  function evictOne(): void {
    let looks = 0;
    for (const [sessionId, { live, mailbox }] of residents) {
      if (mailbox.idle && live.record?.persist !== false) {
        residents.delete(sessionId);
        return;
      }
      looks++;
      if (looks === MAX_EVICTION_LOOKS) return;
    }
  }

  return {
    run(sessionId, work) {
      const { live, mailbox } = admit(sessionId);
      return new Promise((resolve, reject) => {
        mailbox.put(() => work(live).then(resolve, reject));
      });
    },
    get count() {
      return residents.size;
    },
  };
}
