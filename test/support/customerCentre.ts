import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket as NodeWebSocket } from 'ws';
import {
  Customer,
  type CustomerState,
  type JournalEntry,
  type Settings,
} from '../../console/customer/index.ts';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import { SimulatedAgent } from '../simulators/agent.ts';
import { startOrsay, type TestOptions, type TestOrsay } from './orsay.ts';
import { createSimulatedClock } from './simulatedClock.ts';
import { createTestIds } from './testIds.ts';

// Node.js 20 has none of its own.
Object.assign(globalThis, { WebSocket: NodeWebSocket });

/** The clock of the client is real, so its times are short. */
const PACE = { chat: 10, place: 10, firstRetry: 10, lastRetry: 20, quiet: 30 };
const STEP_MS = 200;
const MAX_STEPS = 2_000;

/** How time passes while a test waits. */
interface WaitOptions {
  /** Time of the server's clock in each step. */
  readonly stepMs?: number;
  /** Real time in each step. */
  readonly restMs?: number;
  readonly maxSteps?: number;
  /** Shown when the wait was in vain. */
  readonly show?: () => unknown;
}

/** A storage of a browser, in memory. */
export class TestStorage {
  readonly values = new Map<string, string>();

  getItem(name: string): string | null {
    return this.values.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    this.values.set(name, value);
  }

  removeItem(name: string): void {
    this.values.delete(name);
  }
}

/** A server that can be stopped and started again, with an agent and pages of customers. */
export class CustomerCentre {
  readonly #store = new MemoryStore();
  readonly #clock = createSimulatedClock();
  readonly #ids = createTestIds();
  readonly #options: TestOptions;
  readonly #pages: Customer[] = [];
  #orsay: TestOrsay | undefined;
  #port = 0;
  readonly storage = new TestStorage();
  readonly journal: JournalEntry[] = [];

  constructor(options: TestOptions = {}) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#orsay = await startOrsay({
      ...this.#options,
      store: this.#store,
      clock: this.#clock,
      ids: this.#ids,
      ...(this.#port !== 0 && { port: this.#port }),
      // The simulated clock runs ahead of the client's.
      change: (config) => {
        Object.assign(config.chat, { clientTimeout: 0 });
        this.#options.change?.(config);
      },
    });
    this.#port = this.#orsay.port;
  }

  async stop(): Promise<void> {
    await this.#orsay?.close();
    this.#orsay = undefined;
  }

  async close(): Promise<void> {
    for (const page of this.#pages) page.close();
    await this.stop();
  }

  get base(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** ms since 1970 on the clock of the server. */
  get now(): number {
    return this.#clock.now();
  }

  agent(): SimulatedAgent {
    return new SimulatedAgent(this.base, 'KSippola');
  }

  /** A page of the customer that goes on where the one before was. */
  page(settings: Partial<Settings> = {}, storage = this.storage): Customer {
    const page = new Customer({
      settings: {
        base: this.base,
        identity: { kind: 'named', user: 'jbond' },
        service: { kind: 'callback', name: 'chat-delay' },
        transport: 'long-polling',
        pace: PACE,
        journal: (entry) => this.journal.push(entry),
        ...settings,
      },
      storage,
      name: 'customer',
      changed: () => {},
    });
    this.#pages.push(page);
    page.resume();
    return page;
  }

  async advance(ms: number): Promise<void> {
    await this.#orsay?.advance(ms);
  }

  /** Lets time pass until the customer has come so far. */
  async until(
    page: Customer,
    isSo: (state: CustomerState) => boolean,
    stepMs = STEP_MS,
  ): Promise<CustomerState> {
    const find = (): CustomerState | undefined => (isSo(page.state) ? page.state : undefined);
    return this.whenever(find, { stepMs, show: () => page.state });
  }

  /** Lets time pass until there is a value. */
  async whenever<T>(
    find: () => Promise<T | undefined> | T | undefined,
    { stepMs = STEP_MS, restMs = 4, maxSteps = MAX_STEPS, show = () => '' }: WaitOptions = {},
  ): Promise<T> {
    for (let step = 0; step < maxSteps; step += 1) {
      const found = await find();
      if (found !== undefined) return found;
      await this.#orsay?.advance(stepMs);
      // The client's requests and timers are real.
      await wait(restMs);
    }
    throw new Error(`It did not come so far: ${JSON.stringify(show())}`);
  }

  /** The chat that the agent is offered, accepted. Resolves with its id. */
  async accept(agent: SimulatedAgent): Promise<string> {
    const id = await this.whenever(async () => {
      const offer = (await agent.interactions()).find(({ state }) => state === 'offered');
      return offer?.interactionId;
    });
    await agent.post(id, 'accept');
    return id;
  }
}
