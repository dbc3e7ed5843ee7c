import { type Batch, type Durable, joinBatches, type Once } from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids, type Json, textOf } from '../../engine/ports/index.ts';
import {
  CallbackReason,
  CallbackState,
  type ServiceInstance,
  type SessionEvent,
} from '../instances/index.ts';
import { type Notifications, NotificationType } from '../notification/index.ts';
import { firstSet, namesIn } from '../options/index.ts';

/** A list of the configuration: its items, an item with its values. */
export type ConfiguredList = Readonly<Record<string, Json>>;

type Options = Readonly<Record<string, string | undefined>>;

const PREFIX = '_cbe_on_';
const REMINDER = 'service.reminder';
const INITIAL_REMINDER_S = 300;
const PARAMETERS =
  '_service_id,_service_name,_customer_number,_desired_time,_callback_state,_callback_reason';

/** Changes to report, and the rest of the tag that reports each. gms-api 4.9. */
type Change =
  | 'queued'
  | 'submitted'
  | 'submit_failed'
  | 'scheduled'
  | 'rescheduled'
  | 'status_updated'
  | 'cancelled'
  | 'processing_failed'
  | 'reminder';

/**
 * Tells another system about the states of callbacks whose service asks for it (_enable_status_notification).
 * The notice is a task in the commit of the change, so none is lost; those of a callback arrive in order.
 */
export class StatusNotices {
  readonly #durable: Durable;
  readonly #once: Once;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
  readonly #list: (name: string) => ConfiguredList | undefined;

  constructor(deps: {
    readonly durable: Durable;
    readonly once: Once;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly notifications: Pick<Notifications, 'publishBatch' | 'cancelBatch'>;
    /** A list of the configuration. */
    readonly list: (name: string) => ConfiguredList | undefined;
    /** The callback as it is now. */
    readonly find: (id: ServiceInstance['id']) => ServiceInstance | undefined;
  }) {
    this.#durable = deps.durable;
    this.#once = deps.once;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#notifications = deps.notifications;
    this.#list = deps.list;
    deps.durable.onTask<{ id: ServiceInstance['id'] }>(REMINDER, async ({ id }) => {
      const callback = deps.find(id);
      if (callback?.state !== CallbackState.SCHEDULED) return;
      await this.#durable.commit(this.#changedBatch(callback, 'reminder'));
    });
  }

