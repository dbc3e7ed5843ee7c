import type { Breakpoint } from '../debugger/index.ts';
import type { Durable } from '../durable/index.ts';
import type { SessionId } from '../ports/index.ts';
import type { TellDebugger } from './debugging.ts';
import { HeldInputs } from './heldInputs.ts';
import type { FirstStep } from './sessionSteps.ts';

/** A session whose inputs are taken one by one, for a debugger or to catch up after one. */
export interface Hold {
  /** 'leaving': no debugger is attached; the inputs that still wait are taken first. */
  mode: 'stopped' | 'stepping' | 'running' | 'leaving';
  readonly inputs: HeldInputs;
  readonly tell: TellDebugger;
  breakpoints: readonly Breakpoint[];
  /** The first step, when the session has stopped before it. */
  first: FirstStep | undefined;
  /** The input that waits first comes to a breakpoint, at which the session has stopped. */
  isAtBreakpoint: boolean;
}

/** The holds of this process. A session without one takes its inputs at once. */
export type Holds = Map<SessionId, Hold>;

export function newHold(
  durable: Durable,
  sessionId: SessionId,
  { mode, tell }: Pick<Hold, 'mode' | 'tell'>,
): Hold {
  const inputs = new HeldInputs(durable, sessionId);
  return { mode, tell, inputs, breakpoints: [], first: undefined, isAtBreakpoint: false };
}
