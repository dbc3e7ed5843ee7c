import type {
  Document,
  Limits,
  StartOptions,
  StepInput,
  StepOptions,
  StepOutcome,
} from '../interpreter/index.ts';
import type { Json } from '../ports/index.ts';

/**
 * Where the host's sessions run. Two adapters: the engine itself in this process (ownEngine.ts), where nothing is
 * wrapped or waited for, and child processes (engine/children), whose answers are promises. Tests may hand in something
 * scripted.
 */
export interface HostEngine {
  compileProgram(document: Document): HostedProgram;
  startExecution(program: HostedProgram, options: StartOptions): HostedExecution;
  restoreExecution(
    program: HostedProgram,
    kept: KeptSession,
    options?: { readonly limits?: Partial<Limits> },
  ): HostedExecution;
}

/** A session to be gone on with. */
export interface KeptSession {
  readonly sessionId: string;
  /** What HostedExecution.snapshotText() gave; whoever wrote it may have been hostile. */
  readonly text: string;
}

/** A document made ready by a HostEngine, to be handed back to it; what else it holds is the engine's own. */
export interface HostedProgram {
  readonly document: Document;
}

/** One session as the host drives it: one call at a time, by the session's mailbox. */
export interface HostedExecution {
  /** Active states after the last step, ancestors first. */
  readonly configuration: readonly string[];
  /**
   * An engine in another process cannot ask `reaches`: what it sends to nobody fails when it is delivered. It
   * restores a session when that is first needed. A promise rejects with ExecutionLost, RestoreFailed, HostError
   * ENGINE_UNAVAILABLE, or a fault of the engine.
   */
  step(input: StepInput, options: Pick<StepOptions, 'now' | 'reaches'>): StepOutcome | Promise<StepOutcome>;
  /** The state after the last step. The host keeps it as it is. */
  snapshotText(): string;
  /** A promise rejects as that of a step. */
  data(): Json | Promise<Json>;
}

/** The session cannot be gone on with from its snapshot where it was to run. Nothing was done, nothing is lost. */
export class RestoreFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RestoreFailed';
  }
}

/** Deaths of engine children that one session may cause; at this one it is set aside: it ends as 'failed'. */
export const MAX_CHILD_DEATHS = 3;

/**
 * The place where a step ran was lost in it, and that step alone was the cause: it hung, took too much memory,
 * or crashed its process. The execution stands where it stood before the step, and can be stepped again.
 */
export class ExecutionLost extends Error {
  readonly reason: 'deadline' | 'memory' | 'crash' | 'size';

  constructor(reason: ExecutionLost['reason'], message: string) {
    super(message);
    this.name = 'ExecutionLost';
    this.reason = reason;
  }
}
