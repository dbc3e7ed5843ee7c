import { randomUUID } from 'node:crypto';
import { EventReader } from '../support/eventReader.ts';
import { answerTo, readJson } from './loadVisitor.ts';

/** Times that a desktop sends an answer. */
const ATTEMPTS = 5;

export interface WorkerOptions {
  /** URL of the server. */
  readonly base: string;
  /** Headers of every request of agents, where they log in. */
  readonly agentHeaders?: Readonly<Record<string, string>>;
}

/** An agent with a desktop that accepts every offer and answers every message. */
export class SimulatedWorker {
  readonly #options: WorkerOptions;
  readonly #id: string;
  readonly #fault: (error: unknown) => void;
  #reader: EventReader | undefined;
  #isOver = false;

  constructor(options: WorkerOptions, id: string, fault: (error: unknown) => void) {
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
      // The server lets an agent rest who was too slow for an offer.
      if (event === 'state' && data.state === 'notReady') this.#return();
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

  #return(): void {
    this.#send('PUT', `/agent/1/agents/${this.#id}`, { state: 'ready' }).catch(this.#fault);
  }

  #do(path: string, body: Record<string, string>): void {
    this.#repeat(path, { agentId: this.#id, ...body }, ATTEMPTS).catch(this.#fault);
  }

  /** A desktop sends again what did not reach the server, with the same key. */
  async #repeat(
    path: string,
    body: Record<string, string>,
    attempts: number,
    key = randomUUID(),
  ): Promise<void> {
    try {
      await this.#send('POST', path, body, { 'idempotency-key': key });
    } catch (error) {
      if (attempts <= 1 || !(error instanceof TypeError)) throw error;
      await this.#repeat(path, body, attempts - 1, key);
    }
  }

  async #send(
    method: string,
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const reply = await fetch(`${this.#options.base}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers, ...this.#options.agentHeaders },
      body: JSON.stringify(body),
    });
    await readJson(reply, path);
  }
}
