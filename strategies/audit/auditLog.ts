import { type Batch, type Durable, timeKey } from '../../engine/durable/index.ts';
import { type Clock, defined, type Json, recentEntries } from '../../engine/ports/index.ts';
import { AuditTrail } from './auditTrail.ts';

/** The kinds of recorded actions. */
export const AUDIT_ACTIONS = [
  'agent.changed',
  'agent.removed',
  'callback.cancelled',
  'callback.changed',
  'callback.created',
  'callbacks.cancelled',
  'callbacks.read',
  'callbacks.reported',
  'configuration.changed',
  'customer.removed',
  'desktop.changed',
  'desktop.removed',
  'document.allowed',
  'document.stopped',
  'login',
  'login.refused',
  'pattern.changed',
  'pattern.removed',
  'list.changed',
  'list.removed',
  'push.changed',
  'push.removed',
  'push.tested',
  'service.changed',
  'service.removed',
  'session.debugged',
  'session.retried',
  'session.terminated',
  'template.removed',
  'template.rolledBack',
  'template.uploaded',
  'trace.exported',
  'user.changed',
  'user.removed',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** The person or system that acts. */
export interface Actor {
  /** For example `administrator anna`, `platform partner`, `server`. */
  readonly who: string;
  /** IP address of the client. Absent: no client asked for it. */
  readonly address?: string;
}

export interface AuditRecord extends Actor {
  readonly action: AuditAction;
  /** Kind and name, for example `template:callback`. */
  readonly object?: string;
  /** For example the version of a template. Never a password, and never the data of a customer. */
  readonly details?: { readonly [name: string]: Json };
}

/** `id`: entries are in the order of their ids. */
export interface AuditEntry extends AuditRecord {
  readonly id: string;
  /** ms since epoch. */
  readonly at: number;
}

export interface AuditLimits {
  /** Entries that are kept, without refused logins. A new one replaces the oldest. */
  readonly maxEntries: number;
  readonly maxAgeMs: number;
}

/** Times are ms since epoch. Texts are compared whole. */
export interface AuditQuery {
  readonly since?: number;
  /** Not included. */
  readonly until?: number;
  readonly who?: string;
  readonly object?: string;
  readonly action?: AuditAction;
  /** `next` of the page before. */
  readonly before?: string;
  /** Default and maximum: MAX_LISTED_ENTRIES. */
  readonly limit?: number;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Present when there may be more, which the next page has. An empty page may have it, too. */
  readonly next?: string;
}

/** Entries of one page. */
export const MAX_LISTED_ENTRIES = 1_000;
/** Entries that one page reads while it searches for those that match. */
const MAX_READ_ENTRIES = 10_000;
/** Refused logins that are kept. Anybody can make many of them. */
const MAX_REFUSED_LOGINS = 10_000;
/** Refused logins that are stored in one minute. Later ones are counted. */
const MAX_REFUSED_LOGINS_A_MINUTE = 60;
const MINUTE_MS = 60_000;
/** Readings that are remembered: each is one entry a minute. */
const MAX_KNOWN_READINGS = 1_000;
/** Characters of each text of an entry. A longer text is cut. */
const MAX_TEXT_CHARS = 500;

type StoredEntry = Omit<AuditEntry, 'id'>;

/**
 * The durable record of what was done, by whom and from where.
 *
 * AU1. The entry of a durable change is in the commit of the change: both exist, or neither.
 * AU2. Entries are never changed. They leave the log by their age, or the oldest first when there are too
 *      many.
 * AU3. Refused logins have a trail of their own, so that strangers cannot push out other entries.
 */
export class AuditLog {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #changes: AuditTrail<StoredEntry>;
  readonly #refusals: AuditTrail<StoredEntry>;
  /** Times of the last entries of readings. */
  readonly #readings = recentEntries<string, number>(MAX_KNOWN_READINGS);
  /** Refused logins of the present minute. `more`: those only counted since the last stored one. */
  #minute = { begunAt: 0, stored: 0, more: 0 };

  constructor(deps: { readonly durable: Durable; readonly clock: Clock; readonly limits: AuditLimits }) {
    const { durable, clock } = deps;
    const { maxEntries, maxAgeMs } = deps.limits;
    this.#durable = durable;
    this.#clock = clock;
    this.#changes = new AuditTrail({ durable, table: 'audit', mark: 'c', maxEntries, maxAgeMs });
    this.#refusals = new AuditTrail({
      durable,
      table: 'auditRefusal',
      mark: 'r',
      maxEntries: MAX_REFUSED_LOGINS,
      maxAgeMs,
    });
  }

  /** The entry of a change, for the commit of the change (AU1). */
  batch(record: AuditRecord): Batch {
    return this.#changes.addBatch(this.#entry(record));
  }

  /** Records an action that changes nothing durable, for example a login. */
  record(record: AuditRecord): Promise<void> {
    return this.#durable.commit(this.batch(record));
  }

  /** Records that somebody reads something, once a minute for the same person, object and details. */
  async recordReading(record: AuditRecord): Promise<void> {
    const { address: _, ...reading } = record;
    const key = JSON.stringify(reading);
    const now = this.#clock.now();
    if (now - (this.#readings.get(key) ?? Number.NEGATIVE_INFINITY) < MINUTE_MS) return;
    await this.record(record);
    this.#readings.set(key, now);
  }

  /**
   * Records a refused login (AU3). Above MAX_REFUSED_LOGINS_A_MINUTE it is only counted; `details.more` of
   * the next stored one has the count.
   */
  async recordRefusal(refused: Omit<AuditRecord, 'action'>): Promise<void> {
    const now = this.#clock.now();
    const { begunAt, more } = this.#minute;
    if (now < begunAt || now >= begunAt + MINUTE_MS) this.#minute = { begunAt: now, stored: 0, more };
    if (this.#minute.stored >= MAX_REFUSED_LOGINS_A_MINUTE) {
      this.#minute.more++;
      return;
    }
    this.#minute.stored++;
    this.#minute.more = 0;
    const details = more === 0 ? refused.details : { ...refused.details, more };
    const entry = this.#entry({ ...refused, action: 'login.refused', ...defined({ details }) });
    await this.#durable.commit(this.#refusals.addBatch(entry));
  }

  /** Entries that match. Before an answer with them leaves, await Durable.whenDurable(). */
  list(query: AuditQuery = {}): AuditPage {
    const limit = Math.min(query.limit ?? MAX_LISTED_ENTRIES, MAX_LISTED_ENTRIES);
    const entries: AuditEntry[] = [];
    let read = 0;
    for (const entry of this.#newestFirst(query)) {
      if (matches(entry, query)) entries.push(entry);
      read++;
      if (entries.length === limit || read === MAX_READ_ENTRIES) return { entries, next: entry.id };
    }
    return { entries };
  }

  /** Both trails, merged by their ids. */
  *#newestFirst({ since, until, before }: AuditQuery): Iterable<AuditEntry> {
    const ends = [before, until === undefined ? undefined : timeKey(until)];
    const to = ends.filter((end) => end !== undefined).sort()[0];
    const range = defined({ from: since === undefined ? undefined : timeKey(since), to });
    const changes = this.#changes.newestFirst(range);
    const refusals = this.#refusals.newestFirst(range);
    let [change, refusal] = [changes.next().value, refusals.next().value];
    while (change !== undefined || refusal !== undefined) {
      if (refusal === undefined || (change !== undefined && change.id > refusal.id)) {
        yield change!;
        change = changes.next().value;
      } else {
        yield refusal;
        refusal = refusals.next().value;
      }
    }
  }

  #entry({ who, address, action, object, details }: AuditRecord): StoredEntry {
    return {
      at: this.#clock.now(),
      who: cut(who),
      action,
      ...defined({ address, object: object === undefined ? undefined : cut(object), details }),
    };
  }
}

function matches(entry: AuditEntry, { who, object, action }: AuditQuery): boolean {
  return (
    (who === undefined || entry.who === who) &&
    (object === undefined || entry.object === object) &&
    (action === undefined || entry.action === action)
  );
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS - 1)}…`;
}
