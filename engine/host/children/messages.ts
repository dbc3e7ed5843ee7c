import type { Inspected, Inspection, StepDetails } from '../../debugger/index.ts';
import type {
  Dialect,
  Document,
  FigureQuestion,
  Installation,
  KnownFigure,
  Limits,
  Problem,
  StartOptions,
  StepInput,
  StepOutcome,
} from '../../interpreter/index.ts';
import { defined, type Json, type SessionId } from '../../ports/index.ts';
import type { Message } from './frames.ts';

/**
 * The messages between the server and an engine child. The server numbers documents (`program`), sessions
 * (`execution`) and child requests (`request`). A child answers requests in their order. The ids and hashes
 * of sessions select nothing in a child.
 *
 * Texts of documents follow the JSON of a message in its frame.
 */
export type ToChild = ChildRequest | ChildNotice;

/** A message that the child answers. */
export type ChildRequest = LoadChildRequest | ProgramRequest | ExecutionRequest;

/** Read and check a document. The texts of its files follow, one behind the other. */
export interface LoadChildRequest {
  readonly kind: 'load';
  readonly request: number;
  /** URL of the document: of the first file. */
  readonly url: string;
  readonly dialect?: Dialect;
  readonly files: readonly { readonly url: string; readonly chars: number }[];
  readonly unreadable: readonly UnreadableFile[];
}

export interface LoadFile {
  readonly url: string;
  readonly text: string;
}

/** A file that could not be read, and why. */
export interface UnreadableFile {
  readonly url: string;
  readonly message: string;
  readonly code?: string | number;
}

/** Compile a document. Its DocumentMessage follows as JSON. */
export interface ProgramRequest {
  readonly kind: 'program';
  readonly request: number;
  readonly program: number;
}

/** Compute a step of a session, or look into it. */
export type ExecutionRequest =
  | {
      readonly kind: 'step';
      readonly request: number;
      readonly execution: number;
      readonly open?: Opening | undefined;
      readonly input: StepInput;
      /** ms since epoch. */
      readonly now: number;
      /** Values that the step asked for; absent: nobody has such values. */
      readonly figures?: readonly KnownFigure[] | undefined;
      /** The answer has the details of the step. */
      readonly withDetails?: boolean | undefined;
    }
  | {
      readonly kind: 'data';
      readonly request: number;
      readonly execution: number;
      readonly open?: Opening | undefined;
    }
  /** Answer questions of a debugger over copies of the session. `open` is always there. */
  | {
      readonly kind: 'inspect';
      readonly request: number;
      readonly execution: number;
      readonly open: Opening;
      readonly inspection: Inspection;
      /** As for a step. */
      readonly figures?: readonly KnownFigure[] | undefined;
    };

/** A message without an answer. */
export type ChildNotice =
  /** Before the first program: lists, options and special days that its sessions read. */
  | { readonly kind: 'installation'; readonly installation: Installation }
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

export type ChildAnswer = LoadAnswer | ProgramAnswer | ExecutionAnswer;

export type LoadAnswer =
  | {
      readonly kind: 'loaded';
      readonly request: number;
      readonly dialect: Dialect;
      readonly persist: boolean;
      /** Ids of its states. */
      readonly states: readonly string[];
      /** URLs of the files that it has, in the order of their first reads. */
      readonly sources: readonly string[];
      /** The DocumentMessage as JSON, in UTF-8. It follows the message. */
      readonly text: Buffer;
    }
  /** The document does not load. */
  | { readonly kind: 'refused'; readonly request: number; readonly problems: readonly Problem[] }
  /** The child needs these files. */
  | { readonly kind: 'needs'; readonly request: number; readonly urls: readonly string[] }
  | { readonly kind: 'thrown'; readonly request: number; readonly message: string }
  /** The DocumentMessage is longer than MAX_PROGRAM_BYTES. */
  | { readonly kind: 'tooLarge'; readonly request: number; readonly bytes: number };

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
      /** If the request asks for them, and the answer is not too long with them. */
      readonly details?: StepDetails;
    }
  /** The step needs values that the request does not have. The child does not hold the session any more. */
  | { readonly kind: 'asks'; readonly request: number; readonly questions: readonly FigureQuestion[] }
  | { readonly kind: 'data'; readonly request: number; readonly data: Json }
  | { readonly kind: 'inspected'; readonly request: number; readonly inspected: Inspected }
  /** The child cannot restore the session from the snapshot of the request. It computed no step. */
  | { readonly kind: 'notRestored'; readonly request: number; readonly message: string }
  /** The data of the session cannot be stored. The child does not hold the session any more. */
  | { readonly kind: 'notStored'; readonly request: number; readonly message: string }
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

/** A LoadChildRequest with its texts. */
export function loadRequest(load: {
  readonly request: number;
  readonly url: string;
  readonly dialect: Dialect | undefined;
  readonly files: readonly LoadFile[];
  readonly unreadable: readonly UnreadableFile[];
}): Message {
  const { request, url, dialect, files, unreadable } = load;
  const sizes = files.map((file) => ({ url: file.url, chars: file.text.length }));
  const message = { kind: 'load', request, url, ...defined({ dialect }), files: sizes, unreadable } as const;
  return {
    json: JSON.stringify(message satisfies LoadChildRequest),
    text: Buffer.from(files.map((file) => file.text).join('')),
  };
}

export function toDocumentMessage(document: Document): DocumentMessage {
  const { stateById, sources: _, warnings: __, ...model } = document;
  return { ...model, stateById: [...stateById] };
}

export function fromDocumentMessage(message: DocumentMessage): Document {
  return { ...message, stateById: new Map(message.stateById), sources: [], warnings: [] };
}
