import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { Config } from '../../server/process/config.ts';
import { type BrittleStore, createBrittleStore } from '../support/brittleStore.ts';
import { createTestIds } from '../support/testIds.ts';
import { createTestServer, type LogLine, type TestReply, type TestServer } from '../support/testServer.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const SERVICE = 'chat-delay';
const ROOT = `/genesys/1/service/callback/${SERVICE}`;

/** Parts of every day in which the office is open, as 'HH:MM-HH:MM' on its clock. */
export type Hours = readonly string[];

export interface OfficeSetup {
  readonly zone: string;
  readonly hours: Hours;
  readonly startMs: number;
  readonly slotPlaces: number;
  /** The office calls this number of customers at the same time. */
  readonly agents: number;
}

/** A process has ended without an answer. */
export class Killed extends Error {}

/**
 * The whole server over a store that outlives it. It can be killed: the next server has what the store has
 * got by then, and continues at the same time.
 */
export class CallbackOffice {
  readonly #setup: OfficeSetup;
  readonly #store = new MemoryStore();
  readonly #ids = createTestIds();
  #hours: Hours;
  #brittle!: BrittleStore;
  #server!: TestServer;
  #died!: Promise<void>;
  #startMs: number;
  kills = 0;
  readonly errors: LogLine[] = [];

  constructor(setup: OfficeSetup) {
    this.#setup = setup;
    this.#hours = setup.hours;
    this.#startMs = setup.startMs;
    this.#start();
  }

  get now(): number {
    return this.#server.clock.now();
  }

  get orsay(): TestServer['orsay'] {
    return this.#server.orsay;
  }

