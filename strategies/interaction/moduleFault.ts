import type { InteractionRecord } from './interactionRecord.ts';

/** A fault of the document: the element ends in error.interaction.<action>. */
export interface Fault {
  readonly error: string;
  readonly description: string;
}

export function invalidState({ id, state }: InteractionRecord, expected: string): Fault {
  return {
    error: `invalidstate.${state}`,
    description: `Expected the interaction '${id}' to be ${expected}; it is ${state}.`,
  };
}
