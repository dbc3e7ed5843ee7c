import { StoreError } from '../../engine/durable/index.ts';
import { type Clock, didYouMean, readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import {
  type AgentRecord,
  type Agents,
  LAST_CALL,
  loginMs,
  type Routing,
  RoutingError,
} from '../routing/index.ts';
import {
  AGENT_STATISTICS,
  CALLBACK_STATISTICS,
  type MeasuredAgent,
  ObjectType,
  QUEUE_STATISTICS,
} from './definitions.ts';
import { StatisticError } from './errors.ts';

/** A statistic of one object. */
export interface StatisticRequest {
  readonly metric: string;
  readonly objectType: string;
  /** The name of the object, with or without `@<switch>`. */
  readonly objectId: string;
  readonly tenant: string;
}

export interface StatisticValue {
  readonly value: number;
  /** ms since it was computed. */
  readonly ageMs: number;
}

/** Values that are kept, so that many readers do not make the server compute each time. */
export const MAX_KEPT_STATISTICS = 10_000;
/** Age of a value that a request without an age of its own accepts. */
export const DEFAULT_AGE_MS = 10_000;

/** Values of the statistics of definitions.ts. */
export class Statistics {
  readonly #agents: Pick<Agents, 'records' | 'record' | 'slots' | 'isFree'>;
  readonly #routing: Pick<Routing, 'viewQueue'>;
  readonly #waitingCallbacks: (service: string) => number | undefined;
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly value: number; readonly at: number }>();

  constructor(deps: {
    readonly agents: Pick<Agents, 'records' | 'record' | 'slots' | 'isFree'>;
    readonly routing: Pick<Routing, 'viewQueue'>;
    /** Callbacks of a service that wait; undefined: there is no callback service of this name. */
    readonly waitingCallbacks: (service: string) => number | undefined;
    readonly clock: Clock;
  }) {
    this.#agents = deps.agents;
    this.#routing = deps.routing;
    this.#waitingCallbacks = deps.waitingCallbacks;
    this.#clock = deps.clock;
  }

  /**
   * The value of a statistic, at most `maxAgeMs` old (default: DEFAULT_AGE_MS). Rejects with StatisticError
   * STATISTIC_INVALID when no such statistic or object exists, or STATISTIC_UNAVAILABLE.
   */
  async peek(request: StatisticRequest, maxAgeMs = DEFAULT_AGE_MS): Promise<StatisticValue> {
    const key = JSON.stringify([request.metric, request.objectType, request.objectId, request.tenant]);
    const kept = this.#kept.get(key);
    const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() - kept.at;
    if (kept !== undefined && ageMs <= maxAgeMs) return { value: kept.value, ageMs };
    const value = await this.#compute(request);
    this.#keep(key, value);
    return { value, ageMs: 0 };
  }

  async #compute(request: StatisticRequest): Promise<number> {
    const { metric, objectType } = request;
    switch (objectType) {
      case ObjectType.AGENT:
      case ObjectType.AGENT_GROUP:
        return find(AGENT_STATISTICS, metric, objectType).value(this.#agentsOf(request));
      case ObjectType.QUEUE:
      case ObjectType.QUEUE_GROUP: {
        const { value } = find(QUEUE_STATISTICS, metric, objectType);
        return value(await this.#queueOf(request));
      }
      case ObjectType.CALLBACK_SERVICE: {
        const { value } = find(CALLBACK_STATISTICS, metric, objectType);
        const waiting = this.#waitingCallbacks(request.objectId);
        if (waiting === undefined) throw notFound(request);
        return value({ waiting });
      }
      default:
        throw new StatisticError(
          'STATISTIC_INVALID',
          `Expected objectType to be ${Object.values(ObjectType).join(', ')}, got '${objectType.slice(0, 80)}'.`,
        );
    }
  }

  #agentsOf(request: StatisticRequest): { readonly agents: readonly MeasuredAgent[]; readonly now: number } {
    const name = nameOf(request.objectId);
    const now = this.#clock.now();
    const found =
      request.objectType === ObjectType.AGENT
        ? this.#agentNamed(name)
        : this.#agents.records().filter(({ groups }) => groups.includes(name));
    if (found.length === 0) throw notFound(request);
    return { agents: found.map((record) => this.#measure(record, now)), now };
  }

  #agentNamed(name: string): readonly AgentRecord[] {
    const id = readId<AgentId>(name);
    const found = id && this.#agents.record(id);
    return found === undefined ? [] : [found];
  }

  #measure(record: AgentRecord, now: number): MeasuredAgent {
    const { agentId, media, login } = record;
    return {
      record,
      isReady: media.some((one) => this.#agents.isFree(agentId, one)),
      busyWith: this.#agents.slots(agentId).length,
      loginMs: loginMs(login, now),
    };
  }

  /** A virtual queue exists as soon as somebody names it, so every name has values. */
  async #queueOf(
    request: StatisticRequest,
  ): Promise<{ readonly queue: Awaited<ReturnType<Routing['viewQueue']>> }> {
    const name = nameOf(request.objectId);
    const vq = request.objectType === ObjectType.QUEUE_GROUP ? `${name.replace(/\.GQ$/, '')}.GQ` : name;
    try {
      return { queue: await this.#routing.viewQueue(LAST_CALL, { vq, tenant: request.tenant }) };
    } catch (error) {
      if (error instanceof RoutingError) throw notFound(request);
      if (!(error instanceof StoreError)) throw error;
      throw new StatisticError('STATISTIC_UNAVAILABLE', 'Statistic Service unavailable', { cause: error });
    }
  }

  #keep(key: string, value: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, at: this.#clock.now() });
    if (this.#kept.size <= MAX_KEPT_STATISTICS) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest!);
  }
}

function find<
  Of extends {
    readonly name: string;
    readonly aliases: readonly string[];
    readonly objectTypes: readonly string[];
  },
>(definitions: readonly Of[], metric: string, objectType: string): Of {
  const ofType = definitions.filter(({ objectTypes }) => objectTypes.includes(objectType));
  const found = ofType.find(({ name, aliases }) => name === metric || aliases.includes(metric));
  if (found !== undefined) return found;
  const names = ofType.flatMap(({ name, aliases }) => [name, ...aliases]);
  throw new StatisticError(
    'STATISTIC_INVALID',
    `Expected a statistic of the object type ${objectType} (${ofType.map(({ name }) => name).join(', ')}), got '${metric.slice(0, 80)}'.${didYouMean(metric, names)}`,
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