  #start(): void {
    this.#brittle = createBrittleStore(this.#store);
    this.#died = new Promise(() => {});
    this.#server = createTestServer({
      store: this.#brittle,
      ids: this.#ids,
      startMs: this.#startMs,
      levels: ['error'],
      config: (config) => this.#configOf(config),
    });
  }

  #configOf(config: Config): Config {
    const hours = this.#hours.map((period, index) => [`_bh_regular${index + 1}`, `Mon-Sun ${period}`]);
    return {
      ...config,
      chat: { ...config.chat, clientTimeout: 0 },
      services: {
        ...config.services,
        office: {
          _type: 'builtin',
          _service: 'office-hours',
          _timezone: this.#setup.zone,
          ...Object.fromEntries(hours),
        },
        [SERVICE]: {
          ...config.services[SERVICE]!,
          _business_hours_service: 'office',
          _enable_reject_out_of_office_hours: 'true',
          _request_time_bucket: '15',
          _max_request_by_time_bucket: String(this.#setup.slotPlaces),
          _max_queued_callbacks_per_service: '1000000',
          _throttle_ttl_1: '0',
          _throttle_ttl_2: '0',
          _throttle_request_parameters_limit: '1000000',
          _eta_pos_threshold: `0:${this.#setup.agents + 1}`,
          _min_urs_ewt_pos_polling_interval: '120',
          _max_urs_ewt_pos_polling_interval: '120',
          _max_time_to_reach_eta_pos_threshold: '86400',
          _urs_queued_ttl: '86400',
          _user_confirm_timeout: '180',
          _agent_availability_notification_delay: '60',
          _max_number_of_user_availability_confirmation_attempts: '2',
          _on_user_confirm_timeout: 'FAIL',
          _agent_reserve_timeout: '150',
          _max_transfer_to_agent_attempts: '50',
        },
      },
    };
  }

  /** Performs work in the present process. Rejects with Killed when the process ends in its middle. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const killed = this.#died.then(() => {
      throw new Killed();
    });
    return Promise.race([work(), killed]);
  }

  /** The process will end after so many more writes. */
  killAfter(writes: number): void {
    this.#died = this.#brittle.dieAfter(writes);
  }

  /** A new process, after a kill; `hours` are its opening hours. */
  restart(hours: Hours = this.#hours): void {
    this.#brittle.kill();
    this.#keepErrors();
    this.kills++;
    this.#hours = hours;
    this.#startMs = this.now;
    this.#start();
  }

  async close(): Promise<void> {
    this.#keepErrors();
    await this.orsay.close();
  }

  #keepErrors(): void {
    this.errors.push(...this.#server.lines);
  }

  advance(ms: number): Promise<void> {
    return this.#answered(this.#server.advance(ms));
  }

  /** Waits until the process has no work. */
  idle(): Promise<void> {
    return this.#answered(this.orsay.durable.idle());
  }

  /**
   * Never resolves when the process has ended meanwhile. It would still answer, and its clients would then
   * work in the next process, beside those that begin there.
   */
  async #answered<Result>(work: Promise<Result>): Promise<Result> {
    const process = this.#brittle;
    const result = await work;
    if (process.isDead) await new Promise<never>(() => {});
    return result;
  }

  #send(...request: Parameters<TestServer['send']>): Promise<TestReply> {
    return this.#answered(this.#server.send(...request));
  }

  isOpen(at: number): boolean {
    return isOpenAt(at, this.#setup.zone, this.#hours);
  }

  create(fields: Readonly<Record<string, string>>, key: string): Promise<TestReply> {
    return this.#send('POST', ROOT, { form: fields, headers: { 'idempotency-key': key } });
  }

  move(id: string, at: number): Promise<TestReply> {
    const json = { _new_desired_time: new Date(at).toISOString() };
    return this.#send('PUT', `${ROOT}/${id}`, { json });
  }

  cancel(id: string): Promise<TestReply> {
    return this.#send('DELETE', `${ROOT}/${id}`);
  }

  request(id: string, name: string): Promise<TestReply> {
    return this.#send('POST', `/genesys/1/service/${id}/${name}`, {
      form: { firstName: 'James', subject: 'None' },
    });
  }

  setAgent(agentId: string, state: 'ready' | 'notReady'): Promise<TestReply> {
    const json = { state, groups: ['Billing'], media: ['chat'] };
    return this.#send('PUT', `/agent/1/agents/${agentId}`, { json });
  }

  answerOffer(interactionId: string, answer: 'accept' | 'reject' | 'leave'): Promise<TestReply> {
    return this.#send('POST', `/agent/1/interactions/${interactionId}/${answer}`, { json: {} });
  }

  /** Booked places by day, from today on: those that are counted, and those that the callbacks have. */
  places(): { readonly counted: Record<string, number>; readonly held: Record<string, number> } {
    const counted: Record<string, number> = {};
    const held: Record<string, number> = {};
    const { durable } = this.orsay;
    for (const { key, value } of durable.scan<Record<string, number>>('service.booked')) {
      counted[key.slice(-10)] = Object.values(value).reduce((sum, places) => sum + places, 0);
    }
    for (const { value } of durable.scan<{ readonly bookedFor?: number }>('service.instance')) {
      if (value.bookedFor === undefined) continue;
      const day = dayOf(value.bookedFor);
      held[day] = (held[day] ?? 0) + 1;
    }
    const fromToday = (days: Record<string, number>) =>
      Object.fromEntries(Object.entries(days).filter(([day]) => day >= dayOf(this.now)));
    return { counted: fromToday(counted), held: fromToday(held) };
  }

  tasksGivenUp(): number {
    return [...this.orsay.durable.scan('failedTask')].length;
  }

  async inQueue(): Promise<number> {
    const { json } = await this.#send('GET', '/urs/call/max/lvq?name=VQ_Waiting_for_agent');
    return (json as { readonly calls: number }).calls;
  }
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Whether the clock on the wall of the office shows an open time; by the zones of the platform alone. */
function isOpenAt(at: number, zone: string, hours: Hours): boolean {
  const wall = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  return hours.some((period) => {
    const [from, to] = period.split('-');
    return from! <= wall && wall < to!;
  });
}
