import { didYouMean } from '../../ports/index.ts';
import { type Draft, type DraftState, type DraftTransition, stateName } from './draft.ts';

/** Histories of which each is in the default of the one before. */
const MAX_HISTORIES_IN_ROW = 10;

/**
 * Sets the targets of every transition, numbers of states, from their ids. Pass `reportUnknown` false when an
 * include failed: ids of missing states are then not reported.
 */
export function resolveTargets(draft: Draft, reportUnknown: boolean): void {
  for (const transition of draft.transitions) {
    if (transition.targetIds.length === 0) continue;
    const targets: number[] = [];
    for (const id of transition.targetIds) {
      const target = id.startsWith('#') ? undefined : draft.stateById.get(id);
      if (target !== undefined) targets.push(target);
      else if (reportUnknown) reportUnknownTarget(draft, transition, id);
    }
    transition.targets = targets;
  }
}

/** Checks that each transition has targets that its kind allows, and that can be active together. */
export function checkTargets(draft: Draft): void {
  for (const transition of draft.transitions) {
    if (transition.role === 'initial') checkInitial(draft, transition);
    if (transition.role === 'history') checkHistory(draft, transition);
    if (transition.targets.length > 1) checkTogether(draft, transition);
  }
  checkHistoriesInRow(draft);
}

/** W3C 3.6: descendants of the state. */
function checkInitial(draft: Draft, transition: DraftTransition): void {
  const state = draft.states[transition.source]!;
  for (const target of transition.targets) {
    if (isDescendant(target, state)) continue;
    const got = stateName(draft.states[target]!);
    const message = `Expected the initial target of ${stateName(state)} to be inside it, got ${got}.`;
    draft.report('INITIAL_NOT_DESCENDANT', transition.targetsAt, message);
  }
}

/** W3C 3.10.2: children of the state around a shallow history, descendants for a deep one. */
function checkHistory(draft: Draft, transition: DraftTransition): void {
  const history = draft.states[transition.source]!;
  const parent = draft.states[history.parent]!;
  for (const target of transition.targets) {
    const isDeep = history.history === 'deep';
    const isInside = isDeep ? isDescendant(target, parent) : draft.states[target]!.parent === parent.index;
    if (isInside && target !== history.index) continue;
    const expected = isDeep ? 'a descendant' : 'a child';
    const message = `Expected the default of history ${stateName(history)} to be ${expected} of ${stateName(parent)}, got ${stateName(draft.states[target]!)}.`;
    draft.report('HISTORY_TARGET', transition.targetsAt, message);
  }
}

/** Defaults of histories that lead to histories: each is a call on the stack when a state is entered. */
function checkHistoriesInRow(draft: Draft): void {
  const defaults = draft.transitions.filter(({ role }) => role === 'history');
  const hasDefault = new Set(defaults.map(({ source }) => source));
  /** The histories in the default of each history that are not known to lead to states. */
  const open = new Map<number, Set<number>>();
  const namedBy = new Map<number, number[]>();
  for (const { source, targets } of defaults) {
    const named = targets.filter((target) => target !== source && hasDefault.has(target));
    open.set(source, new Set(named));
    for (const target of named) {
      const others = namedBy.get(target) ?? [];
      others.push(source);
      namedBy.set(target, others);
    }
  }
  let leading = [...open.keys()].filter((history) => open.get(history)!.size === 0);
  for (let length = 1; length < MAX_HISTORIES_IN_ROW; length++) {
    leading = leading.flatMap((history) =>
      (namedBy.get(history) ?? []).filter((other) => {
        const left = open.get(other)!;
        return left.delete(history) && left.size === 0;
      }),
    );
  }
  for (const { source, targetsAt } of defaults) {
    const [other] = open.get(source)!;
    if (other === undefined) continue;
    const [history, got] = [source, other].map((index) => stateName(draft.states[index]!));
    const message = `Expected the default of history ${history} to lead to states over at most ${MAX_HISTORIES_IN_ROW} histories, got ${got}.`;
    draft.report('HISTORY_TARGET', targetsAt, message);
  }
}

/**
 * W3C 3.11: targets belong to one legal configuration when no compound state around them has to have two
 * children active at once.
 */
function checkTogether(draft: Draft, transition: DraftTransition): void {
  const childOf = new Map<number, number>();
  for (const target of transition.targets) {
    const other = findConflict(draft, childOf, target);
    if (other === undefined) continue;
    const [a, b, parent] = [other.child, other.taken, other.parent].map((index) =>
      stateName(draft.states[index]!),
    );
    const message = `Expected targets that can be active together, got ${a} and ${b} of ${parent}.`;
    draft.report('TARGETS_CONFLICT', transition.targetsAt, message);
    return;
  }
}

function findConflict(
  { states }: Draft,
  childOf: Map<number, number>,
  target: number,
): { parent: number; child: number; taken: number } | undefined {
  for (let child = target, parent = states[child]!.parent; parent !== -1; parent = states[child]!.parent) {
    if (states[parent]!.kind !== 'parallel') {
      const taken = childOf.get(parent);
      if (taken === child) return undefined;
      if (taken !== undefined) return { parent, child, taken };
      childOf.set(parent, child);
    }
    child = parent;
  }
  return undefined;
}

function isDescendant(index: number, ancestor: DraftState): boolean {
  return index > ancestor.index && index <= ancestor.lastDescendant;
}

function reportUnknownTarget(draft: Draft, transition: DraftTransition, id: string): void {
  const prefix = draft.states[transition.source]!.prefix;
  const prefixed = prefix === undefined ? undefined : `${prefix}.${id}`;
  const hint =
    prefixed !== undefined && draft.stateById.has(prefixed)
      ? ` Write $$_MY_PREFIX_$$.${id} for '${prefixed}'.`
      : (writtenTarget(draft, id) ?? didYouMean(id, draft.stateById.keys()));
  draft.report('TARGET_UNKNOWN', transition.targetsAt, `Expected the id of a state, got '${id}'.${hint}`);
}

/** How to write ids that have a comma between them, or begin as a URL fragment. */
function writtenTarget({ stateById }: Draft, id: string): string | undefined {
  const ids = id.split(/[,;]/).filter((part) => part !== '');
  if (ids.length > 1 && ids.every((part) => stateById.has(part))) return ` Write '${ids.join(' ')}'.`;
  return id.startsWith('#') && stateById.has(id.slice(1)) ? ` Write '${id.slice(1)}'.` : undefined;
}
