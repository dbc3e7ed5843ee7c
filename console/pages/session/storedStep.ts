import type { NumberedStep, Step } from './steps.ts';

/** A step of a trace file. */
export interface StoredStep {
  readonly session: string;
  readonly step: number;
  /** ms since epoch. */
  readonly at: number;
  readonly input: {
    readonly kind: Step['kind'];
    readonly event?: { readonly name: string; readonly data?: unknown };
    readonly key?: string;
    readonly reason?: string;
  };
  readonly configuration: readonly string[];
}

/** The input and the states of a stored step. It has no effects and no changes of data. */
export function storedStep({
  step: number,
  at,
  input: { kind, event, key, reason },
  configuration,
}: StoredStep): NumberedStep {
  return {
    number,
    step: {
      type: 'step',
      kind,
      name: event?.name ?? key ?? reason ?? '',
      ...(event?.data === undefined ? {} : { data: event.data }),
      at: new Date(at).toISOString(),
      lines: [],
      changes: [],
      effects: [],
      configuration,
    },
  };
}
