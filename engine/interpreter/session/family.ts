import { type Clock, defined, nextMacrotask, systemIds } from '../../ports/index.ts';
import type { Program } from '../algorithm/program.ts';
import type { Document } from '../document/model.ts';
import type { Installation, Limits } from '../execution.ts';
import { loadDocument, parseDocument } from '../load/load.ts';
import type {
  InvokeSource,
  Receiver,
  SessionDirectory,
  SessionOptions,
  SessionPorts,
  WaitingInput,
} from './contract.ts';
import type { Executions } from './executions.ts';
import { FamilyTimers } from './familyTimers.ts';
import { figuredExecutions } from './figuredExecution.ts';
import { compileProgram, restoreExecution, startExecution } from './sessionExecution.ts';

const DEFAULT_EXECUTIONS: Executions = {
  start: startExecution,
  restore: (program, snapshot, limits) => restoreExecution(program, snapshot, defined({ limits })),
};

/** Everything that a session shares with the sessions that it invokes, directly or indirectly. */
export class Family {
  readonly clock: Clock;
  readonly timers: FamilyTimers;
  readonly ports: SessionPorts;
  readonly executions: Executions;
  readonly limits: Partial<Limits> | undefined;
  readonly directory: SessionDirectory;
  readonly #installation: Installation | undefined;
  /** The seeds of all sessions of the family follow from it. */
  readonly seed: number;
  #invoked: Map<string, Receiver> | undefined;
  #loading: Set<Promise<unknown>> | undefined;
  /** While timers fire together: the sessions that run after it, by id. */
  waiting: Map<string, () => void> | undefined;

  constructor(
    options: SessionOptions,
    defaults: { readonly clock: Clock; readonly directory: SessionDirectory },
    executions: Executions = DEFAULT_EXECUTIONS,
  ) {
    this.clock = options.clock ?? defaults.clock;
    this.timers = new FamilyTimers(this.clock, (fire) => this.#together(fire));
    this.ports = options.ports ?? {};
    this.limits = options.limits;
    this.#installation = options.installation;
    this.directory = this.ports.sessions ?? defaults.directory;
    const { readFigure } = this.ports;
    this.executions = readFigure === undefined ? executions : figuredExecutions(executions, readFigure);
    this.seed = options.seed ?? systemIds.seed();
  }

  /**
   * The seed of an invoked session: the same after the family is restored, because it follows from the id.
   * FNV-1a.
   */
  seedOf(sessionId: string): number {
    let hash = this.seed ^ 0x811c9dc5;
    for (let at = 0; at < sessionId.length; at++) {
      hash = Math.imul(hash ^ sessionId.charCodeAt(at), 0x01000193);
    }
    return hash >>> 0;
  }

  /** The program of a document, with the lists of the installation. */
  programOf(document: Document): Program {
    const program = compileProgram(document);
    return this.#installation === undefined ? program : { ...program, installation: this.#installation };
  }

  #together(fire: () => void): void {
    const waiting = new Map<string, () => void>();
    this.waiting = waiting;
    try {
      fire();
    } finally {
      this.waiting = undefined;
    }
    let fault: { readonly error: unknown } | undefined;
    for (const run of waiting.values()) {
      try {
        run();
      } catch (error) {
        fault ??= { error };
      }
    }
    if (fault !== undefined) throw fault.error;
  }

  add(id: string, receiver: Receiver): void {
    this.#invoked ??= new Map();
    this.#invoked.set(id, receiver);
  }

  remove(id: string): void {
    this.#invoked?.delete(id);
  }

  find(id: string): Receiver | undefined {
    return this.#invoked?.get(id) ?? this.directory.find(id);
  }

  /** A session has ended, and has not taken these. */
  tellUntaken(inputs: readonly WaitingInput[]): void {
    for (const { otherwise } of inputs) {
      if (otherwise) this.find(otherwise.session)?.take({ kind: 'event', event: otherwise.event });
    }
  }

  /** See StepOptions.reaches. */
  readonly reaches = (id: string): boolean => this.find(id) !== undefined;

  /**
   * Reads the document of an invoke. Timers and other code run first: without that, a session that invokes
   * without end would block them, because reading a text waits for nothing else.
   */
  async load(source: InvokeSource): Promise<Document> {
    await nextMacrotask();
    const { fetchText } = this.ports;
    const options = defined({ fetchText });
    if (source.kind === 'url') return loadDocument(new URL(source.url), options);
    return parseDocument(source.text, { baseUrl: new URL(source.baseUrl), ...options });
  }

  /** settled() waits for this work. */
  track(work: Promise<unknown>): void {
    this.#loading ??= new Set();
    const done: Promise<unknown> = work.finally(() => this.#loading?.delete(done));
    this.#loading.add(done);
  }

  async settled(): Promise<void> {
    while (this.#loading && this.#loading.size > 0) await Promise.allSettled([...this.#loading]);
  }
}
