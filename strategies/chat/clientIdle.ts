import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';

const TASK = 'chat.idle';

/**
 * Ends chats whose customer makes no request for `timeoutMs` (Chat Server's flex-disconnect-timeout). Only
 * the alarm is durable. The time of the last request is in memory, so that a poll costs no commit; after a
 * restart a customer has the whole timeout again.
 */
export class ClientIdle {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #startedAt: number;
  /** ms since epoch of the last request, by chat; removed by the alarm that ends the chat. */
  readonly #lastSeen = new Map<InteractionId, number>();

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    /** 0: never. */
    readonly timeoutMs: number;
    /** Ends a chat; a chat that has ended stays as it is. */
    readonly end: (chatId: InteractionId) => Promise<void>;
  }) {
    this.#clock = deps.clock;
    this.#timeoutMs = deps.timeoutMs;
    this.#startedAt = deps.clock.now();
    deps.durable.onTask<{ readonly chatId: InteractionId }>(TASK, async ({ chatId }) => {
      const dueAt = (this.#lastSeen.get(chatId) ?? this.#startedAt) + this.#timeoutMs;
      if (dueAt > this.#clock.now()) return deps.durable.commit(alarm(chatId, dueAt));
      this.#lastSeen.delete(chatId);
      await deps.end(chatId);
    });
  }

  /** Joins the commit that creates the chat. */
  startBatch(chatId: InteractionId): Batch {
    if (this.#timeoutMs <= 0) return {};
    const now = this.#clock.now();
    this.#lastSeen.set(chatId, now);
    return alarm(chatId, now + this.#timeoutMs);
  }

  /** The customer made a request. */
  touch(chatId: InteractionId): void {
    if (this.#timeoutMs > 0) this.#lastSeen.set(chatId, this.#clock.now());
  }
}

/** A task may not replace itself while it runs, so its due time is part of its key. */
function alarm(chatId: InteractionId, dueAt: number): Batch {
  return { schedule: [{ key: `${TASK} ${chatId} ${dueAt}`, kind: TASK, payload: { chatId }, dueAt }] };
}
