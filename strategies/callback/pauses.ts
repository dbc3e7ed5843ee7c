import { createHash } from 'node:crypto';
import { type Batch, type Durable, joinBatches, Postponed } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import { CallbackState, type InstanceTable, isOpen, type ServiceInstance } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import { isPaused, pausedList } from './pausedServices.ts';
import type { ConfiguredList } from './statusNotices.ts';

const WATCH = 'service.pauses';
/** Service: the list by which its callbacks were last held. */
const APPLIED = 'service.pauses';
/** Time between looks at the list. */
export const WATCH_MS = 60_000;
/** A callback may be created while the list changes. The next look finds it. */
const LOOKS = 2;
/** Callbacks that one commit holds or lets go on. */
const MAX_AT_ONCE = 100;

interface Applied {
  readonly digest: string;
  readonly looks: number;
}

/**
 * Holds the callbacks of paused services that have begun and wait in the queue, and lets them go on. State
 * and event are one commit: PAUSED with the event `pause` for the session, QUEUED with `resume`.
 *
 * A service has a task while callbacks wait that may be paused. It looks through them only after the list has
 * changed. Callbacks that have not begun are held by SessionStarts.
 */
export class Pauses {
  readonly #durable: Durable;
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #table: InstanceTable;
  readonly #configured: (name: string) => ServiceOptions | undefined;
  readonly #names: () => readonly string[];
  readonly #list: (name: string) => ConfiguredList | undefined;

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Sessions;
    readonly clock: Clock;
    readonly log: Log;
    readonly table: InstanceTable;
    /** Options of a configured service. */
    readonly configured: (name: string) => ServiceOptions | undefined;
    /** Names of all configured services. */
    readonly names: () => readonly string[];
    /** A list of the configuration. */
    readonly list: (name: string) => ConfiguredList | undefined;
  }) {
    this.#durable = deps.durable;
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#table = deps.table;
    this.#configured = deps.configured;
    this.#names = deps.names;
    this.#list = deps.list;
    deps.durable.onTask<{ service: string }>(WATCH, ({ service }) => this.#look(service));
  }

  /** Watches the services with waiting callbacks of an earlier version, which have no task. */
  async start(): Promise<void> {
    const waiting = this.#names().filter((name) => this.#table.waitingOf(name) > 0);
    const batches = waiting.map((name) => this.#watchBatch(name, this.#configured(name) ?? {}));
    await this.#durable.commit(joinBatches(batches));
  }

  /** For the commit that stores a callback. */
  watchBatch({ kind, name, options }: ServiceInstance): Batch {
    return kind === 'callback' ? this.#watchBatch(name, options) : {};
  }

  #watchBatch(service: string, options: ServiceOptions): Batch {
    const key = keyOf(service);
    if (pausedList(options) === undefined || this.#durable.taskKeys(key).length > 0) return {};
    const dueAt = this.#clock.now() + WATCH_MS;
    return { schedule: [{ key, kind: WATCH, payload: { service }, dueAt }] };
  }

  async #look(service: string): Promise<void> {
    if (this.#table.waitingOf(service) === 0) {
      // In this step, so that a callback that is created from now on gets a task of its own.
      return this.#durable.commit({
        cancel: [keyOf(service)],
        remove: [{ table: APPLIED, key: encodeURIComponent(service) }],
      });
    }
    const digest = this.#digestOf(service);
    const applied = this.#durable.get<Applied>(APPLIED, encodeURIComponent(service));
    const looks = applied?.digest === digest ? applied.looks : 0;
    if (looks < LOOKS) {
      await this.#apply(service);
      const value: Applied = { digest, looks: looks + 1 };
      await this.#durable.commit({ put: [{ table: APPLIED, key: encodeURIComponent(service), value }] });
    }
    throw new Postponed(this.#clock.now() + WATCH_MS);
  }

  async #apply(service: string): Promise<void> {
    const found: ServiceId[] = [];
    await this.#table.visitByTime(service, { from: 0, to: Number.POSITIVE_INFINITY }, (callback) => {
      if (this.#changed(callback) !== undefined) found.push(callback.id);
    });
    for (let from = 0; from < found.length; from += MAX_AT_ONCE) {
      await this.#durable.commit(this.#changeBatch(found.slice(from, from + MAX_AT_ONCE)));
    }
    if (found.length > 0) {
      this.#log.info(
        { service, callbacks: found.length },
        'Waiting callbacks of a service were held or go on.',
      );
    }
  }

  #changeBatch(ids: readonly ServiceId[]): Batch {
    const now = this.#clock.now();
    const changed = ids.flatMap((id) => this.#changed(this.#table.get(id)) ?? []);
    return joinBatches(
      this.#table.putBatch(changed, now),
      changed.map(({ id, sessionId, held }) => {
        const name = held ? 'pause' : 'resume';
        return this.#sessions.eventBatch(sessionId!, { name, id: `${name}.${id}.${now}` }, now);
      }),
    );
  }

  /** The callback as the list wants it; undefined: it stays. */
  #changed(callback: ServiceInstance | undefined): ServiceInstance | undefined {
    if (!isOpen(callback) || callback.sessionId === undefined) return undefined;
    const { state, held, ...others } = callback;
    const paused = isPaused(callback, this.#list);
    if (paused && state === CallbackState.QUEUED) {
      return { ...others, state: CallbackState.PAUSED, held: true };
    }
    if (paused || !held) return undefined;
    return { ...others, state: state === CallbackState.PAUSED ? CallbackState.QUEUED : state };
  }

  #digestOf(service: string): string {
    const options = this.#configured(service) ?? {};
    const name = pausedList(options);
    const list = name === undefined ? undefined : this.#list(name)?.services;
    const text = JSON.stringify([name ?? '', options._paused_services_id ?? '', list ?? null]);
    return createHash('sha256').update(text).digest('base64url');
  }
}

/** Ends with a character that no encoded name has, so that no key begins with another one. */
function keyOf(service: string): string {
  return `${WATCH} ${encodeURIComponent(service)} `;
}
