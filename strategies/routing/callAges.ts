import { Lane, type LaneCall } from './lane.ts';
import { PLAIN_RULE } from './priority.ts';

interface Aged<C> extends LaneCall {
  readonly call: C;
}

/** Numbers for the calls that entered in the same ms. */
const NUMBERS_OF_MS = 1_000;

/**
 * All calls by the time of their entry, so that those that expire are found without a look at their queues.
 * The order of arrival is another one: a call that goes to the head of its queue enters after the others.
 */
export class CallAges<C extends LaneCall> {
  readonly #lane = new Lane<Aged<C>>(PLAIN_RULE, 'none');
  readonly #aged = new Map<C, Aged<C>>();

  add(call: C): void {
    const { enteredAt } = call;
    const serial = enteredAt * NUMBERS_OF_MS + Math.abs(call.serial % NUMBERS_OF_MS);
    const aged = { serial, enteredAt, call };
    this.#aged.set(call, aged);
    this.#lane.add(aged);
  }

  remove(call: C): void {
    const aged = this.#aged.get(call);
    if (aged === undefined) return;
    this.#aged.delete(call);
    this.#lane.remove(aged);
  }

  /** The call that entered first. */
  get oldest(): C | undefined {
    return this.#lane.oldest?.call;
  }
}
