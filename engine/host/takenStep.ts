import type { StepDetails } from '../debugger/index.ts';
import type { Effect, StepInput } from '../interpreter/index.ts';
import type { EndStatus } from './sessions.ts';

/** An input that a session has taken, and what its step did. */
export interface TakenStep extends Partial<StepDetails> {
  readonly input: StepInput;
  /** ms since epoch. */
  readonly at: number;
  /** Active states after it; absent: it ended the session. */
  readonly configuration?: readonly string[];
  readonly effects: readonly Effect[];
}

/** Something that everybody who watches a session is told. */
export type StepEvent =
  /** The session has taken an input, and the step is durable. */
  | { readonly kind: 'step'; readonly step: TakenStep }
  | { readonly kind: 'ended'; readonly status: EndStatus | 'setAside'; readonly reason?: string };
