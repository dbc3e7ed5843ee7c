/** Number of distributed calls that estimates use. URS "EstWaitTime", method urs. */
export const ESTIMATE_WINDOW = 32;

/** orsay: WaitEstimates. The others are those of URS (`aqt`). */
export const ESTIMATE_METHODS = ['orsay', 'urs', 'urs2', 'stat'] as const;
export const DEFAULT_ESTIMATE = 'orsay';
export type EstimateMethod = (typeof ESTIMATE_METHODS)[number];

/** The average handling time of the statistics server before any call was handled, ms. urs-routing 6. */
const FIRST_HANDLING_MS = 90_000;
/** Its number of agents when nobody is logged in: the wait is very long, and no division by zero. */
const NO_AGENTS = 0.0001;

/** The measured history of a virtual queue; the lists hold at most ESTIMATE_WINDOW values, oldest first. */
export interface QueueHistory {
  /** ms since epoch of the last distributions. */
  readonly distributedAt: readonly number[];
  /** Handling times of the last calls of this queue, ms. */
  readonly handled: readonly number[];
  /** The mean of more handling times, ms. Undefined: there are none. */
  handlingMs(): number | undefined;
  /** Counts the agents logged in who could serve the queue. As the next one, called only when needed. */
  agents(): number;
  /** Counts those of them who are free. */
  readyAgents(): number;
}

/**
 * Estimated wait in seconds of the call at `position` (1: next); undefined without measured values.
 * urs: average time between the last distributions x position. urs2: average handling time x position over
 * the agents. stat: the formula of Stat Server, where free agents take the first calls (urs-routing 6).
 */
export function estimateWait(
  method: Exclude<EstimateMethod, 'orsay'>,
  position: number,
  history: QueueHistory,
): number | undefined {
  switch (method) {
    case 'urs': {
      const { distributedAt } = history;
      if (distributedAt.length < 2) return undefined;
      const span = distributedAt.at(-1)! - distributedAt[0]!;
      return toSeconds((span / (distributedAt.length - 1)) * position);
    }
    case 'urs2': {
      const handling = average(history.handled);
      const agents = handling === undefined ? 0 : history.agents();
      if (handling === undefined || agents === 0) return undefined;
      return toSeconds((handling * position) / agents);
    }
    case 'stat': {
      const handling = history.handlingMs() ?? average(history.handled) ?? FIRST_HANDLING_MS;
      const ahead = Math.max(0, position - history.readyAgents());
      return toSeconds((handling * ahead) / Math.max(NO_AGENTS, history.agents()));
    }
  }
}

/** The list with the value added, and at most ESTIMATE_WINDOW values. */
export function remember(values: readonly number[], value: number): readonly number[] {
  return [...values, value].slice(-ESTIMATE_WINDOW);
}

export function average(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function toSeconds(ms: number): number {
  return Math.round(ms / 1000);
}
