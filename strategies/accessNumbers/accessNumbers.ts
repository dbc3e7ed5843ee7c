import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import { type Clock, defined, type Ids } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import { type AccessBooking, type PoolHealth, ServiceError } from '../instances/index.ts';

/** Key `number/code`: the booking. A booking without a code has a number for itself. */
const BOOKINGS = 'service.access';
/** Key `service id/number/code`: the bookings of a service. */
const BY_SERVICE = 'service.accessOf';
/** Key: a pool. The position of the number that was booked last, so that numbers are used in turn. */
const LAST = 'service.accessLast';

/** Codes that a booking tries at one number. */
const MAX_TRIED_CODES = 100;

/** The number that a request asks for. */
export interface AccessRequest {
  readonly pool: string;
  /** Digits of the code; undefined: no code. */
  readonly codeLength?: number;
  readonly phone?: string;
  readonly seconds: number;
  /** The booking tells how many numbers of the pool are booked. */
  readonly withPool: boolean;
}

/**
 * Access numbers, from the pools of the configuration. A caller is found by the number that they dial, the
 * code that they enter, and their own number. gms-api 5, gms-8.5.2 6.
 */
export class AccessNumbers {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #pools: Readonly<Record<string, readonly string[]>>;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly ids: Ids;
    readonly accessNumbers: Readonly<Record<string, readonly string[]>>;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#pools = deps.accessNumbers;
  }

  /**
   * Commit the batch before the next call. Throws ServiceError SERVICE_MISCONFIGURED without the pool, or
   * ACCESS_UNAVAILABLE when no number is free.
   */
  book(
    serviceId: ServiceId,
    request: AccessRequest,
  ): { readonly booking: AccessBooking; readonly batch: Batch } {
    const { pool, phone, seconds } = request;
    const numbers = Object.hasOwn(this.#pools, pool) ? this.#pools[pool]! : [];
    if (numbers.length === 0) {
      throw new ServiceError('SERVICE_MISCONFIGURED', `Expected numbers in accessNumbers.${pool}, got none.`);
    }
    const after = (this.#durable.get<{ at: number }>(LAST, pool)?.at ?? -1) + 1;
    for (let tried = 0; tried < numbers.length; tried += 1) {
      const at = (after + tried) % numbers.length;
      const number = numbers[at]!;
      const code = request.codeLength === undefined ? '' : this.#freeCode(number, request.codeLength);
      if (code === undefined || this.#durable.has(BOOKINGS, keyOf(number, code))) continue;
      const booking: AccessBooking = {
        serviceId,
        number,
        seconds,
        ...defined({
          code: code || undefined,
          phone,
          pool: request.withPool ? this.#poolHealth(numbers, number) : undefined,
        }),
      };
      const put = { table: LAST, key: pool, value: { at } };
      return { booking, batch: joinBatches({ put: [put] }, this.#putBatch(booking)) };
    }
    throw new ServiceError(
      'ACCESS_UNAVAILABLE',
      `All ${numbers.length} numbers of accessNumbers.${pool} are booked. Try again later.`,
    );
  }

  /** The booking that a call belongs to. `code` and `phone`: undefined when the caller gave none. */
  find(call: {
    readonly number: string;
    readonly code?: string | undefined;
    readonly phone?: string | undefined;
  }): AccessBooking | undefined {
    const booking = this.#durable.get<AccessBooking>(BOOKINGS, keyOf(call.number, call.code ?? ''));
    const isOther = booking?.phone !== undefined && call.phone !== undefined && booking.phone !== call.phone;
    return isOther ? undefined : booking;
  }

  /** The number is free again. */
  releaseBatch({ serviceId, number, code = '' }: AccessBooking): Batch {
    const key = keyOf(number, code);
    return {
      remove: [
        { table: BOOKINGS, key },
        { table: BY_SERVICE, key: `${serviceId}/${key}` },
      ],
    };
  }

  /** The numbers of a service are free again. */
  releaseOfBatch(serviceId: ServiceId): Batch {
    const rows = [...this.#durable.scan<AccessBooking>(BY_SERVICE, { prefix: `${serviceId}/` })];
    return joinBatches(rows.map(({ value }) => this.releaseBatch(value)));
  }

  #putBatch(booking: AccessBooking): Batch {
    const { serviceId, number, code = '', seconds } = booking;
    const expiresAt = this.#clock.now() + seconds * 1000;
    const key = keyOf(number, code);
    return {
      put: [
        { table: BOOKINGS, key, value: booking, expiresAt },
        { table: BY_SERVICE, key: `${serviceId}/${key}`, value: booking, expiresAt },
      ],
    };
  }

  /** `taken` is booked by the batch that is not committed yet. */
  #poolHealth(numbers: readonly string[], taken: string): PoolHealth {
    const isBooked = (number: string): boolean =>
      number === taken ||
      [...this.#durable.scan(BOOKINGS, { prefix: keyOf(number, ''), limit: 1 })].length > 0;
    return { numbers: numbers.length, booked: numbers.filter(isBooked).length };
  }

  #freeCode(number: string, length: number): string | undefined {
    for (let tried = 0; tried < MAX_TRIED_CODES; tried += 1) {
      const random = BigInt(`0x${this.#ids.hex(32)}`) % 10n ** BigInt(length);
      const code = String(random).padStart(length, '0');
      if (!this.#durable.has(BOOKINGS, keyOf(number, code))) return code;
    }
    return undefined;
  }
}

function keyOf(number: string, code: string): string {
  return `${encodeURIComponent(number)}/${encodeURIComponent(code)}`;
}
