import type { BuildContext } from './buildContext.ts';
import type { DraftTransition } from './drafts.ts';

/**
 * Turns the ids of every transition into numbers of states. With `reportUnknown` false (an include failed, so
 * states are missing) ids that name nothing are not reported.
 */
export function resolveTargets(context: BuildContext, reportUnknown: boolean): void {
  for (const transition of context.transitions) {
    if (transition.targetIds.length === 0) continue;
    const targets: number[] = [];
    for (const id of transition.targetIds) {
      const target = id.startsWith('#') ? undefined : context.stateById.get(id);
      if (target !== undefined) targets.push(target);
      else if (reportUnknown) reportUnknownTarget(context, transition, id);
    }
    transition.targets = targets;
  }
}

function reportUnknownTarget(context: BuildContext, transition: DraftTransition, id: string): void {
  const prefix = context.states[transition.source]!.prefix;
  const prefixed = prefix === undefined ? undefined : `${prefix}.${id}`;
  const hint =
    prefixed !== undefined && context.stateById.has(prefixed)
      ? ` Write $$_MY_PREFIX_$$.${id} for '${prefixed}'.`
      : '';
  context.report('TARGET_UNKNOWN', transition.targetsAt, `Expected the id of a state, got '${id}'.${hint}`);
}
