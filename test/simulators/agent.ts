import { Arrivals } from './waiting.ts';

export interface AgentEvent {
  readonly type: string;
  readonly interactionId?: string;
  readonly [field: string]: unknown;
}

/**
 * SIMULATION of an agent's desktop. It uses the agent API over HTTP and listens to its server-sent events.
 */
export class SimulatedAgent {
  readonly #base: string;
  readonly #id: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #events = new Arrivals<AgentEvent>();
  readonly #closing = new AbortController();

  /** `headers`: of every request, where agents log in. */
  constructor(base: string, id: string, headers: Readonly<Record<string, string>> = {}) {
    this.#base = base;
    this.#id = id;
    this.#headers = headers;
  }

  /** Logs in (or changes state) and, the first time, opens the event stream. */
  async put(
    state: 'ready' | 'notReady' | 'loggedOut',
    details: Record<string, unknown> = {},
  ): Promise<unknown> {
    return this.change({ state, groups: ['Billing'], media: ['chat'], ...details });
  }

  async change(fields: Record<string, unknown>): Promise<unknown> {
    const response = await fetch(`${this.#base}/agent/1/agents/${this.#id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...this.#headers },
      body: JSON.stringify(fields),
    });
    return this.#json(response);
  }

  async listen(): Promise<void> {
    const response = await fetch(`${this.#base}/agent/1/agents/${this.#id}/events`, {
      headers: this.#headers,
      signal: this.#closing.signal,
    });
    if (!response.ok || !response.body) {
      throw new Error(`events: ${response.status} ${await response.text()}`);
    }
    void this.#read(response.body).catch((error: unknown) => {
      if (!this.#closing.signal.aborted) throw error;
    });
  }

  nextEvent(type: string): Promise<AgentEvent> {
    return this.#events.next((event) => event.type === type);
  }

  async post(interactionId: string, action: string, body: Record<string, unknown> = {}): Promise<unknown> {
    const response = await fetch(`${this.#base}/agent/1/interactions/${interactionId}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#headers },
      body: JSON.stringify({ agentId: this.#id, ...body }),
    });
    return this.#json(response);
  }

  async interactions(): Promise<{ interactionId: string; serviceId: string; state: string }[]> {
    const response = await fetch(`${this.#base}/agent/1/agents/${this.#id}/interactions`, {
      headers: this.#headers,
    });
    return (await this.#json(response)) as { interactionId: string; serviceId: string; state: string }[];
  }

  close(): void {
    this.#closing.abort();
  }

  async #json(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async #read(body: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        this.#frame(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  #frame(frame: string): void {
    const field = (name: string): string | undefined =>
      frame
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const data = field('data');
    if (data === undefined) return;
    const event = JSON.parse(data) as AgentEvent;
    this.#events.add({ ...event, type: field('event') ?? event.type });
  }
}
