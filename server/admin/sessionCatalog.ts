import type { SessionStatus, SessionView } from '../../engine/host/index.ts';
import { SESSION_STATUSES, type Sessions } from '../../engine/host/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import { CallbackState, type ServiceInstance } from '../../strategies/instances/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';

/** Sessions that a search looks at. More of them are counted as `more` only. */
const MAX_SEARCHED_SESSIONS = 20_000;
/** A reading of the sessions is for all searches until this time after its end. */
const READ_FOR_MS = 1_000;
/** Words of `find` that count. */
const MAX_WORDS = 10;

/** A session, and the use of a service that it belongs to. */
export interface CatalogEntry {
  readonly view: SessionView;
  /** Absent: the session belongs to none. */
  readonly instance?: ServiceInstance;
}

export interface SessionSearch {
  readonly status?: SessionStatus;
  /** Sessions of services that have not reached an agent yet. */
  readonly waiting?: true;
  /** URL of a document, or hash of a version. */
  readonly document?: string;
  /** Name of a service. */
  readonly service?: string;
  /** The gms_user or a property of the customer, whole. */
  readonly customer?: string;
  /** Words, all of which the entry has to contain, in any case. */
  readonly find?: string;
}

export interface FoundSessions {
  /** Latest start first. */
  readonly entries: readonly CatalogEntry[];
  /** Counts all sessions that were looked at. */
  readonly counts: Readonly<Record<SessionStatus | 'waiting', number>>;
  /** There are more sessions than were looked at. */
  readonly isPartial: boolean;
}

interface ReadSessions {
  readonly entries: readonly CatalogEntry[];
  readonly counts: FoundSessions['counts'];
  readonly isPartial: boolean;
}

/** A reading of the sessions. */
interface Reading {
  readonly sessions: Promise<ReadSessions>;
  /** ms since epoch; absent: it is not over. */
  endedAt?: number;
}

/**
 * All sessions for people who look for some. There is one reading at a time, and at most one a second,
 * whoever asks and however often the sessions change.
 */
export class SessionCatalog {
  readonly #sessions: Pick<Sessions, 'list'>;
  readonly #services: Pick<Services, 'bySession'>;
  readonly #clock: Clock;
  #reading: Reading | undefined;

  constructor(deps: {
    readonly sessions: Pick<Sessions, 'list'>;
    readonly services: Pick<Services, 'bySession'>;
    readonly clock: Clock;
  }) {
    this.#sessions = deps.sessions;
    this.#services = deps.services;
    this.#clock = deps.clock;
  }

  async search(search: SessionSearch): Promise<FoundSessions> {
    const { entries, counts, isPartial } = await this.#present();
    return { entries: entries.filter(matcherOf(search)), counts, isPartial };
  }

  #present(): Promise<ReadSessions> {
    if (this.#reading === undefined || this.#isOld(this.#reading)) this.#reading = this.#begin();
    return this.#reading.sessions;
  }

  /** The clock of the computer may be set back. */
  #isOld({ endedAt }: Reading): boolean {
    return endedAt !== undefined && Math.abs(this.#clock.now() - endedAt) >= READ_FOR_MS;
  }

  #begin(): Reading {
    const reading: Reading = { sessions: this.#readAll() };
    const ended = () => {
      reading.endedAt = this.#clock.now();
    };
    const failed = () => {
      this.#reading = undefined;
    };
    reading.sessions.then(ended, failed);
    return reading;
  }

  async #readAll(): Promise<ReadSessions> {
    const views: SessionView[] = [];
    for (;;) {
      const after = views.at(-1)?.sessionId;
      const page = await this.#sessions.list(after === undefined ? {} : { after });
      views.push(...page);
      if (page.length === 0 || views.length > MAX_SEARCHED_SESSIONS) break;
    }
    const isPartial = views.length > MAX_SEARCHED_SESSIONS;
    const entries = views
      .slice(0, MAX_SEARCHED_SESSIONS)
      .sort((a, b) => b.startedAt - a.startedAt)
      .map((view) => this.#entryOf(view));
    return { entries, counts: countsOf(entries), isPartial };
  }

  #entryOf(view: SessionView): CatalogEntry {
    const instance = this.#services.bySession(view.sessionId);
    return instance === undefined ? { view } : { view, instance };
  }
}

/** Values by which a customer of an instance is known. */
export function customerOf({ lookup, gmsUser }: ServiceInstance): readonly string[] {
  return [...new Set([...(gmsUser === undefined ? [] : [gmsUser]), ...Object.values(lookup)])];
}

function countsOf(entries: readonly CatalogEntry[]): FoundSessions['counts'] {
  const counts = Object.fromEntries([...SESSION_STATUSES, 'waiting'].map((name) => [name, 0]));
  for (const entry of entries) {
    counts[entry.view.status]! += 1;
    if (isWaitingEntry(entry)) counts.waiting! += 1;
  }
  return counts as Record<SessionStatus | 'waiting', number>;
}

function isWaitingEntry({ view, instance }: CatalogEntry): boolean {
  const isLive = view.status === 'running' || view.status === 'scheduled';
  const { SCHEDULED, QUEUED } = CallbackState;
  return (
    isLive && instance?.kind === 'callback' && [SCHEDULED, QUEUED].some((state) => state === instance.state)
  );
}

function matcherOf(search: SessionSearch): (entry: CatalogEntry) => boolean {
  const { status, waiting, document, service, customer, find = '' } = search;
  const words = find
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
  return (entry) => {
    const { view, instance } = entry;
    if (status !== undefined && view.status !== status) return false;
    if (waiting && !isWaitingEntry(entry)) return false;
    if (document !== undefined && view.src !== document && view.documentHash !== document) return false;
    if (service !== undefined && instance?.name !== service) return false;
    if (customer !== undefined && !(instance && customerOf(instance).includes(customer))) return false;
    return words.length === 0 || containsAll(textOf(entry), words);
  };
}

function containsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

/** Without secrets: who may not read them must not find them letter by letter. */
function textOf({ view, instance }: CatalogEntry): string {
  const { sessionId, src, documentHash, status, configuration, reason = '' } = view;
  const own = [sessionId, src, documentHash, status, ...configuration, reason];
  const { id, name, state, reason: why } = instance ?? { id: '', name: '', state: '', reason: '' };
  const values = instance === undefined ? [] : [id, name, state, why, ...customerOf(instance)];
  return String(withoutSecrets([...own, ...values].join('\n'))).toLowerCase();
}
