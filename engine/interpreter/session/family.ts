import { type Clock, systemIds } from '../../ports/index.ts';
import type { Program } from '../algorithm/program.ts';
import type { Document } from '../document/model.ts';
import type { Execution, ExecutionSnapshot, Limits, StartOptions } from '../execution.ts';
import { loadDocument, parseDocument } from '../load/load.ts';
import type { ChildSource, Receiver, SessionDirectory, SessionOptions, SessionPorts } from './contract.ts';
import { restoreExecution, startExecution } from './sessionExecution.ts';

/** How the executions of a family are made; the stepper makes ones that stop after each macrostep. */
export interface Executions {
  start(program: Program, options: StartOptions): Execution;
  restore(program: Program, snapshot: ExecutionSnapshot, limits: Partial<Limits> | undefined): Execution;
}

const DEFAULT_EXECUTIONS: Executions = {
  start: startExecution,
  restore: (program, snapshot, limits) => restoreExecution(program, snapshot, limits && { limits }),
};

/** What a session shares with the sessions that it invokes, directly or not. */
export class Family {
  readonly clock: Clock;
  readonly ports: SessionPorts;
  readonly executions: Executions;
  readonly limits: Partial<Limits> | undefined;
  readonly directory: SessionDirectory;
  /** Of the Math.random of all its sessions. */
  readonly seed: number;
  #invoked: Map<string, Receiver> | undefined;
  #loading: Set<Promise<unknown>> | undefined;

  constructor(
    options: SessionOptions,
    defaults: { readonly clock: Clock; readonly directory: SessionDirectory },
    executions: Executions = DEFAULT_EXECUTIONS,
  ) {
    this.clock = options.clock ?? defaults.clock;
    this.ports = options.ports ?? {};
    this.limits = options.limits;
    this.directory = this.ports.sessions ?? defaults.directory;
    this.executions = executions;
    this.seed = options.seed ?? systemIds.seed();
  }

  /** Follows from the id alone, so that a family that came back from a snapshot gives the same. FNV-1a. */
  seedOf(childId: string): number {
    let hash = this.seed ^ 0x811c9dc5;
    for (let at = 0; at < childId.length; at++) hash = Math.imul(hash ^ childId.charCodeAt(at), 0x01000193);
    return hash >>> 0;
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

  /** As StepOptions.reaches. */
  readonly reaches = (id: string): boolean => this.find(id) !== undefined;

  /** Reads the document of an invoke. */
  load(source: ChildSource): Promise<Document> {
    const { fetchText } = this.ports;
    const options = fetchText ? { fetchText } : {};
    if (source.kind === 'url') return loadDocument(new URL(source.url), options);
    return parseDocument(source.text, { baseUrl: new URL(source.baseUrl), ...options });
  }

  /** Keeps what settled() waits for. */
  track(work: Promise<unknown>): void {
    this.#loading ??= new Set();
    const done: Promise<unknown> = work.finally(() => this.#loading?.delete(done));
    this.#loading.add(done);
  }

  async settled(): Promise<void> {
    while (this.#loading && this.#loading.size > 0) await Promise.allSettled([...this.#loading]);
  }
}
