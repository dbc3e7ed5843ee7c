import type { Document, Limits, StartOptions, StepInput, StepOutcome } from '../../interpreter/index.ts';
import type { Json, SessionId } from '../../ports/index.ts';

/**
 * The messages between the server and an engine child. The server numbers documents (`program`), sessions
 * (`execution`) and child requests (`request`). A child answers requests in their order. The ids and hashes
 * of sessions select nothing in a child.
 */
export type ToChild = ChildRequest | ChildNotice;

/** A message that the child answers. */
export type ChildRequest = ProgramRequest | ExecutionRequest;

/** Compile a document. */
export interface ProgramRequest {
  readonly kind: 'program';
  readonly request: number;
  readonly program: number;
  readonly document: DocumentMessage;
}

/** Compute a step of a session, or read its data. */
export type ExecutionRequest =
  | {
      readonly kind: 'step';
      readonly request: number;
      readonly execution: number;
      readonly open?: Opening | undefined;
      readonly input: StepInput;
      /** ms since epoch. */
      readonly now: number;
    }
  | {
      readonly kind: 'data';
      readonly request: number;
      readonly execution: number;
      readonly open?: Opening | undefined;
    };

/** A message without an answer: remove a session or a document. */
export type ChildNotice =
  | { readonly kind: 'forget'; readonly execution: number }
  | { readonly kind: 'discard'; readonly program: number };

/** How a child gets a session that it does not hold. */
export interface Opening {
  readonly program: number;
  readonly from:
    | { readonly kind: 'start'; readonly options: StartOptions }
    | {
        readonly kind: 'snapshot';
        readonly sessionId: SessionId;
        /** From an earlier answer. It may be anything: put it into JSON as a string. */
        readonly text: string;
        readonly limits?: Partial<Limits> | undefined;
      };
}

export type ChildAnswer = ProgramAnswer | ExecutionAnswer;

/** The document is compiled (or its sessions will throw): the requests that follow have less time. */
export interface ProgramAnswer {
  readonly kind: 'compiled';
  readonly request: number;
}

export type ExecutionAnswer =
  | {
      readonly kind: 'stepped';
      readonly request: number;
      readonly outcome: StepOutcome;
      readonly configuration: readonly string[];
      /** While the session runs. */
      readonly snapshot?: string;
      /** When it has ended. */
      readonly data?: Json;
    }
  | { readonly kind: 'data'; readonly request: number; readonly data: Json }
  /** The child cannot restore the session from the snapshot of the request. It computed no step. */
  | { readonly kind: 'notRestored'; readonly request: number; readonly message: string }
  /** A fault of the engine. The child does not hold the session any more. */
  | { readonly kind: 'thrown'; readonly request: number; readonly message: string }
  /** The answer is longer than MAX_ANSWER_CHARS. The child does not hold the session any more. */
  | { readonly kind: 'tooLarge'; readonly request: number; readonly chars: number };

/**
 * A document without the fields that only loading needs: a child compiles and runs, it never parses XML or
 * fetches.
 */
export type DocumentMessage = Omit<Document, 'stateById' | 'sources' | 'warnings'> & {
  readonly stateById: readonly (readonly [string, number])[];
};

export function toDocumentMessage(document: Document): DocumentMessage {
  const { stateById, sources: _, warnings: __, ...model } = document;
  return { ...model, stateById: [...stateById] };
}

export function fromDocumentMessage(message: DocumentMessage): Document {
  return { ...message, stateById: new Map(message.stateById), sources: [], warnings: [] };
}
