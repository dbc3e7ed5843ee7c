import {
  type AgentSlot,
  CALL,
  type CallMove,
  type HandledCall,
  phaseOf,
  SLOT,
  type VirtualInteraction,
} from '../routing/index.ts';
import type { BatchChanges } from './batchChanges.ts';
import { wayOut } from './queueFacts.ts';

/** The calls that a commit moves from one phase to another. */
export function callMoves(changes: BatchChanges): readonly CallMove[] {
  return changes.of<VirtualInteraction>(CALL).flatMap((change) => {
    const { before, after } = change;
    const call = (after ?? before)!;
    const from = phaseOf(before);
    const to = after === undefined ? endOf(change, changes) : phaseOf(after);
    return from === to || call === undefined ? [] : [{ call, from, to }];
  });
}

/** The agents whose work on a call of a queue ends with a commit. */
export function handledCalls(changes: BatchChanges, now: number): readonly HandledCall[] {
  return changes.of<AgentSlot>(SLOT).flatMap(({ before, after }) => {
    const isWork = before?.kind === 'active' || before?.kind === 'wrapup';
    if (!isWork || after !== undefined || before.vq === undefined) return [];
    return [{ vq: before.vq, tookMs: now - before.since }];
  });
}

/** The phase of a call whose record is removed. */
function endOf(
  { before, after }: { before: VirtualInteraction | undefined; after: VirtualInteraction | undefined },
  changes: BatchChanges,
): 'served' | 'gone' {
  if (phaseOf(before) === 'served') return 'served';
  return wayOut({ before, after }, changes) === 'CallDistributed' ? 'served' : 'gone';
}
