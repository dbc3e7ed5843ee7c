import { createSessionDirectory } from '../engine/interpreter/index.ts';
import { prepareStepper, type ScriptRow } from '../engine/interpreter/stepper/index.ts';
import { defined, type Json } from '../engine/ports/index.ts';
import type { CoverageCollector } from './coverageCollector.ts';
import { type AgentSettings, FakeAgents } from './fakes/fakeAgents.ts';
import { FakeChats } from './fakes/fakeChats.ts';
import { FakeGms } from './fakes/fakeGms.ts';
import { FakeModules, type ModuleStub } from './fakes/fakeModules.ts';
import { FakeUrs } from './fakes/fakeUrs.ts';
import {
  type DocumentSource,
  openSession,
  type Prepared,
  type ReadOptions,
  type SessionOptions,
} from './openDocument.ts';
import { SharedTime, START_TIME } from './sharedTime.ts';
import type { TestSession } from './testSession.ts';

const BASE_URL = 'http://orsay.test';

export interface CentreOptions
  extends ReadOptions,
    Pick<SessionOptions, 'installation' | 'figures' | 'allowFaults'> {
  /** Services of GMS by name: each callback gets a session of its document. */
  readonly services?: Readonly<Record<string, ServiceSource>>;
  /** Applications of interaction queues by name. Chats enter 'inbound'. */
  readonly queues?: Readonly<Record<string, ApplicationSource>>;
  /** Agents who are logged in and ready, by id. */
  readonly agents?: Readonly<Record<string, AgentSettings>>;
  /** Answers to modules that no fake has, by element or module: { 'dialog.play': { after: '5s' } }. */
  readonly modules?: Readonly<Record<string, ModuleStub>>;
  /** A table of answers for all sessions, before the fakes. */
  readonly script?: readonly ScriptRow[];
  /** Start of the virtual clock, in ms since epoch. Absent: 2026-01-05T09:00:00Z. */
  readonly now?: number;
  /** Base URL of ORS, URS and GMS. Absent: http://orsay.test */
  readonly baseUrl?: string;
  readonly coverage?: CoverageCollector;
}

export interface ServiceSource {
  readonly document: DocumentSource;
  /** Options of the service. */
  readonly options?: Readonly<Record<string, string>>;
}

export interface ApplicationSource {
  readonly document: DocumentSource;
  /** Start parameters; `_gms_url` is that of the centre. */
  readonly params?: Readonly<Record<string, Json>>;
}

/** Opens a centre. Rejects with DocumentError when a document of a service or a queue does not load. */
export async function openCentre(options: CentreOptions = {}): Promise<TestCentre> {
  const { services = {}, queues = {} } = options;
  return new TestCentre(options, {
    services: await prepareAll(services, options),
    queues: await prepareAll(queues, options),
  });
}

type PreparedDocuments = ReadonlyMap<string, Prepared>;

/** The documents of all entries, read. */
async function prepareAll(
  entries: Readonly<Record<string, { readonly document: DocumentSource }>>,
  options: ReadOptions,
): Promise<PreparedDocuments> {
  const read = Object.entries(entries).map(
    async ([name, { document }]) => [name, await prepareStepper(document, options)] as const,
  );
  return new Map(await Promise.all(read));
}

/**
 * Sessions that share one virtual clock, and simulators of the servers around them: agents, URS, chats and
 * GMS. Simulators behave as these servers do for documents, as far as their descriptions say; they are no
 * copies of them.
 */
export class TestCentre {
  readonly agents: FakeAgents;
  readonly urs: FakeUrs;
  readonly chats: FakeChats;
  readonly gms: FakeGms;
  readonly baseUrl: string;
  readonly #options: CentreOptions;
  readonly #time: SharedTime;
  readonly #directory = createSessionDirectory();
  readonly #modules: FakeModules;
  readonly #sessions = new Map<string, TestSession>();

  /** `openCentre` reads the documents. */
  constructor(
    options: CentreOptions,
    documents: { readonly services: PreparedDocuments; readonly queues: PreparedDocuments },
  ) {
    const { baseUrl = BASE_URL, services, queues } = options;
    const time = new SharedTime(options.now ?? START_TIME);
    const sessions = { find: (id: string) => this.#sessions.get(id) };
    const agents = new FakeAgents(time, options.agents ?? {});
    const applications = mapOf(documents.queues, (prepared, name) => () => {
      // A server gives its documents under its own URL, from which they know GMS.
      const params = { _gms_url: `${baseUrl}/genesys`, ...queues![name]!.params };
      return this.#open(prepared, { params });
    });
    const callbacks = mapOf(documents.services, (prepared, name) => ({
      options: services![name]!.options ?? {},
      open: (params: Readonly<Record<string, Json>>) => this.#open(prepared, { params }),
    }));
    this.#options = options;
    this.#time = time;
    this.baseUrl = baseUrl;
    this.agents = agents;
    this.chats = new FakeChats({ time, sessions, agents, queues: applications });
    this.urs = new FakeUrs({ time, sessions, agents, chats: this.chats });
    this.gms = new FakeGms({ time, baseUrl, services: callbacks, chats: this.chats });
    this.#modules = new FakeModules(time, options.modules ?? {});
  }

  /** All sessions, in the order in which they were opened. */
  get sessions(): readonly TestSession[] {
    return [...this.#sessions.values()];
  }

  /** ms since epoch. */
  get now(): number {
    return this.#time.now;
  }

  /** Opens a session of any document, whose requests the fakes answer. */
  async open(source: DocumentSource, options: SessionOptions & ReadOptions = {}): Promise<TestSession> {
    const prepared = await prepareStepper(source, options);
    return this.#time.run(() => this.#open(prepared, options));
  }

  /** Lets time pass for all sessions and fakes: '30s', '5m', '200ms', or a number of ms. */
  advance(time: string | number): this {
    this.#time.advance(time);
    return this;
  }

  #open(prepared: Prepared, options: SessionOptions): TestSession {
    const { installation, figures, allowFaults, coverage, script = [] } = this.#options;
    const { script: own = [], start = true, id = this.#newId(), ...others } = options;
    let session: TestSession | undefined;
    const fakes = [this.urs, this.gms, this.chats, this.#modules];
    session = openSession(prepared, this.#time, {
      ...defined({ installation, figures, allowFaults, coverage }),
      ...others,
      id,
      start: false,
      now: this.#time.now,
      baseUrl: this.baseUrl,
      sessions: this.#directory,
      script: [...own, ...script, ...fakes.flatMap((fake) => fake.rows(() => session!))],
    });
    this.#sessions.set(id, session);
    return start ? session.start() : session;
  }

  /** 32 characters, as sessions of a server have. */
  #newId(): string {
    return `SESSION${String(this.#sessions.size + 1).padStart(25, '0')}`;
  }
}

function mapOf<From, To>(
  entries: ReadonlyMap<string, From>,
  change: (value: From, name: string) => To,
): ReadonlyMap<string, To> {
  return new Map([...entries].map(([name, value]) => [name, change(value, name)] as const));
}
