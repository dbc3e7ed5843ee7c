import type { Durable } from '../durable/index.ts';
import type { Clock, SessionId } from '../ports/index.ts';
import { HostError, sessionEnded } from './hostError.ts';
import { eventKey, REPLY } from './sessionRecord.ts';
import type { SessionReply } from './sessions.ts';

interface Waiter {
  readonly resolve: (reply: SessionReply) => void;
  readonly reject: (error: unknown) => void;
  readonly cancelTimeout: () => void;
}

/**
 * The callers that wait for answers of sessions.
 *
 * RP1. A caller gets an answer only after the step that gave it is durable.
 * RP2. All callers of one request get the same answer, now or later from the store.
 */
export class Replies {
  readonly #durable: Durable;
  readonly #clock: Clock;
  /** By session id, then by request id. */
  readonly #waiting = new Map<SessionId, Map<string, Set<Waiter>>>();

  constructor({ durable, clock }: { readonly durable: Durable; readonly clock: Clock }) {
    this.#durable = durable;
    this.#clock = clock;
  }

  /** The answer given earlier to this request, while it is remembered. */
  stored(sessionId: SessionId, requestId: string): SessionReply | undefined {
    return this.#durable.get<SessionReply>(REPLY, eventKey(sessionId, requestId));
  }

  /** Rejects with REQUEST_TIMEOUT after `timeoutMs`. */
  wait(sessionId: SessionId, requestId: string, timeoutMs: number): Promise<SessionReply> {
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.at(this.#clock.now() + timeoutMs, () =>
        this.#timeOut(sessionId, requestId, waiter),
      );
      const waiter: Waiter = { resolve, reject, cancelTimeout };
      this.#waitersOf(sessionId, requestId).add(waiter);
    });
  }

  isWaited(sessionId: SessionId, requestId: string): boolean {
    return this.#waiting.get(sessionId)?.has(requestId) ?? false;
  }

  resolve(sessionId: SessionId, requestId: string, reply: SessionReply): void {
    for (const waiter of this.#take(sessionId, requestId)) waiter.resolve(reply);
  }

  /** The request itself failed: the session will not answer it. */
  reject(sessionId: SessionId, requestId: string, error: unknown): void {
    for (const waiter of this.#take(sessionId, requestId)) waiter.reject(error);
  }

  /** Rejects all requests to a session that has ended, with SESSION_ENDED. `cause`: its fault, if any. */
  endSession(sessionId: SessionId, cause?: unknown): void {
    for (const requestId of [...(this.#waiting.get(sessionId)?.keys() ?? [])]) {
      this.reject(sessionId, requestId, sessionEnded(sessionId, cause));
    }
  }

  #take(sessionId: SessionId, requestId: string): ReadonlySet<Waiter> {
    const requests = this.#waiting.get(sessionId);
    const waiters = requests?.get(requestId) ?? new Set<Waiter>();
    requests?.delete(requestId);
    if (requests?.size === 0) this.#waiting.delete(sessionId);
    for (const { cancelTimeout } of waiters) cancelTimeout();
    return waiters;
  }

  #waitersOf(sessionId: SessionId, requestId: string): Set<Waiter> {
    const requests = this.#waiting.get(sessionId) ?? new Map<string, Set<Waiter>>();
    this.#waiting.set(sessionId, requests);
    const waiters = requests.get(requestId) ?? new Set<Waiter>();
    requests.set(requestId, waiters);
    return waiters;
  }

  #timeOut(sessionId: SessionId, requestId: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(sessionId)?.get(requestId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#take(sessionId, requestId);
    waiter.reject(new HostError('REQUEST_TIMEOUT', sessionId));
  }
}
