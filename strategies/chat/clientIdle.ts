import type { Batch, Durable } from '../../engine/durable/index.ts';
import type { Clock } from '../../engine/ports/index.ts';

const TASK = 'chat.idle';

/** Ends chats whose customer makes no request for `timeoutMs` (Chat Server's flex-disconnect-timeout). */
export interface ClientIdle {
  /** Joined into the commit that creates the chat. */
  startBatch(chatId: string): Batch;
  touch(chatId: string): void;
  stop(chatId: string): void;
}

/**
 * Only the alarm is durable: requests are remembered in memory, so that a poll costs no commit. After a
 * restart a customer has one whole timeout again.
 */
export function createClientIdle(deps: {
  readonly durable: Durable;
  readonly clock: Clock;
  /** 0: never. */
  readonly timeoutMs: number;
  readonly end: (chatId: string) => Promise<void>;
}): ClientIdle {
  const { durable, clock, timeoutMs, end } = deps;
  const startedAt = clock.now();
  const lastSeen = new Map<string, number>();

  durable.onTask<{ readonly chatId: string }>(TASK, async ({ chatId }) => {
    const dueAt = (lastSeen.get(chatId) ?? startedAt) + timeoutMs;
    if (dueAt > clock.now()) return durable.commit(alarm(chatId, dueAt));
    lastSeen.delete(chatId);
    await end(chatId);
  });

  function alarm(chatId: string, dueAt: number): Batch {
    // A task may not replace itself while it runs: the due time makes the key new.
    return { schedule: [{ key: `${TASK} ${chatId} ${dueAt}`, kind: TASK, payload: { chatId }, dueAt }] };
  }

  return {
    startBatch(chatId) {
      if (timeoutMs <= 0) return {};
      lastSeen.set(chatId, clock.now());
      return alarm(chatId, clock.now() + timeoutMs);
    },
    touch(chatId) {
      if (timeoutMs > 0) lastSeen.set(chatId, clock.now());
    },
    stop: (chatId) => void lastSeen.delete(chatId),
  };
}
