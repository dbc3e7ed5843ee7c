import { type Draft, type DraftState, stateName } from '../document/draft.ts';
import type { Transition } from '../document/model.ts';
import { parseCode } from './parseCode.ts';

/**
 * Warns of transitions that can never be selected, apart from the `shadowed` ones, which are reported
 * already. Two cases: the condition is the literal false; or the transition waits for an event, but an
 * eventless transition without a condition leaves its state, or a state around it, first (W3C D,
 * mainEventLoop: eventless transitions come first).
 */
export function warnImpossible(draft: Draft, shadowed: ReadonlySet<number>): void {
  const leaving = firstLeaving(draft);
  for (const state of draft.states) {
    if (state.kind === 'history') continue;
    const left = leaving[state.index];
    for (const index of state.transitions) {
      if (shadowed.has(index)) continue;
      const transition = draft.transitions[index]!;
      const expected = whyNever(transition, draft, left);
      if (expected !== undefined) draft.report('TRANSITION_IMPOSSIBLE', transition.at, expected);
    }
  }
}

function whyNever(
  { cond, events }: Pick<Transition, 'cond' | 'events'>,
  draft: Draft,
  left: Leaving | undefined,
): string | undefined {
  if (cond && isLiteralFalse(cond.source)) {
    return `Expected a condition that can hold, got '${cond.source.trim()}': the transition is never selected.`;
  }
  if (!events || !left) return undefined;
  const { line } = draft.transitions[left.transition]!.at;
  return `Expected ${stateName(left.state)} to wait for an event, got an eventless transition without a condition (line ${line}), which leaves it first.`;
}

/** Other conditions need no parser: a literal, which may be behind parentheses and comments. */
const BEGINS_AS_LITERAL = /^[\s(]*(?:false|null|[\d.]|\/)/;

/** An eventless transition without a condition, and its state. */
interface Leaving {
  readonly state: DraftState;
  readonly transition: number;
}

/** The transition that leaves each state at once: its own, or that of the nearest state around it. */
function firstLeaving(draft: Draft): readonly (Leaving | undefined)[] {
  const leaving: (Leaving | undefined)[] = [];
  for (const state of draft.states) {
    const transition =
      state.kind === 'history' ? undefined : state.transitions.find((index) => isFree(draft, index));
    // A parent comes before its children.
    leaving.push(transition === undefined ? leaving[state.parent] : { state, transition });
  }
  return leaving;
}

/**
 * True for an eventless transition without a condition. Without a target it would loop; that is another
 * problem.
 */
function isFree(draft: Draft, index: number): boolean {
  const { events, cond } = draft.transitions[index]!;
  return !events && !cond;
}

function isLiteralFalse(source: string): boolean {
  if (!BEGINS_AS_LITERAL.test(source)) return false;
  const parsed = parseCode({ kind: 'condition', source });
  if (parsed.kind === 'fault') return false;
  let { node } = parsed;
  while (node.type === 'ParenthesizedExpression') node = node.expression;
  return node.type === 'Literal' && (node.value === false || node.value === null || node.value === 0);
}
