/** Where a call is, as far as estimates care. */
export type CallPhase =
  /** Not in the queue yet. */
  | 'outside'
  /** No agent is found. */
  | 'waiting'
  /** An agent is reserved and asked. */
  | 'asked'
  /** An agent took it. */
  | 'served'
  /** Its customer gave up, or its request ended. */
  | 'gone';

/** The priority of calls grows by `increment` every `everyMs`. */
export interface EstimatedRule {
  readonly base: number;
  readonly increment: number;
  readonly everyMs: number;
}

export interface EstimatedCall {
  readonly id: string;
  /** ms since epoch. */
  readonly enteredAt: number;
  readonly rule: EstimatedRule;
}

/** Times that a call has still to wait, in ms. */
export interface WaitEstimate {
  readonly meanMs: number;
  readonly p10Ms: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  /** The queue has too few served calls: the quantiles are those of a formula. */
  readonly isRough: boolean;
}

/** A question about a call with so many calls ahead of it. */
export interface WaitQuestion {
  readonly ahead: number;
  readonly rule: EstimatedRule;
  /** ms for which the call has waited. */
  readonly ageMs: number;
  readonly now: number;
  /** Counts the agents who serve the queue; asked only while the queue has few departures. */
  readonly agents: () => number;
}
