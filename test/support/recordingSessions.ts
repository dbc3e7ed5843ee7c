import { type Batch, type Durable, joinBatches } from '../../engine/durable/durable.ts';
import { HostError } from '../../engine/host/hostError.ts';
import type {
  ModuleCall,
  PerformModule,
  PublishedEvent,
  SessionEnd,
  Sessions,
  SessionView,
} from '../../engine/host/sessions.ts';
import type { Json } from '../../engine/ports/json.ts';

const EVENT_TASK = 'test.sessionEvent';

export interface RecordedEvent {
  readonly sessionId: string;
  readonly name: string;
  readonly data?: Json;
  readonly facts?: Json;
}

/** Sessions that run no document: they write down what reaches them, and let a test perform elements. */
export interface RecordingSessions extends Sessions {
  readonly events: RecordedEvent[];
  readonly started: { readonly id: string; readonly src: string; readonly params: Json }[];
  /** Makes a session known without starting a document. */
  open(sessionId: string): void;
  /** The session is over: its end is reported, and publish answers SESSION_NOT_FOUND. */
  end(sessionId: string): Promise<void>;
  /** Performs `<module:action>` for a session; its results are written down as events. Returns the request id. */
  perform(name: string, call: Partial<ModuleCall> & { readonly sessionId: string }): Promise<string>;
  /** Names of the events of a session, in order; taken away. */
  take(sessionId: string): readonly string[];
}

export function createRecordingSessions(durable: Durable): RecordingSessions {
  const performers = new Map<string, PerformModule>();
  const running = new Set<string>();
  const processed = new Set<string>();
  const events: RecordedEvent[] = [];
  const started: { id: string; src: string; params: Json }[] = [];
  const listeners: ((ended: SessionEnd) => Batch)[] = [];
  let requests = 0;

  durable.onTask<{ sessionId: string; event: PublishedEvent }>(EVENT_TASK, async ({ sessionId, event }) => {
    record(sessionId, event);
  });

  function record(sessionId: string, event: PublishedEvent): void {
    if (event.id !== undefined && processed.has(`${sessionId} ${event.id}`)) return;
    if (event.id !== undefined) processed.add(`${sessionId} ${event.id}`);
    const { name, data, facts } = event;
    events.push({
      sessionId,
      name,
      ...(data === undefined ? {} : { data }),
      ...(facts === undefined ? {} : { facts }),
    });
  }

  function view(sessionId: string): SessionView {
    return {
      sessionId,
      src: '',
      status: running.has(sessionId) ? 'running' : 'completed',
      configuration: [],
      data: {},
      startedAt: 0,
      documentHash: '',
    };
  }

  return {
    events,
    started,
    open: (sessionId) => void running.add(sessionId),
    async end(sessionId) {
      running.delete(sessionId);
      await durable.commit(joinBatches(...listeners.map((hear) => hear({ sessionId, status: 'completed' }))));
    },
    onEnded: (listener) => void listeners.push(listener),
    async start(request) {
      const id = request.id ?? `S${started.length}`;
      if (!running.has(id)) started.push({ id, src: request.src, params: (request.params ?? {}) as Json });
      running.add(id);
      return { sessionId: id };
    },
    async publish(sessionId, event) {
      if (!running.has(sessionId)) throw new HostError('SESSION_NOT_FOUND', sessionId);
      record(sessionId, event);
    },
    async request() {
      throw new Error('not used here');
    },
    async terminate(sessionId) {
      running.delete(sessionId);
    },
    exists: async (sessionId) => running.has(sessionId),
    query: async (sessionId) => (running.has(sessionId) ? view(sessionId) : undefined),
    list: async () => [...running].map(view),
    eventBatch: (sessionId, event, dueAt) => ({
      schedule: [
        {
          key: `${EVENT_TASK}/${sessionId}/${event.id}`,
          kind: EVENT_TASK,
          payload: { sessionId, event: event as unknown as Json },
          dueAt,
          lane: sessionId,
        },
      ],
    }),
    onModule: (name, perform) => void performers.set(name, perform),
    async perform(name, call) {
      const [module = '', action = ''] = name.split('.');
      const perform = performers.get(name) ?? performers.get(`${module}.*`);
      if (perform === undefined) throw new Error(`Nobody performs ${name}.`);
      requests += 1;
      const whole: ModuleCall = {
        kind: 'module',
        key: `e${requests}`,
        module,
        action,
        requestId: `r${requests}`,
        attributes: {},
        params: {},
        children: [],
        ...call,
      };
      for (const event of await perform(whole)) record(call.sessionId, event);
      return whole.requestId;
    },
    take(sessionId) {
      const own = events.filter((event) => event.sessionId === sessionId);
      for (const event of own) events.splice(events.indexOf(event), 1);
      return own.map(({ name }) => name);
    },
  };
}
