import { growsSince, type PriorityRule, priorityAt } from './priority.ts';
import type { RoutingIndex } from './routingIndex.ts';
import { type FunctionCall, type FunctionResult, numberAt, type UrsFunction } from './ursFunction.ts';
import { callBatch, demandOf } from './virtualInteraction.ts';

/** Greatest priority, and greatest step of it. */
const MAX_PRIORITY = 1_000_000;
const MAX_INTERVAL_SECONDS = 86_400;

/** The functions about the priority of a call. They throw RoutingError ROUTING_LIMITED for one too many. */
export function priorityFunctions(
  index: Pick<RoutingIndex, 'admit'>,
): Readonly<Record<'Priority' | 'IncrementPriority', UrsFunction>> {
  const prioritize = ({ call, now }: FunctionCall, priority: PriorityRule): FunctionResult => {
    index.admit({ ...demandOf(call), priority });
    const changed = { ...call, priority };
    return { answer: priorityAt(changed, now), batch: callBatch(changed, now) };
  };
  return {
    /** `Priority[n]` sets the priority; without a parameter it only tells it. */
    Priority: (given) => {
      const { call, params, now } = given;
      if (params.length === 0) return { answer: priorityAt(call, now) };
      const base = numberAt(given, { at: 0, of: 'Priority' }, MAX_PRIORITY);
      return prioritize(given, { base, increment: 0, everyMs: 0 });
    },
    /** `IncrementPriority[step, seconds]`: the priority grows from now on. */
    IncrementPriority: (given) => {
      const { call, now } = given;
      const increment = numberAt(given, { at: 0, of: 'IncrementPriority' }, MAX_PRIORITY);
      const everyMs = numberAt(given, { at: 1, of: 'IncrementPriority' }, MAX_INTERVAL_SECONDS) * 1000;
      // The rule counts from an earlier time: the intervals before now must not raise the priority.
      const past = everyMs <= 0 ? 0 : Math.floor((now - growsSince(call)) / everyMs) * increment;
      return prioritize(given, { base: priorityAt(call, now) - past, increment, everyMs });
    },
  };
}
