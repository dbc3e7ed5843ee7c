import { expect } from 'chai';
import { CallbackState, type ServiceInstance } from '../../strategies/instances/serviceInstance.ts';
import { createRandom, type Random } from '../support/crash/random.ts';
import { CallbackAgents } from './callbackAgents.ts';
import { type Action, CallbackCustomers, type Customer } from './callbackCustomers.ts';
import { CallbackOffice, HOUR_MS, type Hours, Killed, MINUTE_MS } from './callbackOffice.ts';

const DAY_MS = 24 * HOUR_MS;
/** The customers whose callbacks are open are looked at in turn. */
const LOOK_EVERY = 2;

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
  /** Hears about every hour of the day when it has passed. */
  readonly passed?: (hour: DayHour) => void;
}

export interface DayHour {
  /** Since the midnight of the office. */
  readonly hour: number;
  readonly accepted: number;
  /** Accepted callbacks that have not ended. */
  readonly open: number;
  readonly kills: number;
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
  readonly #actions = new Set<Action>();
  readonly #customers: CallbackCustomers;
  readonly #agents: CallbackAgents;
  readonly #reasons: Record<string, number> = {};
  readonly #killTimes: number[];
  #minutes = 0;
  #hour = 0;
  #isClosedEarly = false;

  constructor(setup: DaySetup) {
    const { callbacks, startMs } = setup;
    this.#setup = setup;
    this.#random = createRandom(setup.seed);
    const agents = Math.max(2, Math.ceil(callbacks / 100));
    this.#office = new CallbackOffice({
      ...setup,
      slotPlaces: Math.max(1, Math.ceil(callbacks / 250)),
      agents,
    });
    this.#agents = new CallbackAgents({ office: this.#office, random: this.#random, count: agents });
    this.#killTimes = Array.from({ length: setup.kills }, () => startMs + this.#random.below(DAY_MS)).sort(
      (a, b) => a - b,
    );
    this.#customers = new CallbackCustomers({
      office: this.#office,
      random: this.#random,
      act: (action) => this.#actions.add(action),
      count: callbacks,
      startMs,
    });
  }

  /** Rejects with an AssertionError at the first callback that is lost, called twice or out of hours. */
  async run(): Promise<DayResult> {
    const { startMs } = this.#setup;
    while (this.#actions.size > 0 || this.#customers.open.size > 0) {
      expect(this.#office.now, 'the day ends').to.be.lessThan(startMs + 3 * DAY_MS);
      await this.#minute();
      this.#tell();
    }
    await this.#requireNothingLeft();
    await this.#office.close();
    const { accepted, closed, full } = this.#customers;
    const ended = Object.values(this.#reasons).reduce((sum, count) => sum + count, 0);
    expect(ended, 'each accepted callback ends').to.equal(accepted);
    return { accepted, reasons: this.#reasons, closed, full, kills: this.#office.kills };
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

  #tell(): void {
    const hour = Math.floor((this.#office.now - this.#setup.startMs) / HOUR_MS);
    if (hour === this.#hour) return;
    this.#hour = hour;
    const { accepted, open } = this.#customers;
    this.#setup.passed?.({ hour, accepted, open: open.size, kills: this.#office.kills });
  }

  /** Those of a minute at once. One that a kill interrupts is performed again. */
  async #perform(end: number): Promise<void> {
    const due = [...this.#actions].filter(({ at }) => at < end);
    const perform = async (action: Action): Promise<void> => {
      await action.perform();
      this.#actions.delete(action);
    };
    await Promise.all(due.filter(({ isAlone }) => !isAlone).map(perform));
    for (const action of due.filter(({ isAlone }) => isAlone)) await perform(action);
  }

  /** Looks at the callbacks that may have begun. */
  async #look(): Promise<void> {
    if (this.#minutes % LOOK_EVERY !== 0) return;
    for (const customer of this.#customers.open) {
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
    await this.#office.idle();
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
    this.#customers.open.delete(customer);
  }

  /** By a new process, which has only the store. */
  async #requireNothingLeft(): Promise<void> {
    this.#office.restart();
    await this.#office.advance(5 * MINUTE_MS);
    const { counted, held } = this.#office.places();
    expect(counted, 'the counts of places are those of the callbacks').to.deep.equal(held);
    expect(await this.#office.inQueue(), 'nobody waits in the virtual queue').to.equal(0);
    expect(this.#office.tasksGivenUp(), 'no task was given up').to.equal(0);
    const messages = this.#office.errors.map(({ fields, message }) => `${message} ${JSON.stringify(fields)}`);
    expect(messages, 'errors in the log').to.deep.equal([]);
  }
}
