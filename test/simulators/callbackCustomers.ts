import { expect } from 'chai';
import type { ServiceId } from '../../strategies/ids/index.ts';
import { CallbackState } from '../../strategies/instances/serviceInstance.ts';
import type { Random } from '../support/crash/random.ts';
import { asId } from '../support/ids.ts';
import type { TestReply } from '../support/testServer.ts';
import { type CallbackOffice, HOUR_MS, MINUTE_MS } from './callbackOffice.ts';

const DAY_MS = 24 * HOUR_MS;

/** A customer of the day, and what they will do. */
export interface Customer {
  readonly number: string;
  /** When they ask. */
  readonly at: number;
  /** Undefined: at once. */
  readonly desired: number | undefined;
  /** confirms: opens the chat. silent: never answers an announcement. */
  readonly will: 'confirm' | 'stay silent' | 'cancel' | 'move';
  readonly again: number;
  id?: ServiceId;
  desiredTime?: number;
  hasCancelled?: boolean;
  hasChat?: boolean;
  /** How often they have looked for another time. */
  rounds: number;
  /** The slot of a proposal that they have asked for, until they have the answer. */
  proposed?: number;
  /** The keys of their requests, and whether the office was open then for one that the key was sent with. */
  readonly wasOpen: Map<string, boolean>;
}

export interface Action {
  readonly at: number;
  /** Others act at the same time; undefined: one after the other, after those. */
  readonly isAlone?: true;
  perform(): Promise<void>;
}

/**
 * The customers of an office, who ask for callbacks, cancel and move them. An action that a kill interrupts
 * is performed again, and repeats its requests with their keys.
 */
export class CallbackCustomers {
  readonly #office: CallbackOffice;
  readonly #random: Random;
  readonly #act: (action: Action) => void;
  /** The customers whose callbacks are open. */
  readonly open = new Set<Customer>();
  accepted = 0;
  /** Refusals out of hours, and refusals with the slots that are free. */
  closed = 0;
  full = 0;

  constructor(deps: {
    readonly office: CallbackOffice;
    readonly random: Random;
    /** Performs an action later. */
    readonly act: (action: Action) => void;
    readonly count: number;
    /** Midnight of the office. */
    readonly startMs: number;
  }) {
    this.#office = deps.office;
    this.#random = deps.random;
    this.#act = deps.act;
    for (let index = 0; index < deps.count; index++) {
      const customer = this.#customer(index, deps.startMs);
      this.#act({ at: customer.at, perform: () => this.#ask(customer) });
    }
  }

