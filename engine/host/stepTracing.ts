import type { StepInput } from '../interpreter/index.ts';
import type { SessionId } from '../ports/index.ts';

/** A step as a tracing system sees it: nothing that its document or its caller wrote. */
export interface TracedStep {
  readonly sessionId: SessionId;
  readonly documentHash: string;
  readonly input: StepInput['kind'];
}

/** Follows the steps of sessions for a tracing system. */
export interface StepTracing {
  /** The work, to be performed later in the context of the caller of bind(). */
  bind<Result>(work: () => Promise<Result>): () => Promise<Result>;
  /** Performs a step with its commit. Settles as `perform` does. */
  around(step: TracedStep, perform: () => Promise<void>): Promise<void>;
}
