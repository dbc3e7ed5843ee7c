import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { defined } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  CallbackState,
  type InstanceTable,
  isOpen,
  isWaiting,
  ServiceError,
  type ServiceInstance,
} from '../instances/index.ts';
import { isCallbackService, type ServiceOptions } from '../options/index.ts';
import type { InstanceEnds } from './instanceEnds.ts';

/** Callbacks that one request cancels. */
export const MAX_CANCELLED = 1000;

/** A search for the callbacks of services, by their desired time. */
export interface QueuesQuery {
  /** Absent: all callback services. */
  readonly service?: string;
  /** ms since epoch, inclusive. */
  readonly from: number;
  readonly to: number;
  /** Callbacks of each service. */
  readonly max: number;
  readonly matches: (callback: ServiceInstance) => boolean;
}

/** Whether one callback of a request was cancelled, and why it was not. */
export interface Cancellation {
  readonly id: string;
  readonly refusal?: string;
}

/** The administrator's requests about the callbacks of all customers. gms-8.5.2 1.3. */
export class CallbackAdministration {
  readonly #durable: Durable;
  readonly #table: InstanceTable;
  readonly #ends: InstanceEnds;
  readonly #configured: (name: string) => ServiceOptions | undefined;
  readonly #names: () => readonly string[];

  constructor(deps: {
    readonly durable: Durable;
    readonly table: InstanceTable;
    readonly ends: InstanceEnds;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
    /** Names of all configured services. */
    readonly names: () => readonly string[];
  }) {
    this.#durable = deps.durable;
    this.#table = deps.table;
    this.#ends = deps.ends;
    this.#configured = deps.configured;
    this.#names = deps.names;
  }

  /**
   * The callbacks of each service, by their desired time; a service without any has an empty list. Rejects
   * with ServiceError SERVICE_UNKNOWN.
   */
  async queues(query: QueuesQuery): Promise<ReadonlyMap<string, readonly ServiceInstance[]>> {
    const queues = new Map<string, readonly ServiceInstance[]>();
    for (const service of this.#services(query.service === undefined ? [] : [query.service])) {
      const found: ServiceInstance[] = [];
      await this.#table.visitByTime(service, query, (callback) => {
        if (query.matches(callback)) found.push(callback);
        return found.length < query.max;
      });
      queues.set(service, found);
    }
    return queues;
  }

  /**
   * The number of callbacks that wait or are served: immediate and due ones, neither scheduled nor completed.
   * No names: all callback services. Throws ServiceError SERVICE_UNKNOWN.
   */
  waiting(names: readonly string[]): ReadonlyMap<string, number> {
    return new Map(this.#services(names).map((service) => [service, this.#table.waitingOf(service)]));
  }

  /** The number of callbacks of a service that are scheduled, wait or are served. */
  async open(service: string): Promise<number> {
    let open = 0;
    await this.#table.visitByTime(service, { from: 0, to: Number.POSITIVE_INFINITY }, (callback) => {
      if (isOpen(callback)) open++;
    });
    return open;
  }

  /**
   * Cancels callbacks for a reason of the administrator, in one commit with `batchFor` of the cancelled ones.
   * Callbacks that are served or have ended stay as they are.
   */
  async cancel(
    ids: readonly { readonly given: string; readonly id: ServiceId | undefined }[],
    { reason, batchFor }: { readonly reason: string; batchFor(cancelled: readonly ServiceId[]): Batch },
  ): Promise<readonly Cancellation[]> {
    const cancelled = new Map<ServiceId, ServiceInstance>();
    const results = ids.map(({ given, id }): Cancellation => {
      const callback = id === undefined ? undefined : this.#table.get(id);
      const refusal = refusalOf(callback, given);
      if (callback === undefined || refusal !== undefined) return { id: given, ...defined({ refusal }) };
      cancelled.set(callback.id, callback);
      return { id: given };
    });
    const callbacks = [...cancelled.values()];
    await this.#durable.commit(
      joinBatches(
        this.#ends.completeBatch(callbacks, reason),
        callbacks.filter(isWaiting).map((callback) => this.#ends.cancelSessionBatch(callback)),
        batchFor([...cancelled.keys()]),
      ),
    );
    return results;
  }

  /** Visits the callbacks that ended for this reason. The event loop does other work in between. */
  async visitEnded(reason: string, visit: (callback: ServiceInstance) => void): Promise<void> {
    await this.#table.visitAll((callback) => {
      if (callback.state === CallbackState.COMPLETED && callback.reason === reason) visit(callback);
    });
    await this.#durable.whenDurable();
  }

  #services(names: readonly string[]): readonly string[] {
    const isCallback = (name: string): boolean => {
      const options = this.#configured(name);
      return options !== undefined && isCallbackService(options);
    };
    const unknown = names.find((name) => !isCallback(name));
    if (unknown !== undefined) {
      throw new ServiceError('SERVICE_UNKNOWN', `No callback service '${unknown}' is configured.`);
    }
    return names.length > 0 ? [...new Set(names)] : this.#names().filter(isCallback);
  }
}

function refusalOf(callback: ServiceInstance | undefined, id: string): string | undefined {
  if (callback?.kind !== 'callback') return `No such request to cancel: [${id}]`;
  if (!isOpen(callback)) return `Request already cancelled or completed: [${id}]`;
  if (callback.state !== CallbackState.PROCESSING) return undefined;
  return `Callback '${id}' is no longer in the queue. State=${callback.state}`;
}
