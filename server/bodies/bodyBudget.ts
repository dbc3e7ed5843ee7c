import type { Clock, Log } from '../../engine/ports/index.ts';
import { RefusalLog, WireError } from '../errors/index.ts';

/** Bytes of request bodies in memory. The names are those of the configuration. */
export interface BodyBudgetLimits {
  readonly bytes: number;
  readonly bytesOfAddress: number;
}

const RETRY_AFTER = { 'Retry-After': '5' };

/** Counts the bytes of all bodies that are in memory, in all and by address. */
export class BodyBudget {
  readonly #limits: BodyBudgetLimits;
  readonly #refusals: RefusalLog;
  readonly #ofAddress = new Map<string, number>();
  #bytes = 0;

  constructor(deps: { readonly limits: BodyBudgetLimits; readonly clock: Clock; readonly log: Log }) {
    this.#limits = deps.limits;
    this.#refusals = new RefusalLog(deps);
  }

  /** Bytes that are counted now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins to count one body. `address` undefined: it counts in all only. */
  open(address: string | undefined): BodyCount {
    return new BodyCount(this, address);
  }

  /** Throws TOO_MANY_REQUESTS or SERVER_BUSY, and then counts nothing. */
  take(address: string | undefined, bytes: number): void {
    const { bytes: inAll, bytesOfAddress } = this.#limits;
    const present = address === undefined ? 0 : (this.#ofAddress.get(address) ?? 0);
    if (address !== undefined && present + bytes > bytesOfAddress) {
      this.#refusals.warn({ limit: 'limits.bodies.bytesOfAddress', bytesOfAddress, address }, REFUSED);
      throw new WireError('TOO_MANY_REQUESTS', {
        message: `The bodies of address ${address} have more bytes than limits.bodies.bytesOfAddress (${bytesOfAddress}).`,
        headers: RETRY_AFTER,
      });
    }
    if (this.#bytes + bytes > inAll) {
      this.#refusals.warn({ limit: 'limits.bodies.bytes', bytes: inAll }, REFUSED);
      throw new WireError('SERVER_BUSY', {
        message: `The bodies of all requests have more bytes than limits.bodies.bytes (${inAll}).`,
        headers: RETRY_AFTER,
      });
    }
    this.#bytes += bytes;
    if (address !== undefined) this.#ofAddress.set(address, present + bytes);
  }

  giveBack(address: string | undefined, bytes: number): void {
    this.#bytes -= bytes;
    if (address === undefined) return;
    const left = (this.#ofAddress.get(address) ?? 0) - bytes;
    if (left > 0) this.#ofAddress.set(address, left);
    else this.#ofAddress.delete(address);
  }
}

const REFUSED = 'The body of a request was refused.';

/** The bytes of one body. */
export class BodyCount {
  readonly #budget: BodyBudget;
  readonly #address: string | undefined;
  #bytes = 0;

  constructor(budget: BodyBudget, address: string | undefined) {
    this.#budget = budget;
    this.#address = address;
  }

  /** Throws TOO_MANY_REQUESTS or SERVER_BUSY. */
  take(bytes: number): void {
    this.#budget.take(this.#address, bytes);
    this.#bytes += bytes;
  }

  /** The body is no longer in memory. */
  release(): void {
    if (this.#bytes > 0) this.#budget.giveBack(this.#address, this.#bytes);
    this.#bytes = 0;
  }
}
