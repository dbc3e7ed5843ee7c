import type { Batch } from '../durable/index.ts';
import type { KnownFigure, StepInput } from '../interpreter/index.ts';
import type { TakenStep } from './takenStep.ts';

export interface StepRequest {
  readonly input: StepInput;
  /** Idempotency key of the caller. A request with a key that was processed before does nothing. */
  readonly eventId?: string | undefined;
  /**
   * Key of the task that brought the input. The commit of the step removes it, so that a crash cannot repeat
   * the input.
   */
  readonly consumes?: string | undefined;
  /** The step ends the session because its invoke was cancelled: the invoking session is not told. */
  readonly quiet?: boolean;
  /** Joins the commit of the step. */
  readonly alongside?: Batch;
  /** Is told of the step, with its details, when it is durable. */
  readonly taken?: (step: TakenStep) => void;
  /** Statistics that were read for a copy of the step. */
  readonly figures?: readonly KnownFigure[];
}

/** The end of a session from outside. */
export interface Termination {
  readonly reason: string;
  /** The invoking session is not told. */
  readonly quiet: boolean;
  /** Joins the commit that ends the session. */
  readonly alongside?: Batch;
}
