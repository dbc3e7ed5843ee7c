import { keyedBy, type Once } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { ServiceId } from '../ids/index.ts';
import {
  type AccessBooking,
  type InstanceTable,
  isOpen,
  ServiceError,
  type ServiceInstance,
} from '../instances/index.ts';
import { type OptionSender, permittedFields, type ServiceOptions } from '../options/index.ts';
import type { AccessNumbers } from './accessNumbers.ts';
import { accessRequest, givenText } from './accessRequest.ts';

/** A service that a call was found to belong to. */
type AccessMatch = Pick<ServiceInstance, 'id' | 'dataId'>;

interface Use {
  /** The configured service. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Json>>;
  /** Idempotency key. */
  readonly key?: string | undefined;
}

/** The built-in services request-access and match-interaction. gms-api 5, gms-8.5.2 6. */
export class AccessServices {
  readonly #once: Once;
  readonly #table: InstanceTable;
  readonly #numbers: AccessNumbers;
  readonly #configured: (name: string) => ServiceOptions | undefined;

  constructor(deps: {
    readonly once: Once;
    readonly table: InstanceTable;
    readonly numbers: AccessNumbers;
    readonly configured: (name: string) => ServiceOptions | undefined;
  }) {
    this.#once = deps.once;
    this.#table = deps.table;
    this.#numbers = deps.numbers;
    this.#configured = deps.configured;
  }

  /**
   * Books a number for a service that exists. Rejects with ServiceError SERVICE_NOT_FOUND,
   * SERVICE_REQUEST_REFUSED, SERVICE_MISCONFIGURED or ACCESS_UNAVAILABLE.
   */
  request(id: ServiceId, use: Use & { readonly sender: OptionSender }): Promise<AccessBooking> {
    return this.#once.commit(keyedBy(use.key, 'service.access', id), () => {
      const instance = this.#table.get(id);
      if (!isOpen(instance)) throw new ServiceError('SERVICE_NOT_FOUND', id);
      const options = this.#configured(use.name) ?? {};
      const { fields } = permittedFields(options, use.fields, use.sender);
      const { booking, batch } = this.#numbers.book(id, accessRequest(options, fields));
      return { batch, answer: booking };
    });
  }

  /**
   * The service that a call belongs to. Its number is free afterwards. Rejects with ServiceError
   * SERVICE_REQUEST_REFUSED without a number, or SERVICE_NO_MATCH.
   */
  match(use: Use): Promise<AccessMatch> {
    const number = givenText(use.fields._access_number);
    if (number === undefined) {
      throw new ServiceError('SERVICE_REQUEST_REFUSED', 'Expected _access_number, got none.');
    }
    const call = {
      number,
      code: givenText(use.fields._access_code),
      phone: givenText(use.fields._phone_number),
    };
    return this.#once.commit(keyedBy(use.key, 'service.match', use.name), () => {
      const booking = this.#numbers.find(call);
      const instance = booking && this.#table.get(booking.serviceId);
      if (booking === undefined || !isOpen(instance)) {
        throw new ServiceError(
          'SERVICE_NO_MATCH',
          `No service is booked on the number '${number}' for this call.`,
        );
      }
      const { id, dataId } = instance;
      return { batch: this.#numbers.releaseBatch(booking), answer: { id, dataId } };
    });
  }
}
