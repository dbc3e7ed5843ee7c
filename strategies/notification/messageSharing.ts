import type { Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { DeliveredEvent, Outgoing } from './delivery.ts';
import { messageBytes, type StoredMessages } from './storedMessages.ts';

/** The use of a message by the publication itself. */
const PUBLICATION = 'notification.publish';

/** Stores the message of an event while its deliveries are made, where that pays. N5. */
export class MessageSharing {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #messages: StoredMessages;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly messages: StoredMessages;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#messages = deps.messages;
  }

  /** Resolves with the result of `work`, which makes that many deliveries. They may keep the message. */
  async during<T>(
    event: Outgoing,
    deliveries: number,
    work: (shared: DeliveredEvent) => Promise<T>,
  ): Promise<T> {
    const { id, message, ...rest } = event;
    if (!this.#messages.pays(message, deliveries)) return work(event);
    const stored = { message, use: PUBLICATION, now: this.#clock.now() };
    await this.#durable.commit(this.#messages.putBatch(id, stored));
    const result = await work({ id, ...rest, bytes: messageBytes(message) });
    // When the work fails, the message stays for its repetition, or expires.
    await this.#durable.commit(this.#messages.releaseBatch(id, PUBLICATION));
    return result;
  }
}