  #customer(index: number, startMs: number): Customer {
    const random = this.#random;
    const at = startMs + random.below(DAY_MS);
    const isScheduled = random.chance(0.55);
    const will = random.below(100);
    return {
      number: `555${String(index).padStart(7, '0')}`,
      at,
      // Some of them in the hours around the change of the clocks.
      desired: isScheduled ? at + random.below(random.chance(0.2) ? 4 * HOUR_MS : 16 * HOUR_MS) : undefined,
      will: will < 68 ? 'confirm' : will < 80 ? 'stay silent' : will < 90 ? 'cancel' : 'move',
      again: random.below(3 * HOUR_MS),
      rounds: 0,
      wasOpen: new Map(),
    };
  }

  async #ask(customer: Customer): Promise<void> {
    const time = customer.desired ?? this.#office.now;
    const key = `ask ${customer.number}`;
    const reply = await this.#create(customer, { key, time, desired: customer.desired });
    if (reply.status === 200) return this.#accept(customer, reply, { key, time });
    if (this.#isClosedRefusal(reply, time)) return;
    this.#requireFreeSlots(reply);
    this.#askAgain(customer);
  }

  /** Nobody else asks meanwhile, so each slot that is proposed must be free. */
  #askAgain(customer: Customer): void {
    customer.rounds++;
    this.#act({ at: this.#office.now, isAlone: true, perform: () => this.#takeProposal(customer) });
  }

  #create(
    customer: Customer,
    request: { readonly key: string; readonly time: number; readonly desired: number | undefined },
  ): Promise<TestReply> {
    const { key, time, desired } = request;
    const wasOpen = customer.wasOpen.get(key) ?? false;
    customer.wasOpen.set(key, wasOpen || this.#office.isOpen(time));
    const fields = desired === undefined ? {} : { _desired_time: new Date(desired).toISOString() };
    return this.#office.create({ _customer_number: customer.number, ...fields }, key);
  }

  #accept(
    customer: Customer,
    reply: TestReply,
    { key, time }: { readonly key: string; readonly time: number },
  ): void {
    const id = asId<ServiceId>((reply.json as { readonly _id: string })._id);
    expect(customer.wasOpen.get(key), `${customer.number} is accepted in the hours`).to.equal(true);
    expect(customer.id, 'a customer is accepted once').to.equal(undefined);
    customer.id = id;
    customer.desiredTime = time;
    this.accepted++;
    this.open.add(customer);
    const at = this.#office.now + customer.again;
    if (customer.will === 'cancel') this.#act({ at, perform: () => this.#cancel(customer) });
    if (customer.will === 'move') this.#act({ at, perform: () => this.#move(customer) });
  }

  #isClosedRefusal(reply: TestReply, time: number): boolean {
    if ((reply.json as { readonly code: string }).code !== 'CALLBACK_CLOSED') return false;
    expect(this.#office.isOpen(time), `${new Date(time).toISOString()} is refused out of hours`).to.equal(
      false,
    );
    this.closed++;
    return true;
  }

  #requireFreeSlots(reply: TestReply): readonly number[] {
    const { code, availability = {} } = reply.json as {
      readonly code: string;
      readonly availability?: Readonly<Record<string, number>>;
    };
    expect(code, reply.text).to.be.oneOf(['CALLBACK_SLOT_FULL', 'CALLBACK_NEW_SLOT_FULL']);
    const slots = Object.entries(availability);
    expect(slots, reply.text).not.to.deep.equal([]);
    for (const [start, free] of slots) {
      expect(free).to.be.greaterThan(0);
      expect(Date.parse(start)).to.be.at.least(this.#office.now);
      expect(this.#office.isOpen(Date.parse(start)), `${start} is proposed in the hours`).to.equal(true);
    }
    this.full++;
    return slots.map(([start]) => Date.parse(start));
  }

  async #takeProposal(customer: Customer): Promise<void> {
    const { number, rounds } = customer;
    if (customer.proposed !== undefined) return this.#repeatProposal(customer, customer.proposed);
    const key = `again ${number} ${rounds}`;
    const time = Math.max(customer.desired ?? 0, this.#office.now + 10 * MINUTE_MS);
    const reply = await this.#create(customer, { key, time, desired: time });
    if (reply.status === 200) return this.#accept(customer, reply, { key, time });
    if (this.#isClosedRefusal(reply, time)) return;
    customer.proposed = this.#random.pick(this.#requireFreeSlots(reply));
    const booked = await this.#bookProposal(customer, customer.proposed);
    expect(booked.status, `a proposed slot is free: ${booked.text}`).to.equal(200);
  }

  /** Others may have taken the slot while the process restarted. */
  async #repeatProposal(customer: Customer, proposed: number): Promise<void> {
    const reply = await this.#bookProposal(customer, proposed);
    if (reply.status === 200) return;
    delete customer.proposed;
    if (!this.#isClosedRefusal(reply, proposed)) this.#requireFreeSlots(reply);
    this.#askAgain(customer);
  }

  async #bookProposal(customer: Customer, time: number): Promise<TestReply> {
    const key = `proposed ${customer.number} ${customer.rounds}`;
    const reply = await this.#create(customer, { key, time, desired: time });
    if (reply.status === 200) this.#accept(customer, reply, { key, time });
    return reply;
  }

  async #cancel(customer: Customer): Promise<void> {
    customer.hasCancelled = true;
    const reply = await this.#office.cancel(customer.id!);
    expect(reply.status, reply.text).to.be.oneOf([200, 400]);
  }

  async #move(customer: Customer): Promise<void> {
    const time = this.#office.now + this.#random.below(8 * HOUR_MS);
    const before = this.#office.orsay.services.get(customer.id!)?.desiredTime;
    const reply = await this.#office.move(customer.id!, time);
    const { code } = reply.json as { readonly code?: string };
    if (reply.status === 200) {
      expect(this.#office.isOpen(time), 'it moves within the hours').to.equal(true);
      customer.desiredTime = time;
    } else if (code === 'CALLBACK_OPERATION_INVALID') {
      // It has begun, or it has ended.
      expect(this.#office.orsay.services.get(customer.id!)?.state).not.to.equal(CallbackState.SCHEDULED);
    } else {
      expect(this.#office.orsay.services.get(customer.id!)?.desiredTime).to.equal(before);
      if (!this.#isClosedRefusal(reply, time)) this.#requireFreeSlots(reply);
    }
  }
}