  /** For the commit of a change. `before` undefined: the callback is new. */
  changeBatch(before: ServiceInstance | undefined, after: ServiceInstance): Batch {
    if (after.kind !== 'callback' || !this.#isOn(after)) return {};
    const change = changeOf(before, after);
    return joinBatches(
      change === undefined ? {} : this.#changedBatch(after, change),
      this.#reminderBatch(before, after),
    );
  }

  /** An event that the document of a callback reports. */
  eventBatch(callback: ServiceInstance, event: SessionEvent): Batch {
    return callback.kind === 'callback' && this.#isOn(callback) ? this.#noticeBatch(callback, event) : {};
  }

  /** Reports that the session of a callback has started: once, however often the start is repeated. */
  async submitted(callback: ServiceInstance): Promise<void> {
    if (callback.kind !== 'callback' || !this.#isOn(callback)) return;
    const { id } = callback;
    await this.#once.commit({ scope: ['callback.submitted'], key: id }, () => ({
      batch: this.#changedBatch(callback, 'submitted'),
      answer: null,
    }));
  }

  /** Cancels the notices that wait. */
  forgetBatch(callbacks: readonly ServiceInstance[]): Batch {
    return joinBatches(
      callbacks.map(({ id }) => this.#notifications.cancelBatch(keyPrefix(id))),
      { cancel: callbacks.map(({ id }) => `${REMINDER}.${id}`) },
    );
  }

  #isOn({ options }: ServiceInstance): boolean {
    const { _enable_status_notification: mode = 'false' } = this.#optionsOf(options);
    return mode === 'notify' || mode === 'subscribe_notify';
  }

  /** The section `properties` of the list that _callback_events_list names overrides the options. */
  #optionsOf(options: Options): Options {
    const properties = Object.entries(this.#section(options, 'properties') ?? {});
    return { ...options, ...Object.fromEntries(properties.map(([name, value]) => [name, textOf(value)])) };
  }

  #section(options: Options, name: string): ConfiguredList | undefined {
    const list = this.#eventsList(options);
    const section = list !== undefined && Object.hasOwn(list, name) ? list[name] : undefined;
    if (typeof section !== 'object' || section === null || Array.isArray(section)) return undefined;
    return section as ConfiguredList;
  }

  #eventsList({ _callback_events_list: name = '' }: Options): ConfiguredList | undefined {
    return name.trim() === '' ? undefined : this.#list(name.trim());
  }

  #changedBatch(callback: ServiceInstance, change: Change): Batch {
    return this.#noticeBatch(callback, `callback_${change}`);
  }

  #noticeBatch(callback: ServiceInstance, event: string): Batch {
    const tag = PREFIX + event;
    const section = this.#section(callback.options, tag);
    // The list replaces the default set of events.
    if (section === undefined && this.#eventsList(callback.options) !== undefined) return {};
    const options = this.#optionsOf(callback.options);
    const { _enable_status_notification: mode, _status_notification_target: target = '' } = options;
    const type =
      options._status_notification_type === 'orscb'
        ? NotificationType.ORS_CALLBACK
        : NotificationType.HTTP_CALLBACK;
    const isDirect = mode === 'subscribe_notify' && target.trim() !== '';
    const message = messageOf(callback, tag, namesIn(textOf(section?.notify_params) || PARAMETERS));
    return this.#notifications.publishBatch({
      key: `${keyPrefix(callback.id)}${this.#ids.hex(16)}`,
      lane: keyPrefix(callback.id),
      tag,
      message: JSON.stringify(message),
      ...defined({
        notificationDetails: isDirect ? { type, deviceId: target.trim() } : undefined,
        providerName: firstSet(options._status_notification_provider),
      }),
    });
  }

  #reminderBatch(before: ServiceInstance | undefined, after: ServiceInstance): Batch {
    const { options, id, state, desiredTime } = after;
    const key = `${REMINDER}.${id}`;
    if (state !== CallbackState.SCHEDULED) {
      return before?.state === CallbackState.SCHEDULED ? { cancel: [key] } : {};
    }
    const isSame = before?.state === state && before.desiredTime === desiredTime;
    if (isSame || options._enable_notification_reminder?.toLowerCase() !== 'true') return {};
    const seconds = Number(options._notification_reminder_buffer || INITIAL_REMINDER_S);
    const dueAt = desiredTime - seconds * 1000;
    if (dueAt <= this.#clock.now()) return { cancel: [key] };
    return { schedule: [{ key, kind: REMINDER, payload: { id }, dueAt }] };
  }
}

function keyPrefix(id: string): string {
  return `status ${id} `;
}

function changeOf(before: ServiceInstance | undefined, after: ServiceInstance): Change | undefined {
  const { state, reason } = after;
  if (before?.state === state) return before.desiredTime === after.desiredTime ? undefined : 'rescheduled';
  switch (state) {
    case CallbackState.SCHEDULED:
      return before === undefined ? 'scheduled' : 'submit_failed';
    case CallbackState.QUEUED:
      return 'queued';
    case CallbackState.COMPLETED:
      if (reason === CallbackReason.SUBMIT_ERROR) return 'submit_failed';
      if (reason.startsWith('CANCELLED')) return 'cancelled';
      return reason.startsWith('FAIL_') ? 'processing_failed' : 'status_updated';
    default:
      return 'status_updated';
  }
}

/** The values that the event reports; those that the callback does not have are left out. */
function messageOf(
  callback: ServiceInstance,
  tag: string,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const own: Readonly<Record<string, string>> = {
    _service_id: callback.id,
    _service_name: callback.name,
    _callback_state: callback.state,
    _callback_reason: callback.reason,
    _desired_time: new Date(callback.desiredTime).toISOString(),
    _v_queue: callback.options._urs_virtual_queue ?? '',
  };
  const values = names.map((name) => {
    const given = { ...callback.options, ...callback.params, ...callback.lookup, ...own };
    return [name, Object.hasOwn(given, name) ? textOf(given[name]) : ''] as const;
  });
  return { tag, ...Object.fromEntries(values.filter(([, value]) => value !== '')) };
}
