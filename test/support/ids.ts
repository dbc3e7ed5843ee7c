import type { Branded } from '../../engine/ports/brandedIds.ts';

/** Text of a test as the id that the caller expects. */
export function asId<Id extends Branded<string>>(text: string): Id {
  return text as Id;
}
