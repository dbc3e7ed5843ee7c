import { type Durable, Postponed } from '../durable/index.ts';
import type { Clock, Log, SessionId } from '../ports/index.ts';
import { recentEntries } from '../ports/index.ts';
import { HostError } from './hostError.ts';
import { LINEAGE_SESSION } from './sessionIndex.ts';
import { type Lineage, readSession, type SessionRecord } from './sessionRecord.ts';

/** How much the sessions of one lineage may do. The names are those of the configuration. */
export interface LineageLimits {
  /** Sessions that have not ended. The first session of the lineage does not count. */
  readonly ofLineage: number;
  /** Sessions in a row, each of which invoked or started the next one. */
  readonly depth: number;
  /** Sessions that the lineage may start in one second; more wait. BURST_SECONDS of it may come at once. */
  readonly startsPerSecond: number;
  /**
   * Events and requests that the lineage may send in one second to other sessions, modules and URLs; more
   * wait. The same burst.
   */
  readonly eventsPerSecond: number;
}

export const DEFAULT_LINEAGE_LIMITS: LineageLimits = {
  ofLineage: 1_000,
  depth: 20,
  startsPerSecond: 50,
  eventsPerSecond: 300,
};

/** A lineage may use what it saved in this many seconds. */
const BURST_SECONDS = 10;
/** ms that a start or an event waits when its lineage has used all that it may. */
const WAIT_MS = 1_000;
/** Lineages that are remembered for their rates, and for the lines that the log has about them. */
const MAX_REMEMBERED = 20_000;

interface LineagesDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: LineageLimits;
}

/**
 * The lineages of sessions: a session that a client starts, with all sessions that it and its descendants
 * invoke and start. Bounds what a document can start and send. Clients are not bounded here.
 */
export class Lineages {
  readonly #durable: Durable;
  readonly #log: Log;
  readonly #limits: LineageLimits;
  readonly #starts: Rates;
  readonly #events: Rates;
  /** Starts in progress, by lineage. */
  readonly #starting = new Map<SessionId, number>();
  readonly #logged = recentEntries<string, true>(MAX_REMEMBERED);

  constructor({ durable, clock, log, limits }: LineagesDeps) {
    this.#durable = durable;
    this.#log = log;
    this.#limits = limits;
    this.#starts = new Rates(clock, limits.startsPerSecond);
    this.#events = new Rates(clock, limits.eventsPerSecond);
  }

  /** The lineage of a session that `by` starts. */
  of(by: SessionId): Lineage {
    const { root, depth } = lineageOf(by, readSession(this.#durable, by));
    return { root, depth: depth + 1 };
  }

  /**
   * Performs the start of a session of the lineage. Rejects with SESSIONS_LIMITED where it has too many
   * sessions, or this one is too deep, and with STARTS_LIMITED where it started too many just now.
   */
  async start(lineage: Lineage, work: () => Promise<void>): Promise<void> {
    const { root, depth } = lineage;
    const { ofLineage } = this.#limits;
    if (depth > this.#limits.depth) {
      throw this.#refused(root, 'depth', 'sessions that start each other in a row');
    }
    const starting = this.#starting.get(root) ?? 0;
    if (starting + this.#count(root, ofLineage) >= ofLineage) {
      throw this.#refused(root, 'ofLineage', 'sessions at the same time');
    }
    if (!this.#starts.take(root)) {
      this.#logOnce(root, 'startsPerSecond');
      throw new HostError('STARTS_LIMITED', root);
    }
    this.#starting.set(root, starting + 1);
    try {
      await work();
    } finally {
      const left = (this.#starting.get(root) ?? 1) - 1;
      if (left === 0) this.#starting.delete(root);
      else this.#starting.set(root, left);
    }
  }

  /** Throws EVENTS_LIMITED where the lineage of the sender has sent too many just now. */
  countEvent(sender: SessionId, record: SessionRecord | undefined): void {
    const { root } = lineageOf(sender, record);
    if (this.#events.take(root)) return;
    this.#logOnce(root, 'eventsPerSecond');
    throw new HostError('EVENTS_LIMITED', root);
  }

  /** Sessions of the lineage that have not ended, up to `most`. */
  #count(root: SessionId, most: number): number {
    let count = 0;
    for (const _ of this.#durable.scan(LINEAGE_SESSION, { prefix: `${root}:`, limit: most })) count++;
    return count;
  }

  #refused(root: SessionId, limit: 'depth' | 'ofLineage', what: string): HostError {
    this.#logOnce(root, limit);
    return new HostError(
      'SESSIONS_LIMITED',
      `Session '${root}' and the sessions that follow from it may be ${this.#limits[limit]} ${what} (limits.sessions.${limit}).`,
    );
  }

  /** The first time for each lineage. */
  #logOnce(root: SessionId, limit: keyof LineageLimits): void {
    const key = `${limit}:${root}`;
    if (this.#logged.has(key)) return;
    this.#logged.set(key, true);
    const fields = { sessionId: root, limit: `limits.sessions.${limit}`, value: this.#limits[limit] };
    this.#log.warn(fields, 'A session, with the sessions that follow from it, reached a limit.');
  }
}

/** Makes a task that a limit of a second stops wait. Rethrows all other errors. */
export function postponeIfLimited(error: unknown, clock: Clock): never {
  const isLimited =
    error instanceof HostError && (error.code === 'STARTS_LIMITED' || error.code === 'EVENTS_LIMITED');
  throw isLimited ? new Postponed(clock.now() + WAIT_MS) : error;
}

export interface CountDeps {
  readonly durable: Durable;
  readonly clock: Clock;
  readonly lineages: Lineages;
}

/**
 * Counts an event or a request that a session sends. Returns the record of the session. Throws Postponed
 * where its lineage has sent too many just now.
 */
export function countEvent(
  sender: SessionId,
  { durable, clock, lineages }: CountDeps,
): SessionRecord | undefined {
  const record = readSession(durable, sender);
  try {
    lineages.countEvent(sender, record);
  } catch (error) {
    postponeIfLimited(error, clock);
  }
  return record;
}

function lineageOf(sessionId: SessionId, record: SessionRecord | undefined): Lineage {
  return record?.lineage ?? { root: sessionId, depth: 0 };
}

/** Counts per second, each with a burst, by lineage. */
class Rates {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #left = recentEntries<SessionId, { count: number; at: number }>(MAX_REMEMBERED);

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /** False: all is used. */
  take(root: SessionId): boolean {
    const now = this.#clock.now();
    const most = this.#perSecond * BURST_SECONDS;
    const left = this.#left.get(root) ?? { count: most, at: now };
    left.count = Math.min(most, left.count + (Math.max(0, now - left.at) / 1_000) * this.#perSecond);
    left.at = now;
    this.#left.set(root, left);
    if (left.count < 1) return false;
    left.count--;
    return true;
  }
}
