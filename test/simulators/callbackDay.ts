import { expect } from 'chai';
import type { ServiceId } from '../../strategies/ids/index.ts';
import { CallbackState, type ServiceInstance } from '../../strategies/instances/serviceInstance.ts';
import { createRandom, type Random } from '../support/crash/random.ts';
import { asId } from '../support/ids.ts';
import type { TestReply } from '../support/testServer.ts';
import { CallbackAgents } from './callbackAgents.ts';
import { CallbackOffice, HOUR_MS, type Hours, Killed, MINUTE_MS } from './callbackOffice.ts';

const DAY_MS = 24 * HOUR_MS;
/** The customers whose callbacks are open are looked at in turn. */
const LOOK_EVERY = 2;

/** A customer of the day, and what they will do. */
interface Customer {
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
}

interface Action {
  readonly at: number;
  perform(): Promise<void>;
}

export interface DaySetup {
  readonly zone: string;
  readonly hours: Hours;
  /** Midnight of the office. */
  readonly startMs: number;
  readonly callbacks: number;
  readonly kills: number;
  readonly seed: number;
  /** From this time on the office has other hours. */
  readonly closing: { readonly at: number; readonly hours: Hours };
}

export interface DayResult {
  readonly accepted: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly closed: number;
  readonly full: number;
  readonly kills: number;
}

/** A day of an office: customers who ask, agents who answer, and processes that end in between. */
export class CallbackDay {
  readonly #setup: DaySetup;
  readonly #office: CallbackOffice;
  readonly #random: Random;
  readonly #actions: Action[] = [];
  readonly #open = new Set<Customer>();
  readonly #agents: CallbackAgents;
  readonly #reasons: Record<string, number> = {};
  readonly #killTimes: number[];
  #accepted = 0;
  #closed = 0;
  #full = 0;
  #keys = 0;
  #minutes = 0;
  #isClosedEarly = false;

