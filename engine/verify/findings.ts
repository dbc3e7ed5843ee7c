import type { SourceLocation } from '../interpreter/index.ts';

export type FindingKind =
  /** Nothing leaves the state, and it is not final. */
  | 'deadEnd'
  /** A request to the document gets no answer before the session ends. */
  | 'unanswered'
  /** A request to the document gets more than one answer. */
  | 'answeredTwice'
  /** No transition takes an error event. */
  | 'unhandledError'
  /** Code of the document throws. */
  | 'fault'
  /** A timer fires, or is armed again, when the document does not wait for it any more. */
  | 'timerOutlives'
  /** The session ends with an interaction or another thing that it took. */
  | 'notGivenBack'
  /** The document makes steps without a pause. */
  | 'restless'
  /** The session fails, or cannot be stored. */
  | 'failed'
  /** A property of the author does not hold. */
  | 'property';

export interface Found {
  readonly kind: FindingKind;
  /** Findings with the same kind and key are one. */
  readonly key: string;
  /** A sentence. */
  readonly message: string;
  /** Id of the request or interaction, event of the timer, or name of the held thing. */
  readonly subject?: string;
  /** Where a property that had to become true was missed. */
  readonly end?: 'ended' | 'stuck' | 'loop';
  readonly at?: SourceLocation;
}
