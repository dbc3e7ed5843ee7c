import { type Batch, type Durable, joinBatches } from '../../engine/durable/durable.ts';
import { HostError } from '../../engine/host/hostError.ts';
import type {
  ModuleRequest,
  PerformModule,
  PublishedEvent,
  SessionEnd,
  Sessions,
  SessionView,
} from '../../engine/host/sessions.ts';
import type { SessionId } from '../../engine/ports/brandedIds.ts';
import { defined } from '../../engine/ports/defined.ts';
import type { Json } from '../../engine/ports/json.ts';
import { asId } from './ids.ts';

const EVENT_TASK = 'test.sessionEvent';

export interface RecordedEvent {
  readonly sessionId: string;
  readonly name: string;
  readonly data?: Json;
  readonly facts?: Json;
}

/** Sessions without a document. They record their inputs, and let a test perform elements. */
export class RecordingSessions implements Sessions {
  readonly events: RecordedEvent[] = [];
  readonly started: { readonly id: SessionId; readonly src: string; readonly params: Json }[] = [];
  readonly #durable: Durable;
  readonly #performers = new Map<string, PerformModule>();
  readonly #running = new Set<string>();
  readonly #processed = new Set<string>();
  readonly #listeners: ((ended: SessionEnd) => Batch)[] = [];
  #requests = 0;

  constructor(durable: Durable) {
    this.#durable = durable;
    durable.onTask<{ sessionId: string; event: PublishedEvent }>(EVENT_TASK, async ({ sessionId, event }) =>
      this.#record(sessionId, event),
    );
  }

  /** Makes a session known without starting a document. */
  open(sessionId: string): void {
    this.#running.add(sessionId);
  }

  /** Ends the session: its end is reported, and publish rejects with SESSION_NOT_FOUND. */
  async end(sessionId: SessionId): Promise<void> {
    this.#running.delete(sessionId);
    const end: SessionEnd = { sessionId, status: 'completed' };
    await this.#durable.commit(joinBatches(...this.#listeners.map((listener) => listener(end))));
  }

  /** Performs `<module:action>` for a session, and records its results as events. Returns the request id. */
  async perform(
    name: string,
    request: Partial<ModuleRequest> & { readonly sessionId: SessionId },
  ): Promise<string> {
    const [module = '', action = ''] = name.split('.');
    const perform = this.#performers.get(name) ?? this.#performers.get(`${module}.*`);
    if (perform === undefined) throw new Error(`No part performs ${name}.`);
    this.#requests += 1;
    const whole: ModuleRequest = {
      kind: 'module',
      key: `e${this.#requests}`,
      module,
      action,
      requestId: `r${this.#requests}`,
      attributes: {},
      params: {},
      children: [],
      ...request,
    };
    for (const event of await perform(whole)) this.#record(request.sessionId, event);
    return whole.requestId;
  }

  /** Removes the events of a session from `events`; returns their names in order. */
  take(sessionId: string): readonly string[] {
    const own = this.events.filter((event) => event.sessionId === sessionId);
    for (const event of own) this.events.splice(this.events.indexOf(event), 1);
    return own.map(({ name }) => name);
  }

  onEnded(listener: (ended: SessionEnd) => Batch): void {
    this.#listeners.push(listener);
  }

  onModule(name: string, perform: PerformModule): void {
    this.#performers.set(name, perform);
  }

  async start(request: Parameters<Sessions['start']>[0]): ReturnType<Sessions['start']> {
    const id = request.id ?? `S${this.started.length}`;
    if (!this.#running.has(id)) {
      this.started.push({ id: asId(id), src: request.src, params: (request.params ?? {}) as Json });
    }
    this.#running.add(id);
    return { sessionId: asId(id) };
  }

  async publish(sessionId: string, event: PublishedEvent): Promise<void> {
    if (!this.#running.has(sessionId)) throw new HostError('SESSION_NOT_FOUND', sessionId);
    this.#record(sessionId, event);
  }

  async request(): Promise<never> {
    throw new Error('not used here');
  }

  async terminate(sessionId: string): Promise<void> {
    this.#running.delete(sessionId);
  }

  async exists(sessionId: string): Promise<boolean> {
    return this.#running.has(sessionId);
  }

  async query(sessionId: SessionId): Promise<SessionView | undefined> {
    return this.#running.has(sessionId) ? this.#view(sessionId) : undefined;
  }

  async list(): Promise<readonly SessionView[]> {
    return [...this.#running].map((id) => this.#view(asId(id)));
  }

  eventBatch(sessionId: SessionId, event: PublishedEvent & { readonly id: string }, dueAt: number): Batch {
    return {
      schedule: [
        {
          key: `${EVENT_TASK}/${sessionId}/${event.id}`,
          kind: EVENT_TASK,
          payload: { sessionId, event: event as unknown as Json },
          dueAt,
          lane: sessionId,
        },
      ],
    };
  }

  #record(sessionId: string, { id, name, data, facts }: PublishedEvent): void {
    if (id !== undefined && this.#processed.has(`${sessionId} ${id}`)) return;
    if (id !== undefined) this.#processed.add(`${sessionId} ${id}`);
    this.events.push({ sessionId, name, ...defined({ data, facts }) });
  }

  #view(sessionId: SessionId): SessionView {
    return {
      sessionId,
      src: '',
      status: this.#running.has(sessionId) ? 'running' : 'completed',
      configuration: [],
      data: {},
      startedAt: 0,
      documentHash: '',
    };
  }
}
