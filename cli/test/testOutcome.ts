import type { PlacedMessage, ScenarioFailure } from '../../engine/scenario/index.ts';

/** One scenario file after its test. */
export interface TestOutcome {
  /** URL of the file. */
  readonly url: string;
  /** Absent: the file could not be read. */
  readonly name?: string;
  /** URL of the document. */
  readonly document?: string;
  readonly milliseconds: number;
  /** A step failed. */
  readonly failure?: ScenarioFailure;
  /** The scenario could not be played: it, or its document, is wrong. */
  readonly faults?: readonly PlacedMessage[];
}

export function hasPassed({ failure, faults }: TestOutcome): boolean {
  return failure === undefined && faults === undefined;
}
