import { type Durable, StoreError } from '../../engine/durable/index.ts';
import { type Clock, readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { type AgentRecord, type Agents, LAST_CALL, type Routing, RoutingError } from '../routing/index.ts';
import { matchesTarget, parseTarget, TargetError } from '../targets/index.ts';
import type { Action } from './actions.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { compute, hasLatest, type NamedRange, rangesOf, type Span } from './categories.ts';
import { StatisticError } from './errors.ts';
import {
  agentObject,
  type ObjectKey,
  OPEN,
  type OpenAction,
  openKey,
  queueObject,
  serviceObject,
} from './facts.ts';
import { findStatistic, requireNamed, requireProfile, type StatisticRequest } from './findStatistic.ts';
import type { History } from './history.ts';
import type { MeasuredAgent, MeasuredQueue, Subject } from './measured.ts';
import { ObjectType } from './objectTypes.ts';
import { type StatesOfAgent, statesSince } from './statesOfAgent.ts';
import { masksOf, type StatType } from './statTypes.ts';
import type { Total } from './tally.ts';
import { beginningOf, type TimeProfile } from './timeProfiles.ts';

export interface StatisticValue {
  readonly value: number;
  /** ms since it was computed. */
  readonly ageMs: number;
}

/** A queue since midnight in the zone of the statistics. */
export interface QueueDay {
  readonly entered: number;
  readonly served: number;
  /** Served after a wait in the time range Default, which ends after `inTimeSeconds`. */
  readonly servedInTime: number;
  readonly inTimeSeconds: number;
  readonly abandoned: number;
  /** Percent of the served and abandoned calls that were served in time. Absent without any. */
  readonly serviceLevel?: number;
}

/** Values that are kept, so that many readers do not make the server compute each time. */
export const MAX_KEPT_STATISTICS = 10_000;
/** Characters of all names of one statistic together: they are kept with its value. */
export const MAX_STATISTIC_CHARS = 8_192;
/** Age of a value that a request without an age of its own accepts. */
export const DEFAULT_AGE_MS = 10_000;

const TODAY = { kind: 'growing', resets: [{ at: 0 }] } as const;
/** The time range in which calls are served in time. */
const IN_TIME = 'Default';

/** Values of the statistics of measured.ts and of the stat types. */
export class Statistics {
  readonly #durable: Pick<Durable, 'get'>;
  readonly #agents: Pick<Agents, 'records' | 'record' | 'slots' | 'isFree'>;
  readonly #routing: Pick<Routing, 'viewQueue' | 'queueKeys' | 'countUnservable'>;
  readonly #waitingCallbacks: (service: string) => number | undefined;
  readonly #history: History;
  readonly #catalogue: Catalogue;
  readonly #timeZone: string;
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly value: number; readonly at: number }>();

  constructor(deps: {
    readonly durable: Pick<Durable, 'get'>;
    readonly agents: Pick<Agents, 'records' | 'record' | 'slots' | 'isFree'>;
    readonly routing: Pick<Routing, 'viewQueue' | 'queueKeys' | 'countUnservable'>;
    /** Callbacks of a service that wait; undefined: there is no callback service of this name. */
    readonly waitingCallbacks: (service: string) => number | undefined;
    readonly history: History;
    /** Default: the built-in definitions. */
    readonly catalogue?: Catalogue;
    /** Zone of the times of day of growing time profiles. Default: UTC. */
    readonly timeZone?: string;
    readonly clock: Clock;
  }) {
    this.#durable = deps.durable;
    this.#agents = deps.agents;
    this.#routing = deps.routing;
    this.#waitingCallbacks = deps.waitingCallbacks;
    this.#history = deps.history;
    this.#catalogue = deps.catalogue ?? readCatalogue().catalogue;
    this.#timeZone = deps.timeZone ?? 'UTC';
    this.#clock = deps.clock;
  }

  /**
   * The value of a statistic, at most `maxAgeMs` old (default: DEFAULT_AGE_MS). Rejects with StatisticError
   * STATISTIC_INVALID when no such statistic, object or definition exists, or STATISTIC_UNAVAILABLE.
   */
  async peek(request: StatisticRequest, maxAgeMs = DEFAULT_AGE_MS): Promise<StatisticValue> {
    const { metric, objectType, objectId, tenant, filter, timeProfile, timeRange, timeRange2 } = request;
    const parts = [metric, objectType, objectId, tenant, filter, timeProfile, timeRange, timeRange2];
    requireShort(parts);
    const key = JSON.stringify(parts);
    const kept = this.#kept.get(key);
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - kept.at;
    if (kept !== undefined && ageMs <= maxAgeMs) return { value: kept.value, ageMs };
    const value = await this.#compute(request);
    this.#keep(key, value);
    return { value, ageMs: 0 };
  }

  /** The queues of these keys, in their order. Rejects with StoreError. */
  async queuesToday(keys: readonly string[]): Promise<readonly QueueDay[]> {
    await this.#history.fold();
    const from = beginningOf(TODAY, this.#clock.now(), this.#timeZone);
    return keys.map((key) => this.#queueDay(queueObject(key), from));
  }

  #queueDay(queue: ObjectKey, from: number): QueueDay {
    const total = (action: Action): Total => this.#history.total(queue, action, from);
    const [entered, served, abandoned] = [
      total('CallEntered'),
      total('CallDistributed'),
      total('CallAbandoned'),
    ];
    const servedInTime = served.inRange[IN_TIME] ?? 0;
    const ended = served.count + abandoned.count;
    const { toMs } = requireNamed(this.#catalogue.ranges, 'TimeRange', IN_TIME);
    return {
      entered: entered.count,
      served: served.count,
      servedInTime,
      inTimeSeconds: toMs / 1000,
      abandoned: abandoned.count,
      ...(ended > 0 && { serviceLevel: Math.round((servedInTime / ended) * 1000) / 10 }),
    };
  }

  /** The states of an agent since midnight, in spans of whole minutes. Rejects with StoreError. */
  async statesToday(agentId: AgentId): Promise<StatesOfAgent> {
    await this.#history.fold();
    const now = this.#clock.now();
    return statesSince(this.#history, { agentId, from: beginningOf(TODAY, now, this.#timeZone), now });
  }

  async #compute(request: StatisticRequest): Promise<number> {
    try {
      const found = findStatistic(this.#catalogue, request);
      if (found.kind === 'counted') return await this.#count(found.type, found.objectType, request);
      return found.measure((await this.#subjectOf(found.objectType, request)) as never);
    } catch (error) {
      if (error instanceof RoutingError || error instanceof TargetError) throw notFound(request);
      if (!(error instanceof StoreError)) throw error;
      throw new StatisticError('STATISTIC_UNAVAILABLE', 'Statistic Service unavailable', { cause: error });
    }
  }

  async #subjectOf(objectType: ObjectType, request: StatisticRequest): Promise<Subject> {
    switch (objectType) {
      case ObjectType.QUEUE:
      case ObjectType.QUEUE_GROUP:
        return { queue: await this.#queueOf(request) };
      case ObjectType.CALLBACK_SERVICE: {
        const waiting = this.#waitingCallbacks(request.objectId);
        if (waiting === undefined) throw notFound(request);
        return { waiting };
      }
      default: {
        const agents = this.#agentsOf(request).map((record) => this.#measure(record));
        return { agents, now: this.#clock.now() };
      }
    }
  }

  async #count(type: StatType, objectType: ObjectType, request: StatisticRequest): Promise<number> {
    const { filter, timeProfile = type.timeProfile } = request;
    const { profiles, filters } = this.#catalogue;
    const profile = requireProfile(profiles, timeProfile);
    if (filter !== undefined) requireNamed(filters, 'Filter', filter);
    const masks = masksOf(type, objectType);
    const isSelectable = hasLatest(type.category, [...masks.main, ...masks.relative]);
    if (profile.kind === 'selection' && !isSelectable) {
      throw new StatisticError(
        'STATISTIC_INVALID',
        `Expected a TimeProfile of another kind than Selection for the statistic ${type.name}, got '${timeProfile.slice(0, 80)}'.`,
      );
    }
    const ranges = this.#rangesOf(type, request);
    const objects = this.#objectsOf(objectType, request);
    // The facts until now, so that the value has them.
    await this.#history.fold();
    const now = this.#clock.now();
    const members = objects.flatMap((object) => {
      const span = this.#spanOf(object, profile, now);
      return span === undefined ? [] : [{ object, span }];
    });
    return compute(this.#history, {
      ...masks,
      category: type.category,
      members,
      filter,
      ranges,
      now,
    });
  }

  #rangesOf(
    { name, category }: StatType,
    { timeRange, timeRange2 }: StatisticRequest,
  ): readonly NamedRange[] {
    const needed = rangesOf(category);
    const given = [timeRange, timeRange2];
    const surplus = given.findIndex((one, at) => one !== undefined && at >= needed);
    if (surplus >= 0) {
      throw new StatisticError(
        'STATISTIC_INVALID',
        `Expected ${needed} time ranges for the statistic ${name} (${category}), got '${given[surplus]?.slice(0, 80)}'.`,
      );
    }
    return ['Default', 'Default2'].slice(0, needed).map((builtIn, at) => {
      const range = given[at] ?? builtIn;
      return { name: range, ...requireNamed(this.#catalogue.ranges, 'TimeRange', range) };
    });
  }

  /** Undefined: there is no login since which something counts. */
  #spanOf(object: ObjectKey, profile: TimeProfile, now: number): Span | undefined {
    if (profile.kind === 'selection') return { kind: 'latest', count: profile.count };
    if (profile.kind !== 'sinceLogin') {
      return { kind: 'since', from: beginningOf(profile, now, this.#timeZone) };
    }
    const login = this.#durable.get<OpenAction>(OPEN, openKey(object, 'LoggedIn', ''));
    return login && { kind: 'since', from: login.since };
  }

  /** Throws StatisticError, RoutingError or TargetError when there is no such object. */
  #objectsOf(objectType: ObjectType, request: StatisticRequest): readonly ObjectKey[] {
    switch (objectType) {
      case ObjectType.QUEUE:
      case ObjectType.QUEUE_GROUP:
        return this.#routing.queueKeys(queueNameOf(request), request.tenant).map(queueObject);
      case ObjectType.CALLBACK_SERVICE:
        if (this.#waitingCallbacks(request.objectId) === undefined) throw notFound(request);
        return [serviceObject(request.objectId)];
      default:
        return this.#agentsOf(request).map(({ agentId }) => agentObject(agentId));
    }
  }

  #agentsOf(request: StatisticRequest): readonly AgentRecord[] {
    const name = nameOf(request.objectId);
    const found = this.#agentsNamed(request.objectType, name);
    if (found.length === 0) throw notFound(request);
    return found;
  }

  #agentsNamed(objectType: string, name: string): readonly AgentRecord[] {
    if (objectType === ObjectType.AGENT_GROUP && name.startsWith('?')) {
      const target = parseTarget(`${name}.GA`);
      return this.#agents.records().filter((agent) => matchesTarget(target, agent));
    }
    if (objectType === ObjectType.AGENT_GROUP) {
      return this.#agents.records().filter(({ groups }) => groups.includes(name));
    }
    if (objectType === ObjectType.PLACE) return this.#agents.records().filter(({ place }) => place === name);
    const id = readId<AgentId>(name);
    const found = id && this.#agents.record(id);
    return found === undefined ? [] : [found];
  }

  /** A statistic needs few of the facts, and each of these reads the slots of the agent. */
  #measure(record: AgentRecord): MeasuredAgent {
    const { agentId, media } = record;
    const agents = this.#agents;
    return {
      record,
      get isReady() {
        return media.some((one) => agents.isFree(agentId, one));
      },
      get isReadyForVoice() {
        return agents.isFree(agentId, 'voice');
      },
      get busyWith() {
        return agents.slots(agentId).length;
      },
    };
  }

  /** A virtual queue exists as soon as somebody names it, so every name has values. */
  async #queueOf(request: StatisticRequest): Promise<MeasuredQueue> {
    const vq = queueNameOf(request);
    const { tenant } = request;
    const view = await this.#routing.viewQueue(LAST_CALL, { vq, tenant });
    return { ...view, unservable: await this.#routing.countUnservable(vq, tenant) };
  }

  #keep(key: string, value: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, at: this.#clock.now() });
    if (this.#kept.size <= MAX_KEPT_STATISTICS) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest!);
  }
}

/** Throws StatisticError STATISTIC_INVALID. */
function requireShort(names: readonly (string | undefined)[]): void {
  const chars = names.reduce((sum, name = '') => sum + name.length, 0);
  if (chars <= MAX_STATISTIC_CHARS) return;
  throw new StatisticError(
    'STATISTIC_INVALID',
    `Expected the names of a statistic to have at most MAX_STATISTIC_CHARS (${MAX_STATISTIC_CHARS}) characters together, got ${chars}.`,
  );
}

/** The message of the reference. */
function notFound({ objectType, objectId, tenant }: StatisticRequest): StatisticError {
  return new StatisticError(
    'STATISTIC_INVALID',
    `${objectType} '${objectId}' (Tenant '${tenant}') not found`,
  );
}

/** `9002@SIP Switch`: an object of a switch. There are no switches here. */
function nameOf(objectId: string): string {
  const end = objectId.lastIndexOf('@');
  return end <= 0 ? objectId : objectId.slice(0, end);
}

/** The name of the queue, or of the group of queues. */
function queueNameOf({ objectType, objectId }: StatisticRequest): string {
  const name = nameOf(objectId);
  return objectType === ObjectType.QUEUE_GROUP ? `${name.replace(/\.GQ$/, '')}.GQ` : name;
}
