import type { Transition } from '../document/model.ts';
import type { ScxmlEvent } from '../event.ts';
import type { Candidates, EnabledTransitions } from './configurationTable.ts';
import type { Step } from './step.ts';

/** W3C SCXML D, function selectTransitions, without those that conflict. Undefined when none is enabled. */
export function selectTransitions(step: Step, event: ScxmlEvent): EnabledTransitions | undefined {
  return select(step, step.state.configuration.candidates(event.name));
}

/**
 * W3C SCXML D, function selectEventlessTransitions, without those that conflict. Undefined when none is
 * enabled.
 */
export function selectEventlessTransitions(step: Step): EnabledTransitions | undefined {
  return select(step, step.state.configuration.eventlessCandidates());
}

function select(step: Step, candidates: Candidates | undefined): EnabledTransitions | undefined {
  if (candidates === undefined) return undefined;
  if (candidates.unconditional !== undefined) return candidates.unconditional;
  const enabled = firstEnabled(step, candidates.lists);
  return enabled.length === 0 ? undefined : step.state.configuration.enabled(enabled);
}

/**
 * The first enabled transition of each list. Lists share transitions of common ancestors: each is evaluated
 * once.
 */
function firstEnabled(step: Step, lists: Candidates['lists']): readonly Transition[] {
  const enabled: Transition[] = [];
  const evaluated = lists.length > 1 ? new Map<Transition, boolean>() : undefined;
  for (const list of lists) {
    for (const transition of list) {
      const known = evaluated?.get(transition);
      const matches = known ?? conditionMatch(step, transition);
      evaluated?.set(transition, matches);
      if (!matches) continue;
      if (known === undefined) enabled.push(transition);
      break;
    }
  }
  return enabled;
}

/**
 * W3C SCXML D, function conditionMatch. A condition that cannot be evaluated is false and raises an error
 * (W3C 5.9.1). The condition of an eventless transition raises it once a macrostep; otherwise the error event
 * would cause the next evaluation, without end.
 */
function conditionMatch(step: Step, transition: Transition): boolean {
  const { cond, events, index, at } = transition;
  if (cond === undefined) return true;
  try {
    const holds = step.data.condition(cond.slot);
    step.observer.guardEvaluated(transition, holds);
    return holds;
  } catch (fault) {
    const isReported = events !== undefined || step.isFirstReport(index);
    step.observer.guardEvaluated(transition, false);
    if (isReported) step.fault(fault, { element: 'transition', at, use: 'condition' });
    return false;
  }
}
