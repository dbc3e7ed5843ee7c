import type { Durable } from '../durable/index.ts';
import type { Clock } from '../ports/index.ts';
import { HostError } from './hostError.ts';
import { eventKey, REPLY } from './sessionRecord.ts';
import type { SessionReply } from './sessions.ts';

/**
 * Who waits for which answer.
 *
 * R1. A waiter hears an answer only after the step that gave it is durable.
 * R2. Every waiter of one request hears the same answer, now or, from the store, later.
 */
export interface Replies {
  /** The answer given earlier to this request, while it is remembered. */
  stored(sessionId: string, requestId: string): SessionReply | undefined;
  /** Rejects with REQUEST_TIMEOUT after `timeoutMs`. */
  wait(sessionId: string, requestId: string, timeoutMs: number): Promise<SessionReply>;
  resolve(sessionId: string, requestId: string, reply: SessionReply): void;
  isWaited(sessionId: string, requestId: string): boolean;
  /** The request itself failed: it will not be answered. */
  reject(sessionId: string, requestId: string, error: unknown): void;
  /** Nobody will answer any more: rejects with SESSION_ENDED. */
  endSession(sessionId: string): void;
}

interface Waiter {
  readonly resolve: (reply: SessionReply) => void;
  readonly reject: (error: unknown) => void;
  readonly cancelTimeout: () => void;
}

export function createReplies(deps: { readonly durable: Durable; readonly clock: Clock }): Replies {
  const { durable, clock } = deps;
  const waiting = new Map<string, Map<string, Set<Waiter>>>();

  function settle(sessionId: string, requestId: string, tell: (waiter: Waiter) => void): void {
    const requests = waiting.get(sessionId);
    const waiters = requests?.get(requestId);
    if (requests === undefined || waiters === undefined) return;
    requests.delete(requestId);
    if (requests.size === 0) waiting.delete(sessionId);
    for (const waiter of waiters) {
      waiter.cancelTimeout();
      tell(waiter);
    }
  }

  function waitersOf(sessionId: string, requestId: string): Set<Waiter> {
    const requests = waiting.get(sessionId) ?? new Map<string, Set<Waiter>>();
    waiting.set(sessionId, requests);
    const waiters = requests.get(requestId) ?? new Set<Waiter>();
    requests.set(requestId, waiters);
    return waiters;
  }

  function giveUp(sessionId: string, requestId: string, waiter: Waiter): void {
    const waiters = waiting.get(sessionId)?.get(requestId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) settle(sessionId, requestId, () => {});
    waiter.reject(new HostError('REQUEST_TIMEOUT', sessionId));
  }

  return {
    stored: (sessionId, requestId) => durable.get<SessionReply>(REPLY, eventKey(sessionId, requestId)),

    wait(sessionId, requestId, timeoutMs) {
      return new Promise((resolve, reject) => {
        const cancelTimeout = clock.at(clock.now() + timeoutMs, () => giveUp(sessionId, requestId, waiter));
        const waiter: Waiter = { resolve, reject, cancelTimeout };
        waitersOf(sessionId, requestId).add(waiter);
      });
    },

    resolve(sessionId, requestId, reply) {
      settle(sessionId, requestId, (waiter) => waiter.resolve(reply));
    },

    isWaited: (sessionId, requestId) => waiting.get(sessionId)?.has(requestId) ?? false,

    reject(sessionId, requestId, error) {
      settle(sessionId, requestId, (waiter) => waiter.reject(error));
    },

    endSession(sessionId) {
      for (const requestId of [...(waiting.get(sessionId)?.keys() ?? [])]) {
        settle(sessionId, requestId, (waiter) => waiter.reject(new HostError('SESSION_ENDED', sessionId)));
      }
    },
  };
}
