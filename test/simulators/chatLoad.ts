import { type CometdClient, connectCometd } from '../support/cometdClient.ts';
import { EventReader } from '../support/eventReader.ts';

/** Times that a client tries to connect. */
const ATTEMPTS = 3;

/** The amount of a simulation. */
export interface ChatLoadOptions {
  /** URL of the server. */
  readonly base: string;
  readonly customers: number;
  readonly agents: number;
  /** Messages of each customer; each gets an answer. */
  readonly messages: number;
  /** Customers who begin in a second. */
  readonly rate: number;
  /** Milliseconds between an answer and the next message. */
  readonly pauseMs: number;
  /** Milliseconds for an agent to come, and for an answer. */
  readonly patienceMs: number;
  /** Headers of every request of agents, where they log in. */
  readonly agentHeaders?: Readonly<Record<string, string>>;
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
export interface ChatLoadResult extends ChatLoadState {
  /** From the request of a customer to their agent. */
  readonly waits: readonly number[];
  /** From a message of a customer to its answer at the customer. */
  readonly roundTrips: readonly number[];
  /** Number of each error. */
  readonly errors: Readonly<Record<string, number>>;
}

/**
 * SIMULATION of many customers and agents. Customers use the GMS API (Chat V1) over HTTP, and listen with the
 * real CometD client. Agents use the agent API over HTTP and server-sent events, and answer each message.
 */
export class ChatLoad {
  readonly #options: ChatLoadOptions;
  readonly #waits: number[] = [];
  readonly #roundTrips: number[] = [];
  readonly #errors: Record<string, number> = {};
  readonly #agents: SimulatedWorker[] = [];
  #started = 0;
  #talking = 0;
  #done = 0;
  #failed = 0;

  constructor(options: ChatLoadOptions) {
    this.#options = options;
  }

  get state(): ChatLoadState {
    return {
      started: this.#started,
      talking: this.#talking,
      done: this.#done,
      failed: this.#failed,
      answered: this.#roundTrips.length,
    };
  }

