import { type InstanceTable, ServiceError } from '../instances/index.ts';
import { firstSet, type GlobalOptions, limitOf } from '../options/index.ts';
import type { AdmissionCheck, AdmissionFacts } from './admission.ts';
import { CUSTOMER_NUMBER } from './numberChecks.ts';

const INITIAL_QUEUED = 1000;
/** Open callbacks of a customer at which another one is refused. gms-8.5.2 1.4. */
const OPEN_ALLOWED: Readonly<Record<string, number>> = { true: 2, strict: 1 };

/** Limits of the callbacks that wait: those of a service, and those of one customer. */
export class QueueChecks {
  readonly #table: InstanceTable;
  readonly #globals: GlobalOptions;

  constructor({ table, globals }: { readonly table: InstanceTable; readonly globals: GlobalOptions }) {
    this.#table = table;
    this.#globals = globals;
  }

  checks(): readonly AdmissionCheck[] {
    return [
      { name: 'callbacks of a customer in the queue', refusal: (facts) => this.#rejectCustomer(facts) },
      {
        name: 'queued callbacks of a service',
        // Callbacks that become due later are free.
        refusal: (facts) => (facts.immediate ? this.#rejectFullQueue(facts) : undefined),
      },
    ];
  }

  #rejectCustomer({ callback, options, request }: AdmissionFacts): ServiceError | undefined {
    const mode =
      firstSet(options._enable_in_queue_checking, this.#globals._enable_in_queue_checking) ?? 'true';
    const allowed = OPEN_ALLOWED[mode.toLowerCase()];
    const number = callback.lookup[CUSTOMER_NUMBER];
    if (request !== 'create' || allowed === undefined || number === undefined) return undefined;
    const open = this.#table.countOpen(callback.name, {
      name: CUSTOMER_NUMBER,
      value: number,
      atMost: allowed,
    });
    if (open < allowed) return undefined;
    return new ServiceError(
      'CALLBACK_UNAVAILABLE',
      `Callback for ${CUSTOMER_NUMBER}=${number} rejected because ${open} callbacks for this number are queued already. Check option _enable_in_queue_checking`,
    );
  }

  #rejectFullQueue({ callback, options }: AdmissionFacts): ServiceError | undefined {
    const limit = limitOf('_max_queued_callbacks_per_service', {
      options,
      globals: this.#globals,
      globalName: 'max_queued_callbacks_per_service',
      initial: INITIAL_QUEUED,
    });
    if (this.#table.waitingOf(callback.name) < limit) return undefined;
    return new ServiceError(
      'CALLBACK_UNAVAILABLE',
      `Limit of queued callbacks for ${callback.name} is reached.`,
    );
  }
}
