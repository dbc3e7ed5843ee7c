import { pause, type Visitor, type VisitorOptions, type Wire } from './loadVisitor.ts';
import { SimulatedWorker, type WorkerOptions } from './loadWorker.ts';
import { VisitorV1 } from './visitorV1.ts';
import { VisitorV2 } from './visitorV2.ts';

/** Customers who wait for an agent at one time: more would only measure how slow this machine is. */
const MAX_ARRIVING = 40;

/** The amount of a simulation. */
export interface ChatLoadOptions extends VisitorOptions, WorkerOptions {
  /** The APIs of the customers, in turn. */
  readonly wires: readonly Wire[];
  readonly customers: number;
  readonly agents: number;
  /** Messages of each customer; each gets an answer. */
  readonly messages: number;
  /** Customers who begin in a second, at most. */
  readonly rate: number;
  /** Milliseconds between an answer and the next message. */
  readonly pauseMs: number;
  /** Together: nobody writes before every customer has an agent, or has failed. */
  readonly start: 'each' | 'together';
}

/** Numbers of customers by their state, and messages that were answered. */
export interface ChatLoadState {
  readonly started: number;
  readonly talking: number;
  readonly done: number;
  readonly failed: number;
  readonly answered: number;
}

/** Times in milliseconds, sorted. */
export interface ChatTimes {
  /** From the request of a customer to their agent. */
  readonly waits: readonly number[];
  /** From a message of a customer to its answer at the customer. */
  readonly roundTrips: readonly number[];
}

export interface ChatLoadResult extends ChatLoadState {
  readonly times: ReadonlyMap<Wire, ChatTimes>;
  /** Customers who talked at one time, at most. */
  readonly mostTalking: number;
  /** Number of each error. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * SIMULATION of many customers and agents. Customers use Chat V1 over HTTP with the real CometD client, or
 * Chat V2 over REST or over CometD. Agents use the agent API over HTTP and server-sent events, and answer
 * each message.
 */
export class ChatLoad {
  readonly #options: ChatLoadOptions;
  readonly #times: ReadonlyMap<Wire, { readonly waits: number[]; readonly roundTrips: number[] }>;
  readonly #errors: Record<string, number> = {};
  readonly #agents: SimulatedWorker[] = [];
  readonly #house: FullHouse;
  #started = 0;
  #arriving = 0;
  #talking = 0;
  #mostTalking = 0;
  #done = 0;
  #failed = 0;
  #answered = 0;

  constructor(options: ChatLoadOptions) {
    this.#options = options;
    this.#times = new Map(options.wires.map((wire) => [wire, { waits: [], roundTrips: [] }]));
    this.#house = new FullHouse(options.start === 'together' ? options.customers : 0);
  }

  get state(): ChatLoadState {
    return {
      started: this.#started,
      talking: this.#talking,
      done: this.#done,
      failed: this.#failed,
      answered: this.#answered,
    };
  }

  /** Resolves when customers may write. */
  whenWriting(): Promise<void> {
    return this.#house.whenFull();
  }

  /** Resolves when every customer has left, or has failed. */
  async run(): Promise<ChatLoadResult> {
    const { agents, customers, rate, wires } = this.#options;
    const capacity = Math.min(100, Math.ceil(customers / agents));
    for (let at = 0; at < agents; at++) {
      const agent = new SimulatedWorker(this.#options, `load-agent-${at}`, (error) => this.#fault(error));
      await agent.begin(capacity);
      this.#agents.push(agent);
    }
    const begun: Promise<void>[] = [];
    for (let at = 0; at < customers; at++) {
      begun.push(this.#customer(`load-customer-${at}`, wires[at % wires.length]!));
      await pause(1000 / rate);
      while (this.#arriving >= MAX_ARRIVING) await pause(20);
    }
    await Promise.all(begun);
    await Promise.all(this.#agents.map((agent) => agent.end()));
    const times = [...this.#times].map(([wire, { waits, roundTrips }]): [Wire, ChatTimes] => [
      wire,
      { waits: sorted(waits), roundTrips: sorted(roundTrips) },
    ]);
    return { ...this.state, times: new Map(times), mostTalking: this.#mostTalking, errors: this.#errors };
  }

  async #customer(user: string, wire: Wire): Promise<void> {
    this.#started += 1;
    const visitor = visitorOf(this.#options, user, wire);
    const { waits, roundTrips } = this.#times.get(wire)!;
    try {
      this.#arriving += 1;
      waits.push(await visitor.begin().finally(() => this.#met()));
      this.#arrived();
      this.#house.enter(user);
      try {
        await this.#house.whenFull();
        for (let at = 0; at < this.#options.messages; at++) {
          // People do not write at the same moment.
          if (at === 0) await pause(Math.random() * this.#options.pauseMs);
          roundTrips.push(await visitor.ask(`${user} ${at}`));
          this.#answered += 1;
          await pause(this.#options.pauseMs);
        }
        await visitor.end();
        this.#done += 1;
      } finally {
        this.#talking -= 1;
      }
    } catch (error) {
      this.#failed += 1;
      this.#house.enter(user);
      this.#fault(error);
    } finally {
      await visitor.close();
    }
  }

  #met(): void {
    this.#arriving -= 1;
  }

  #arrived(): void {
    this.#talking += 1;
    this.#mostTalking = Math.max(this.#mostTalking, this.#talking);
  }

  #fault(error: unknown): void {
    const { message: text, cause } = error as Error;
    const code = (cause as { readonly code?: string } | undefined)?.code;
    const message = [text, code]
      .filter(Boolean)
      .join(': ')
      .replaceAll(/[0-9A-Z]{16}|[\w-]{30,}|-\d+/g, '…')
      .slice(0, 200);
    this.#errors[message] = (this.#errors[message] ?? 0) + 1;
  }
}

/** Lets nobody go on before all have entered. */
class FullHouse {
  readonly #size: number;
  readonly #inside = new Set<string>();
  readonly #full: Promise<void>;
  #open!: () => void;

  constructor(size: number) {
    this.#size = size;
    this.#full = new Promise((done) => {
      this.#open = done;
    });
    if (size === 0) this.#open();
  }

  enter(user: string): void {
    this.#inside.add(user);
    if (this.#inside.size === this.#size) this.#open();
  }

  whenFull(): Promise<void> {
    return this.#full;
  }
}

function visitorOf(options: VisitorOptions, user: string, wire: Wire): Visitor {
  return wire === 'v1' ? new VisitorV1(options, user) : new VisitorV2(options, user, wire);
}

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}
