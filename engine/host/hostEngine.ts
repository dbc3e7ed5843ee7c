import type { Inspected, Inspection, StepDetails } from '../debugger/index.ts';
import type {
  Dialect,
  Document,
  Figure,
  FigureQuestion,
  Limits,
  StartOptions,
  StepInput,
  StepOptions,
  StepOutcome,
} from '../interpreter/index.ts';
import type { FetchText, Json, SessionId } from '../ports/index.ts';

/**
 * The engine that steps the host's sessions. Two implementations: the interpreter in this process
 * (ownEngine.ts) and engine children (children/). Tests use a scripted one.
 */
export interface HostEngine {
  /**
   * Reads, checks and compiles a document. Rejects with DocumentError, HostError DOCUMENT_TOO_COSTLY or
   * HostError ENGINE_UNAVAILABLE.
   */
  loadProgram(request: LoadRequest): Promise<HostedProgram>;
  startExecution(program: HostedProgram, options: HostStartOptions): HostedExecution;
  restoreExecution(
    program: HostedProgram,
    stored: StoredSnapshot,
    options?: { readonly limits?: Partial<Limits> },
  ): HostedExecution;
}

/** A document to be loaded. */
export interface LoadRequest {
  readonly text: string;
  /** URL of the text: base of its relative URLs. */
  readonly baseUrl: URL;
  /** Absent: the document tells its dialect. */
  readonly dialect?: Dialect;
  /** Reads everything that the document includes. */
  readonly fetchText: FetchText;
  /** The document was loaded before, and sessions run on it: it gets more time. */
  readonly isStored?: boolean;
}

/** The facts about a document that the host needs. */
export type DocumentFacts = Pick<Document, 'url' | 'hash' | 'dialect' | 'persist' | 'sources'>;

/** StartOptions of a session of the host. */
export interface HostStartOptions extends StartOptions {
  readonly sessionId: SessionId;
}

/** The snapshot of a session, as the store has it. */
export interface StoredSnapshot {
  readonly sessionId: SessionId;
  /** The result of HostedExecution.snapshotText(). A hostile child may have written it. */
  readonly text: string;
}

/** A document compiled by a HostEngine. Only that engine reads its other fields. */
export interface HostedProgram {
  readonly document: DocumentFacts;
}

export interface HostStepOptions extends Pick<StepOptions, 'now' | 'reaches'> {
  /**
   * Reads a value that the document asks for. The step is computed again with the values that it asked for,
   * so that they are facts of its input. Absent: nobody has such values.
   */
  readonly readFigure?: (question: FigureQuestion) => Promise<Figure>;
  /** The outcome has the details of the step. */
  readonly withDetails?: boolean;
}

/** The facts from outside that a step asks for. */
export type StepFacts = Pick<HostStepOptions, 'reaches' | 'readFigure'>;

/** `details`: what the step did, for people, if that was asked for and is not too long. */
export type HostedOutcome = StepOutcome & { readonly details?: StepDetails };

/** The state of one session in a HostEngine. The session's mailbox makes one call at a time. */
export interface HostedExecution {
  /** Active states after the last step, ancestors first. */
  readonly configuration: readonly string[];
  /**
   * Computes one step. An engine child cannot call `reaches`: a send to a session that does not exist fails
   * at its delivery instead. A child restores the session at its first step, so this rejects with
   * RestoreFailed as well as ExecutionLost, HostError ENGINE_UNAVAILABLE, or a fault of the engine.
   */
  step(input: StepInput, options: HostStepOptions): Promise<HostedOutcome>;
  /** The state after the last step, as text that the host stores unread. */
  snapshotText(): string;
  /** Values of the session's data. Rejects as step() does. */
  data(): Promise<Json>;
  /**
   * Answers questions of a debugger over copies of the session. `asks`: a step on a copy gets the same facts
   * as the step itself. Rejects as step() does.
   */
  inspect(inspection: Inspection, asks?: StepFacts): Promise<Inspected>;
}

/**
 * The engine cannot continue the session from its snapshot. No step was computed, and the snapshot is
 * unchanged.
 */
export class RestoreFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RestoreFailed';
  }
}

/** Number of engine children that one session may end. The session fails when it reaches this number. */
export const MAX_CHILD_DEATHS = 3;

/**
 * An engine child ended during a step, and only that step can be the cause: it was too slow, took too much
 * memory, or crashed the process. The execution has its state from before the step, and can be stepped again.
 */
export class ExecutionLost extends Error {
  readonly reason: 'deadline' | 'memory' | 'crash' | 'size';

  constructor(reason: ExecutionLost['reason'], message: string) {
    super(message);
    this.name = 'ExecutionLost';
    this.reason = reason;
  }
}
