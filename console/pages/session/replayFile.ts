import type { NumberedStep, Step } from './steps.ts';

/** The steps of a trace that were computed again. */
export interface ReplayedSteps {
  /** The session itself took them. */
  readonly steps: readonly NumberedStep[];
  /** Ids of the sessions that it invoked. */
  readonly invoked: readonly string[];
  /** False: the list was cut. */
  readonly isWhole: boolean;
  /** The last step is another one than the trace has. */
  readonly differs: boolean;
}

type Row = Step & { readonly session: string; readonly step: number; readonly differs?: object };

/** Reads the lines of a replay: the steps, and at the end their number. */
export function readReplay(text: string, sid: string): ReplayedSteps {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row | { readonly end: number });
  const rows = lines.filter((line): line is Row => !('end' in line));
  const end = lines.find((line): line is { readonly end: number } => 'end' in line);
  return {
    steps: rows.filter(({ session }) => session === sid).map((row) => ({ number: row.step, step: row })),
    invoked: [...new Set(rows.map(({ session }) => session))].filter((session) => session !== sid),
    isWhole: end?.end === rows.length,
    differs: rows.some(({ differs }) => differs !== undefined),
  };
}