  /** Resolves when every customer has left, or has failed. */
  async run(): Promise<ChatLoadResult> {
    const { agents, customers, rate } = this.#options;
    const capacity = Math.min(100, Math.ceil(customers / agents));
    for (let at = 0; at < agents; at++) {
      const agent = new SimulatedWorker(this.#options, `load-agent-${at}`, (error) => this.#fault(error));
      await agent.begin(capacity);
      this.#agents.push(agent);
    }
    const begun: Promise<void>[] = [];
    for (let at = 0; at < customers; at++) {
      begun.push(this.#customer(`load-customer-${at}`));
      await pause(1000 / rate);
    }
    await Promise.all(begun);
    await Promise.all(this.#agents.map((agent) => agent.end()));
    return {
      ...this.state,
      waits: sorted(this.#waits),
      roundTrips: sorted(this.#roundTrips),
      errors: this.#errors,
    };
  }

  async #customer(user: string): Promise<void> {
    this.#started += 1;
    let isTalking = false;
    const visitor = new SimulatedVisitor(this.#options, user);
    try {
      this.#waits.push(await visitor.begin());
      isTalking = true;
      this.#talking += 1;
      for (let at = 0; at < this.#options.messages; at++) {
        this.#roundTrips.push(await visitor.ask(`${user} ${at}`));
        await pause(this.#options.pauseMs);
      }
      await visitor.end();
      this.#done += 1;
    } catch (error) {
      this.#failed += 1;
      this.#fault(error);
    } finally {
      if (isTalking) this.#talking -= 1;
      await visitor.close();
    }
  }

  #fault(error: unknown): void {
    const message = (error as Error).message.replaceAll(/[0-9A-Z]{16}|[\w-]{30,}|-\d+/g, '…').slice(0, 200);
    this.#errors[message] = (this.#errors[message] ?? 0) + 1;
  }
}

/** A customer with a page that listens over CometD. */
class SimulatedVisitor {
  readonly #options: ChatLoadOptions;
  readonly #user: string;
  #comet: CometdClient | undefined;
  #chat = '';

  constructor(options: ChatLoadOptions, user: string) {
    this.#options = options;
    this.#user = user;
  }

  /** Asks for a chat. Resolves with the time until an agent joined. */
  async begin(): Promise<number> {
    this.#comet = await this.#connect(ATTEMPTS);
    const since = performance.now();
    const { _id: id } = await this.#post('/genesys/1/service/request-chat', {});
    this.#chat = `/genesys/1/service/${String(id)}/ixn/chat`;
    const fields = { firstName: this.#user, lastName: 'Simulated', subject: 'load', notify_by: 'comet' };
    await this.#post(this.#chat, fields);
    await this.#told((text) => text.includes('"Notice.Joined"') && text.includes('"AGENT"'));
    return performance.now() - since;
  }

  /** A client that is slow to connect is forgotten by the server, and begins again. */
  async #connect(attempts: number): Promise<CometdClient> {
    try {
      return await connectCometd(`${this.#options.base}/genesys/cometd`, this.#user);
    } catch (error) {
      if (attempts <= 1) throw error;
      return this.#connect(attempts - 1);
    }
  }

  /** Sends a message. Resolves with the time until its answer came. */
  async ask(message: string): Promise<number> {
    const since = performance.now();
    const answered = this.#told((text) => text.includes(JSON.stringify(answerTo(message))));
    await this.#post(`${this.#chat}/send`, { message });
    await answered;
    return performance.now() - since;
  }

  async end(): Promise<void> {
    await this.#post(`${this.#chat}/disconnect`, {});
  }

  async close(): Promise<void> {
    await this.#comet?.disconnect();
  }

  /** Waits for a push, also one that has come already. */
  async #told(isWanted: (text: string) => boolean): Promise<void> {
    const { received } = this.#comet!;
    const deadline = performance.now() + this.#options.patienceMs;
    for (let seen = 0; ; ) {
      for (; seen < received.length; seen++) {
        if (isWanted(JSON.stringify(received[seen]))) return;
      }
      if (performance.now() > deadline) throw new Error('A push did not come in time.');
      const left = deadline - performance.now();
      await Promise.race([this.#comet!.receivedCount(received.length + 1), pause(Math.max(1, left))]);
    }
  }

  async #post(path: string, fields: Record<string, string>): Promise<{ readonly [field: string]: unknown }> {
    const reply = await fetch(`${this.#options.base}${path}`, {
      method: 'POST',
      headers: { gms_user: this.#user },
      body: new URLSearchParams(fields),
    });
    return readJson(reply, path);
  }
}

/** An agent with a desktop that accepts every offer and answers every message. */
class SimulatedWorker {
  readonly #options: ChatLoadOptions;
  readonly #id: string;
  readonly #fault: (error: unknown) => void;
  #reader: EventReader | undefined;
  #isOver = false;

  constructor(options: ChatLoadOptions, id: string, fault: (error: unknown) => void) {
    this.#options = options;
    this.#id = id;
    this.#fault = fault;
  }

  async begin(capacity: number): Promise<void> {
    await this.#send('PUT', `/agent/1/agents/${this.#id}`, {
      state: 'ready',
      groups: ['Billing'],
      media: ['chat'],
      capacity,
    });
    const { base, agentHeaders } = this.#options;
    this.#reader = await EventReader.open(`${base}/agent/1/agents/${this.#id}/events`, agentHeaders);
    void this.#serve(this.#reader).catch((error: unknown) => {
      if (!this.#isOver) this.#fault(error);
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#send('PUT', `/agent/1/agents/${this.#id}`, { state: 'loggedOut' });
    await this.#reader?.cancel();
  }

  async #serve(reader: EventReader): Promise<void> {
    for (;;) {
      const [{ event, data }] = (await reader.next(1)) as [{ event: string; data: Record<string, unknown> }];
      const path = `/agent/1/interactions/${String(data.interactionId)}`;
      if (event === 'offered') this.#accept(path);
      const { type } = (data.party ?? {}) as { readonly type?: string };
      if (event === 'message' && type === 'CLIENT') {
        this.#do(`${path}/message`, { text: answerTo(String(data.text)) });
      }
    }
  }

  /** An offer that was withdrawn meanwhile is another agent's. */
  #accept(path: string): void {
    this.#send('POST', `${path}/accept`, { agentId: this.#id }).catch((error: Error) => {
      if (!error.message.includes('INTERACTION_STATE')) this.#fault(error);
    });
  }

  #do(path: string, body: Record<string, string>): void {
    this.#send('POST', path, { agentId: this.#id, ...body }).catch(this.#fault);
  }

  async #send(method: string, path: string, body: object): Promise<void> {
    const reply = await fetch(`${this.#options.base}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...this.#options.agentHeaders },
      body: JSON.stringify(body),
    });
    await readJson(reply, path);
  }
}

function answerTo(message: string): string {
  return `answer to ${message}`;
}

async function readJson(reply: Response, path: string): Promise<{ readonly [field: string]: unknown }> {
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as { readonly [field: string]: unknown };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}

function sorted(values: readonly number[]): readonly number[] {
  return [...values].sort((a, b) => a - b);
}
