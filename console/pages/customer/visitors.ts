import { type Signal, signal } from '@preact/signals';
import { Customer, type CustomerState, newId, type Settings, type Transport } from '../../customer/index.ts';
import { serverUrl } from '../../shell/address.ts';
import type { LogEntries } from './journalEntries.ts';

/** A customer of the page, as it is kept over a reload. */
export interface Visit {
  readonly id: string;
  /** The `gms_user`. */
  readonly user: string;
  readonly service: Settings['service'];
  readonly transport: Transport;
}

/** A customer of the page, whose state is a signal. */
export interface Visitor {
  readonly visit: Visit;
  readonly customer: Customer;
  readonly state: Signal<CustomerState>;
}

const KEPT = 'orsay.customers';
/** Each one with long-polling takes a connection of the browser, which has six for a server. */
export const MAX_VISITORS = 4;

/** The customers of the page, in this tab of the browser. */
export class Visitors {
  readonly all: Signal<readonly Visitor[]>;
  readonly #log: LogEntries;

  constructor(log: LogEntries) {
    this.#log = log;
    this.all = signal(readVisits().map((visit) => this.#visitorOf(visit)));
  }

  add(visit: Omit<Visit, 'id'>): void {
    if (this.all.value.length >= MAX_VISITORS) return;
    this.#set([...this.all.value, this.#visitorOf({ ...visit, id: newId() })]);
  }

  remove(visitor: Visitor): void {
    visitor.customer.reset();
    this.#set(this.all.value.filter((one) => one !== visitor));
  }

  /** Ends the connections of all. A later page goes on with them. */
  close(): void {
    for (const { customer } of this.all.value) customer.close();
  }

  #set(all: readonly Visitor[]): void {
    this.all.value = all;
    sessionStorage.setItem(KEPT, JSON.stringify(all.map(({ visit }) => visit)));
  }

  #visitorOf(visit: Visit): Visitor {
    const { id, user, service, transport } = visit;
    const customer: Customer = new Customer({
      settings: {
        base: baseUrl(),
        identity: { kind: 'named', user },
        service,
        transport,
        journal: (entry) => this.#log.add(user, entry),
      },
      storage: sessionStorage,
      name: `orsay.customer.${id}`,
      changed: () => {
        state.value = customer.state;
      },
    });
    const state = signal(customer.state);
    customer.resume();
    return { visit, customer, state };
  }
}

/** The URL of the server, without a slash at its end. */
export function baseUrl(): string {
  return serverUrl('/').href.replace(/\/+$/, '');
}

function readVisits(): readonly Visit[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
    return Array.isArray(kept) ? (kept as Visit[]).slice(0, MAX_VISITORS) : [];
  } catch {
    return [];
  }
}