  constructor(setup: DaySetup) {
    const { callbacks, startMs } = setup;
    this.#setup = setup;
    this.#random = createRandom(setup.seed);
    this.#office = new CallbackOffice({ ...setup, slotPlaces: Math.max(1, Math.ceil(callbacks / 110)) });
    this.#agents = new CallbackAgents({
      office: this.#office,
      random: this.#random,
      count: Math.max(2, Math.ceil(callbacks / 220)),
    });
    this.#killTimes = Array.from({ length: setup.kills }, () => startMs + this.#random.below(DAY_MS)).sort(
      (a, b) => a - b,
    );
    for (let index = 0; index < callbacks; index++) {
      const customer = this.#customer(index);
      this.#at(customer.at, () => this.#ask(customer));
    }
  }

  #customer(index: number): Customer {
    const random = this.#random;
    const at = this.#setup.startMs + random.below(DAY_MS);
    const isScheduled = random.chance(0.55);
    const will = random.below(100);
    return {
      number: `555${String(index).padStart(7, '0')}`,
      at,
      // Some of them in the hours around the change of the clocks.
      desired: isScheduled ? at + random.below(random.chance(0.2) ? 4 * HOUR_MS : 16 * HOUR_MS) : undefined,
      will: will < 68 ? 'confirm' : will < 80 ? 'stay silent' : will < 90 ? 'cancel' : 'move',
      again: random.below(3 * HOUR_MS),
    };
  }

  /** Rejects with an AssertionError at the first callback that is lost, called twice or out of hours. */
  async run(): Promise<DayResult> {
    const { startMs } = this.#setup;
    while (this.#actions.length > 0 || this.#open.size > 0) {
      expect(this.#office.now, 'the day ends').to.be.lessThan(startMs + 3 * DAY_MS);
      await this.#minute();
    }
    await this.#requireNothingLeft();
    await this.#office.close();
    const { kills } = this.#office;
    return {
      accepted: this.#accepted,
      reasons: this.#reasons,
      closed: this.#closed,
      full: this.#full,
      kills,
    };
  }

  async #minute(): Promise<void> {
    const end = (Math.floor(this.#office.now / MINUTE_MS) + 1) * MINUTE_MS;
    this.#minutes++;
    if (this.#killTimes.length > 0 && this.#killTimes[0]! < end) {
      this.#killTimes.shift();
      this.#office.killAfter(this.#random.below(40));
    }
    try {
      await this.#office.run(async () => {
        await this.#perform(end);
        await this.#office.advance(Math.max(0, end - this.#office.now));
        await this.#look();
        await this.#agents.work();
      });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      this.#office.restart();
    }
    const { at, hours } = this.#setup.closing;
    if (this.#isClosedEarly || this.#office.now < at) return;
    this.#isClosedEarly = true;
    this.#office.restart(hours);
  }

  #at(at: number, perform: () => Promise<void>): void {
    this.#actions.push({ at, perform });
  }

  /** Those of a minute at once. One that a kill interrupts is performed again. */
  async #perform(end: number): Promise<void> {
    const due = this.#actions.filter(({ at }) => at < end);
    await Promise.all(
      due.map(async (action) => {
        await action.perform();
        this.#actions.splice(this.#actions.indexOf(action), 1);
      }),
    );
  }

  // Customers

  async #ask(customer: Customer): Promise<void> {
    const { number, desired } = customer;
    const asked = this.#office.now;
    const reply = await this.#create(customer, desired, `ask ${number}`);
    if (reply.status === 200) return this.#accept(customer, reply, desired ?? asked);
    if (this.#isClosedRefusal(reply, desired ?? asked)) return;
    this.#requireFreeSlots(reply);
    this.#at(this.#office.now, () => this.#askAlone(customer));
  }

  #create({ number }: Customer, desired: number | undefined, key: string): Promise<TestReply> {
    const time = desired === undefined ? {} : { _desired_time: new Date(desired).toISOString() };
    return this.#office.create({ _customer_number: number, ...time }, key);
  }

  #accept(customer: Customer, reply: TestReply, time: number): void {
    const id = asId<ServiceId>((reply.json as { readonly _id: string })._id);
    expect(this.#office.isOpen(time), `${customer.number} is accepted in the hours`).to.equal(true);
    customer.id = id;
    customer.desiredTime = time;
    this.#accepted++;
    this.#open.add(customer);
    if (customer.will === 'cancel') this.#at(this.#office.now + customer.again, () => this.#cancel(customer));
    if (customer.will === 'move') this.#at(this.#office.now + customer.again, () => this.#move(customer));
  }

  #isClosedRefusal(reply: TestReply, time: number): boolean {
    if ((reply.json as { readonly code: string }).code !== 'CALLBACK_CLOSED') return false;
    expect(this.#office.isOpen(time), `${new Date(time).toISOString()} is refused out of hours`).to.equal(
      false,
    );
    this.#closed++;
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
    this.#full++;
    return slots.map(([start]) => Date.parse(start));
  }

  /** Nobody else asks meanwhile, so each slot that is proposed must be free. */
  #askAlone(customer: Customer): Promise<void> {
    this.#alone = this.#alone.then(() => this.#takeProposal(customer));
    return this.#alone;
  }

  #alone: Promise<void> = Promise.resolve();

  async #takeProposal(customer: Customer): Promise<void> {
    const { number, desired = this.#office.now } = customer;
    const time = Math.max(desired, this.#office.now + 10 * MINUTE_MS);
    const reply = await this.#create(customer, time, `again ${number} ${this.#keys++}`);
    if (reply.status === 200) return this.#accept(customer, reply, time);
    if (this.#isClosedRefusal(reply, time)) return;
    const proposed = this.#random.pick(this.#requireFreeSlots(reply));
    const booked = await this.#create(customer, proposed, `proposed ${number} ${this.#keys++}`);
    expect(booked.status, `a proposed slot is free: ${booked.text}`).to.equal(200);
    this.#accept(customer, booked, proposed);
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

  /** Looks at the callbacks that may have begun. */
  async #look(): Promise<void> {
    if (this.#minutes % LOOK_EVERY !== 0) return;
    for (const customer of this.#open) {
      if (customer.desiredTime! > this.#office.now + 10 * MINUTE_MS && !customer.hasCancelled) continue;
      const callback = this.#office.orsay.services.get(customer.id!);
      expect(callback, `${customer.id} is lost`).not.to.equal(undefined);
      if (callback!.state === CallbackState.COMPLETED) this.#end(customer, callback!);
      else if (callback!.agentAnnounced) await this.#answerAnnouncement(customer, callback!);
    }
  }

  async #answerAnnouncement(customer: Customer, { desiredTime }: ServiceInstance): Promise<void> {
    // _desired_connect_time_threshold
    expect(this.#office.now, 'nobody is called early').to.be.at.least(desiredTime - 3 * MINUTE_MS);
    if (customer.hasChat || customer.will === 'stay silent') return;
    await this.#office.request(customer.id!, 'connect');
    const chat = await this.#office.request(customer.id!, 'ixn/chat');
    if (chat.status === 200) customer.hasChat = true;
    await this.#office.orsay.durable.idle();
  }

  #end(customer: Customer, { id, reason }: ServiceInstance): void {
    const calls = this.#agents.callsOf(id);
    const found = this.#office.orsay.services.ofCustomer({
      name: '_customer_number',
      value: customer.number,
    });
    expect(
      found.map((one) => one.id),
      'a request makes one callback',
    ).to.deep.equal([id]);
    const expected =
      calls > 0
        ? ['AGENT_CONNECTED']
        : [
            ...(customer.hasCancelled ? ['CANCELLED'] : []),
            ...(customer.will === 'stay silent' ? ['FAIL_USER_NO_CONFIRM'] : []),
          ];
    expect(calls, `${id} is called at most once`).to.be.at.most(1);
    expect(reason, `${customer.number} will ${customer.will}, ${calls} calls`).to.be.oneOf(expected);
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + 1;
    this.#open.delete(customer);
  }

  async #requireNothingLeft(): Promise<void> {
    await this.#office.advance(5 * MINUTE_MS);
    const { counted, held } = this.#office.places();
    expect(counted, 'the counts of places are those of the callbacks').to.deep.equal(held);
    expect(await this.#office.inQueue(), 'nobody waits in the virtual queue').to.equal(0);
    expect(this.#office.tasksGivenUp(), 'no task was given up').to.equal(0);
    const messages = this.#office.errors.map(({ fields, message }) => `${message} ${JSON.stringify(fields)}`);
    expect(messages, 'errors in the log').to.deep.equal([]);
  }
}
