import type { BuildContext } from '../document/buildContext.ts';
import type { DraftState } from '../document/drafts.ts';
import type { Transition } from '../document/model.ts';
import { parseCode } from './parseCode.ts';

/**
 * Warns of transitions that can never be selected, beyond those that another hides (`shadowed`):
 * a condition that is the literal false, and a transition that waits for an event in a state, or in one around it,
 * that an eventless transition without a condition leaves before any event is looked at (W3C D,
 * mainEventLoop: eventless transitions come first).
 */
export function warnImpossible(context: BuildContext, shadowed: ReadonlySet<number>): void {
  const leaving = context.states.map((state) => leavesAtOnce(context, state));
  for (const state of context.states) {
    if (state.kind === 'history') continue;
    const left = leftBefore(context, state, leaving);
    for (const index of state.transitions) {
      if (shadowed.has(index)) continue;
      const transition = context.transitions[index]!;
      const expected = whyNever(transition, context, left);
      if (expected !== undefined) context.report('TRANSITION_IMPOSSIBLE', transition.at, expected);
    }
  }
}

function whyNever(
  { cond, events }: Pick<Transition, 'cond' | 'events'>,
  context: BuildContext,
  left: DraftState | undefined,
): string | undefined {
  if (cond && isLiteralFalse(cond.source)) {
    return `Expected a condition that can hold, got '${cond.source.trim()}': the transition is never selected.`;
  }
  if (!events || !left) return undefined;
  const { line } = context.transitions[left.transitions.find((index) => isFree(context, index))!]!.at;
  return `Expected '${left.id}' to wait for an event, got an eventless transition without a condition (line ${line}), which leaves it first.`;
}

function leavesAtOnce(context: BuildContext, state: DraftState): boolean {
  return state.kind !== 'history' && state.transitions.some((index) => isFree(context, index));
}

/** Eventless and without a condition. One without a target would go on for ever; that is another problem. */
function isFree(context: BuildContext, index: number): boolean {
  const { events, cond } = context.transitions[index]!;
  return !events && !cond;
}

function leftBefore(
  { states }: BuildContext,
  state: DraftState,
  leaving: readonly boolean[],
): DraftState | undefined {
  for (let at = state.index; at !== -1; at = states[at]!.parent) if (leaving[at]) return states[at];
  return undefined;
}

function isLiteralFalse(source: string): boolean {
  const parsed = parseCode({ kind: 'condition', source });
  if (parsed.kind === 'fault') return false;
  let { node } = parsed;
  while (node.type === 'ParenthesizedExpression') node = node.expression;
  return node.type === 'Literal' && (node.value === false || node.value === null || node.value === 0);
}
