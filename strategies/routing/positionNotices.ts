import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import type { Clock, Log } from '../../engine/ports/index.ts';
import type { CallMove } from './callWatcher.ts';
import { queueNameOf } from './queueNames.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { callRecords, readCall, type VirtualInteraction } from './virtualInteraction.ts';
import type { WaitingCalls } from './waitingCalls.ts';

/** ms after which queues are looked at again: growing priorities and expired calls move others, too. */
export const LOOK_AGAIN_MS = 30_000;
/** The event of the session whose call has reached its position. */
export const POSITION_REACHED = 'queue.position.reached';

/**
 * Tells sessions that their calls have come to a position in the queue, so that nobody has to ask again and
 * again.
 *
 * PN1. The event, and the record that no longer asks for it, are in one commit: a session is told once.
 * PN2. A queue is looked at after each commit that takes a call out of it, after a start, and every
 *      LOOK_AGAIN_MS. So a session is told after a crash, and after a commit that failed.
 */
export class PositionNotices {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #index: RoutingIndex;
  readonly #sessions: Pick<Sessions, 'eventBatch'>;
  readonly #closing: AbortSignal | undefined;
  readonly #changed = new Set<string>();
  #isLooking = false;
  #isArmed = false;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly log: Log;
    readonly index: RoutingIndex;
    readonly sessions: Pick<Sessions, 'eventBatch'>;
    /** Nothing is looked at after it is aborted. */
    readonly closing?: AbortSignal;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#index = deps.index;
    this.#sessions = deps.sessions;
    this.#closing = deps.closing;
  }

  /** CallWatcher.callsMoved. */
  callsMoved(moves: readonly CallMove[]): void {
    for (const { call } of moves) this.#changed.add(call.vq);
    if (!this.#isLooking && this.#changed.size > 0) void this.#look();
  }

  /** Looks at all queues. Rejects with StoreError. */
  async lookAtAll(): Promise<void> {
    const calls = await this.#index.ready();
    for (const { key } of calls.watchedQueues(this.#clock.now())) this.#changed.add(key);
    await this.#look();
  }

  /** Never rejects: the next look tries again. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      const calls = await this.#index.ready();
      this.#lookAgain(calls);
      for (const vq of this.#changed) {
        if (this.#closing?.aborted === true) return;
        this.#changed.delete(vq);
        const told = this.#toldBatch(calls, vq);
        if (told !== undefined) await this.#durable.commit(told);
      }
    } catch (error) {
      if (this.#closing?.aborted !== true) {
        this.#log.warn({ err: error }, 'Sessions could not be told of their positions in queues.');
      }
    } finally {
      this.#isLooking = false;
    }
  }

  /** Undefined: no call of the queue has reached its position. */
  #toldBatch(calls: WaitingCalls, vq: string): Batch | undefined {
    const now = this.#clock.now();
    const reached = (calls.queue(vq, now)?.reached(now) ?? []).flatMap(
      ({ id }) => readCall(this.#durable, id) ?? [],
    );
    if (reached.length === 0) return undefined;
    return joinBatches(...reached.map((call) => this.#toldOneBatch(call, now)));
  }

  #toldOneBatch({ tellPosition: position, ...told }: VirtualInteraction, now: number): Batch {
    const { id, owner, vq } = told;
    const put = { put: callRecords(told) };
    if (owner.sessionId === undefined || position === undefined) return put;
    const data = { connid: id, queue: queueNameOf(vq), position };
    const event = { id: `${id}/${POSITION_REACHED}`, name: POSITION_REACHED, data };
    return joinBatches(put, this.#sessions.eventBatch(owner.sessionId, event, now));
  }

  #lookAgain(calls: WaitingCalls): void {
    const now = this.#clock.now();
    if (this.#isArmed || this.#closing?.aborted === true || calls.watchedQueues(now).length === 0) return;
    this.#isArmed = true;
    const cancel = this.#clock.at(now + LOOK_AGAIN_MS, () => {
      this.#isArmed = false;
      this.#closing?.removeEventListener('abort', cancel);
      for (const { key } of calls.watchedQueues(this.#clock.now())) this.#changed.add(key);
      // A look may still go on, which would not come here again.
      this.#lookAgain(calls);
      if (!this.#isLooking) void this.#look();
    });
    this.#closing?.addEventListener('abort', cancel, { once: true });
  }
}
