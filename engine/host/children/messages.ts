import type { Document, Limits, StartOptions, StepInput, StepOutcome } from '../../interpreter/index.ts';
import type { Json } from '../../ports/index.ts';

/**
 * What parent and child say to each other. The parent numbers documents (`program`), sessions (`execution`) and
 * calls; a child answers its calls in their order. Sessions' ids and hashes never choose anything in a child.
 */
export type ToChild =
  | {
      readonly kind: 'program';
      readonly call: number;
      readonly program: number;
      readonly document: DocumentMessage;
    }
  | {
      readonly kind: 'step';
      readonly call: number;
      readonly execution: number;
      readonly open?: Opening | undefined;
      readonly input: StepInput;
      /** ms since epoch. */
      readonly now: number;
    }
  | {
      readonly kind: 'data';
      readonly call: number;
      readonly execution: number;
      readonly open?: Opening | undefined;
    }
  | { readonly kind: 'forget'; readonly execution: number }
  | { readonly kind: 'discard'; readonly program: number };

/** How a child gets a session that it does not hold. */
export interface Opening {
  readonly program: number;
  readonly from:
    | { readonly kind: 'start'; readonly options: StartOptions }
    | {
        readonly kind: 'snapshot';
        readonly sessionId: string;
        /** As an earlier answer gave it. To be put into JSON as a text: it may be anything. */
        readonly text: string;
        readonly limits?: Partial<Limits> | undefined;
      };
}

/** The answer to 'program': what follows is steps, which have less time. */
export interface Compiled {
  readonly kind: 'compiled';
  readonly call: number;
}

export type Answer =
  | {
      readonly kind: 'stepped';
      readonly call: number;
      readonly outcome: StepOutcome;
      readonly configuration: readonly string[];
      /** While it runs: text. In the message stands `snapshotBytes`, its length; it is behind the messages itself. */
      readonly snapshot?: string;
      /** When it has ended. */
      readonly data?: Json;
    }
  | { readonly kind: 'data'; readonly call: number; readonly data: Json }
  /** To a call that came with a snapshot: it cannot be gone on from, and nothing was done. */
  | { readonly kind: 'notRestored'; readonly call: number; readonly message: string }
  /** A fault of the engine; the child has let go of the session. */
  | { readonly kind: 'thrown'; readonly call: number; readonly message: string }
  /** The answer would have been longer than MAX_ANSWER_CHARS; the child has let go of the session. */
  | { readonly kind: 'tooLarge'; readonly call: number; readonly chars: number };

/** A document without what only its loading needs: a child compiles and runs, it never parses XML or fetches. */
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
