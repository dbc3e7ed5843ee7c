import { type Batch, type Durable, joinBatches, Postponed } from '../../engine/durable/index.ts';
import {
  type Clock,
  defined,
  type Json,
  type Log,
  recentEntries,
  shortUrls,
} from '../../engine/ports/index.ts';
import type { CometChannel } from './cometChannel.ts';
import {
  type DeliveredEvent,
  type DeliveryResult,
  type Destination,
  type NotificationDelivery,
  noticeOf,
  type Outgoing,
} from './delivery.ts';
import type { DestinationFinder, OwnDestination } from './destinationFinder.ts';
import { addressOf, DELIVERIES_IN_A_COMMIT, groupsOf } from './destinations.ts';
import { NotificationError } from './errors.ts';
import type { MessageSharing } from './messageSharing.ts';
import { type MobilePush, PUSH_LANES } from './mobilePush.ts';
import { NotificationType } from './notificationRequests.ts';
import type { StoredMessages } from './storedMessages.ts';

/** A push service may be down for some minutes. */
const MAX_PUSH_ATTEMPTS = 20;
/** Deliveries of one lane to push services that are under way at one time. */
const PUSHES_AT_ONCE = 64;
/** Age at which a push is given up, in ms, however long its service asks to wait. */
const MAX_PUSH_AGE_MS = 3_600_000;

/** Lanes that are known to have no task. */
const MAX_FREE_LANES = 10_000;

const PUBLISH = 'notification.publish';
const DELIVER = 'notification.deliver';
const PUSH = 'notification.push';

interface PublishPayload extends OwnDestination {
  readonly key: string;
  readonly lane?: string;
  readonly event: Outgoing;
}

interface DeliverPayload {
  readonly destination: Destination;
  readonly event: DeliveredEvent;
  /** ms since epoch; absent in tasks of earlier versions. */
  readonly at?: number;
}

type FailedDelivery = Extract<DeliveryResult, { readonly kind: 'failed' }>;

interface TaskRequest {
  readonly key: string;
  /** The keys of its events begin with it. */
  readonly lane: string | undefined;
  readonly event: Outgoing;
  readonly own: OwnDestination;
}

/** Events that are delivered by tasks (N4), or with the commit of their change (N7). */
export class NotificationTasks {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #push: MobilePush;
  readonly #finder: DestinationFinder;
  readonly #delivery: NotificationDelivery;
  readonly #messages: StoredMessages;
  readonly #sharing: MessageSharing;
  readonly #comet: CometChannel;
  readonly #freeLanes = recentEntries<string, true>(MAX_FREE_LANES);
  /** Lanes of tasks in the batch that is being made: the store does not have them yet. */
  readonly #madeNow = new Set<string>();

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly push: MobilePush;
    readonly finder: DestinationFinder;
    readonly delivery: NotificationDelivery;
    readonly messages: StoredMessages;
    readonly sharing: MessageSharing;
    readonly comet: CometChannel;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#push = deps.push;
    this.#finder = deps.finder;
    this.#delivery = deps.delivery;
    this.#messages = deps.messages;
    this.#sharing = deps.sharing;
    this.#comet = deps.comet;
    deps.durable.onTask(PUBLISH, (payload: PublishPayload) => this.#publishTask(payload));
    const deliver = (payload: DeliverPayload, { key }: { readonly key: string }): Promise<void> =>
      this.#deliverTask(payload, key);
    deps.durable.onTask(DELIVER, deliver);
    const options = { maxAttempts: MAX_PUSH_ATTEMPTS, maxRunning: PUSHES_AT_ONCE };
    for (let lane = 0; lane < PUSH_LANES; lane += 1) {
      deps.durable.onTask(`${PUSH}.${lane}`, deliver, options);
    }
  }

  /** The batch that delivers an event. Events of one lane arrive in the order of their commits. */
  publishBatch(request: TaskRequest): Batch {
    const queued = this.#queuedBatch(request);
    if (queued !== undefined) return queued;
    const { lane, event, own } = request;
    if (lane !== undefined) this.#noteTask(lane);
    const key = `${PUBLISH} ${request.key}`;
    const payload: PublishPayload = { key, event, ...defined({ lane }), ...own };
    const task = {
      key,
      kind: PUBLISH,
      payload: payload as unknown as Json,
      dueAt: this.#clock.now(),
      ...defined({ lane: lane && `${PUBLISH} ${lane}` }),
    };
    return { schedule: [task] };
  }

