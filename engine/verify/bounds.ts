/** Bounds of an exploration. It stops at the first that it reaches, and the report names it. */
export interface Bounds {
  /** Different states that are kept. */
  readonly MAX_STATES: number;
  /** Moves that are tried. */
  readonly MAX_STEPS: number;
  /** Moves from the start to a state. */
  readonly MAX_DEPTH: number;
  /** Real time. */
  readonly MAX_TIME_MS: number;
  /** Bytes of the kept states and of those that wait to be explored. */
  readonly MAX_BYTES: number;
  /** Findings of one kind at one place of the document are one; with more different ones it stops. */
  readonly MAX_FINDINGS: number;
}

export const DEFAULT_BOUNDS: Bounds = {
  MAX_STATES: 10_000_000,
  MAX_STEPS: 200_000_000,
  MAX_DEPTH: 1000,
  MAX_TIME_MS: 60_000,
  MAX_BYTES: 1_500_000_000,
  MAX_FINDINGS: 100,
};

/** Microsteps of a macrostep, and steps of a move, after which a document counts as one that never rests. */
export const MAX_RESTLESS_STEPS = 1000;
