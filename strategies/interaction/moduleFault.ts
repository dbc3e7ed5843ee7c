import type { InteractionRecord, InteractionState } from './interactionRecord.ts';

/** The values of `error` in error.interaction.<action>. */
export type FaultCode =
  | 'unknown'
  | 'badrequest'
  | 'unsupported'
  | 'invalidsession'
  | 'invaliddestination'
  | 'invalidstate.notcontrolled'
  | `invalidstate.${InteractionState}`
  | 'rejected'
  | 'noanswer';

/** A fault of the document: the element ends in error.interaction.<action>. */
export interface Fault {
  readonly error: FaultCode;
  readonly description: string;
}

export function invalidState({ id, state }: InteractionRecord, expected: string): Fault {
  return {
    error: `invalidstate.${state}`,
    description: `Expected the interaction '${id}' to be ${expected}; it is ${state}.`,
  };
}