  /** Cancels the tasks of publishBatch whose keys begin with this text, and their deliveries. */
  cancelBatch(keyPrefix: string): Batch {
    return { cancel: this.#durable.taskKeys(`${PUBLISH} ${keyPrefix}`) };
  }

  /** N7. Undefined: the event needs a task. */
  #queuedBatch({ lane, event, own }: TaskRequest): Batch | undefined {
    const user = this.#onlyCometUser(event, own);
    if (user === undefined || (lane !== undefined && !this.#isFree(lane))) return undefined;
    return this.#comet.queueBatch(user, noticeOf(event));
  }

  /** A batch is made and committed without waiting in between. */
  #noteTask(lane: string): void {
    this.#freeLanes.delete(lane);
    this.#madeNow.add(lane);
    queueMicrotask(() => this.#madeNow.delete(lane));
  }

  /** True when no event of the lane is a task. */
  #isFree(lane: string): boolean {
    if (this.#madeNow.has(lane)) return false;
    if (this.#freeLanes.has(lane)) return true;
    if (this.#durable.taskKeys(`${PUBLISH} ${lane}`).length > 0) return false;
    this.#freeLanes.set(lane, true);
    return true;
  }

  /** The user whose CometD clients alone get the event, if it is so. */
  #onlyCometUser(event: Outgoing, own: OwnDestination): string | undefined {
    if (own.details?.type !== NotificationType.COMET) return undefined;
    try {
      const [first, ...others] = this.#finder.find(event, own);
      const isAlone = first !== undefined && others.length === 0 && first.language === undefined;
      return isAlone && first.details.type === NotificationType.COMET ? first.details.deviceId : undefined;
    } catch {
      // There are too many destinations. The task reports it.
      return undefined;
    }
  }

  async #publishTask({ key, lane, event, ...own }: PublishPayload): Promise<void> {
    let destinations: readonly Destination[];
    try {
      destinations = this.#finder.find(event, own);
    } catch (error) {
      // Another attempt would fail as well, and the tasks of the lane after it would wait.
      this.#log.error({ tag: event.tag, err: error }, 'A notification was dropped.');
      return;
    }
    const [first] = destinations;
    if (first !== undefined && destinations.length === 1 && this.#kindOf(first) === DELIVER) {
      return this.#deliverTask({ destination: first, event }, key);
    }
    const at = this.#clock.now();
    const tasks = destinations.map((destination, index) => ({
      key: `${key}>${index}`,
      destination,
      ...defined({ lane: lane && `${lane}>${addressOf(destination.details)}` }),
    }));
    await this.#sharing.during(event, tasks.length, async (shared) => {
      for (const group of groupsOf(tasks, DELIVERIES_IN_A_COMMIT)) {
        const schedule = group.map(({ destination, ...task }) => ({
          ...task,
          kind: this.#kindOf(destination),
          payload: { destination, event: shared, at } as unknown as Json,
          dueAt: at,
        }));
        const uses = isStored(shared)
          ? group.map((task) => this.#messages.useBatch(shared.id, { use: task.key, now: at }))
          : [];
        await this.#durable.commit(joinBatches({ schedule }, ...uses));
      }
    });
  }

  /** `use`: the key of the task, by which it uses a stored message. */
  async #deliverTask({ destination, event, at }: DeliverPayload, use: string): Promise<void> {
    const result = await this.#delivery.deliver(destination, event);
    const { resend } = destination;
    if (result.kind === 'failed' && result.retry && resend !== 'never') {
      throw this.#laterAttempt(result, { at, ...defined({ delayMs: resend?.delayMs }) });
    }
    if (result.kind !== 'delivered') {
      this.#log.warn(
        { tag: event.tag, reason: shortUrls(result.reason) },
        'A notification could not be delivered.',
      );
    }
    if (isStored(event)) await this.#durable.commit(this.#messages.releaseBatch(event.id, use));
  }

  /** The error that makes a task wait: as long as the receiver or the event asks, or as any other task. */
  #laterAttempt(
    { reason, retryAfterMs: asked = 0 }: FailedDelivery,
    { at, delayMs = 0 }: { readonly at: number | undefined; readonly delayMs?: number },
  ): Error {
    const retryAfterMs = Math.max(asked, delayMs);
    const until = this.#clock.now() + retryAfterMs;
    const isTimely = at !== undefined && until < at + MAX_PUSH_AGE_MS;
    return retryAfterMs > 0 && isTimely
      ? new Postponed(until)
      : new NotificationError('DELIVERY_FAILED', reason);
  }

  #kindOf(destination: Destination): string {
    const lane = this.#push.laneOf(destination.details, destination.providerName);
    return lane === undefined ? DELIVER : `${PUSH}.${lane}`;
  }
}

function isStored({ message }: DeliveredEvent): boolean {
  return message === undefined;
}
