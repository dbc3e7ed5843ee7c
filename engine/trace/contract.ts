import type {
  Dialect,
  Document,
  ExecutionStatus,
  Installation,
  KnownFigure,
  StartOptions,
  StepInput,
} from '../interpreter/index.ts';

/** The version of trace files that this product writes. */
export const TRACE_VERSION = 1;

/** The start of a traced session. */
export interface TraceStart {
  readonly sessionId: string;
  /** URL of the document. */
  readonly src: string;
  readonly documentHash: string;
  readonly dialect: Dialect;
  /** The session that invoked it, and the id of the invoke. */
  readonly parent?: { readonly sessionId: string; readonly invokeId: string };
  /** ms since epoch. */
  readonly startedAt: number;
  readonly options: Pick<StartOptions, 'seed' | 'params' | 'baseUrl' | 'limits'>;
}

/** One step: all facts that came from outside, and the states after it. */
export interface TraceStep {
  /** From 1. */
  readonly step: number;
  /** Time of the step, in ms since epoch. */
  readonly at: number;
  /** Steps of several sessions at the same time are in this order. */
  readonly order: number;
  readonly input: StepInput;
  /** Sessions for which the step asked whether they exist, with the answers. null: not known. */
  readonly reaches?: { readonly [sessionId: string]: boolean | null };
  /** Statistics that the step asked for. */
  readonly figures?: readonly KnownFigure[];
  readonly configuration: readonly string[];
  readonly status: ExecutionStatus;
}

/** The sources of a version of a document. */
export type TracedDocument = Pick<Document, 'url' | 'hash' | 'dialect' | 'sources'>;

/** The trace of one session. */
export interface SessionTrace {
  readonly start: TraceStart;
  /** The state before the first step. Absent: all steps from the start on are there. */
  readonly base?: { readonly step: number; readonly snapshot: string };
  readonly steps: readonly TraceStep[];
}

/** The traces of a session and of those that it invoked. */
export interface FamilyTrace {
  /** Version of the product that wrote it. */
  readonly product: string;
  readonly root: string;
  readonly sessions: readonly SessionTrace[];
  readonly documents: readonly TracedDocument[];
  /** Sessions of the family that are not in the file. Absent: none. */
  readonly leftOut?: number;
  /** Lists, options and special days that the sessions read. */
  readonly installation?: Installation;
}
