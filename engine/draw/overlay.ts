import type { Document } from '../interpreter/index.ts';

/** Things that happened to a session, by numbers of states and transitions of its document. */
export interface Overlay {
  readonly active: ReadonlySet<number>;
  /** Absent: it is not known what happened before. */
  readonly visited?: ReadonlySet<number>;
  readonly taken?: ReadonlySet<number>;
}

/** A step in the form of `orsay run --steps`. */
export interface OverlaidStep {
  readonly microsteps: readonly {
    readonly exited: readonly string[];
    readonly transitions: readonly { readonly source: string; readonly line: number }[];
    readonly entered: readonly string[];
  }[];
}

/** Active states by their ids, and those around them. Unknown ids are returned in `unknown`. */
export function overlayOfStates(
  document: Document,
  ids: readonly string[],
): { readonly overlay: Overlay; readonly unknown: readonly string[] } {
  const active = new Set<number>();
  const unknown: string[] = [];
  for (const id of ids) {
    const index = document.stateById.get(id);
    if (index === undefined) unknown.push(id);
    else for (let at = index; at > 0; at = document.states[at]!.parent) active.add(at);
  }
  return { overlay: { active }, unknown };
}

/** All that the steps entered and took. The states that are not left at their end are active. */
export function overlayOfSteps(
  document: Document,
  steps: readonly OverlaidStep[],
): { readonly overlay: Overlay; readonly unknown: readonly string[] } {
  const active = new Set<number>();
  const visited = new Set<number>();
  const taken = new Set<number>();
  const unknown = new Set<string>();
  const find = (id: string): number | undefined => {
    const index = document.stateById.get(id);
    if (index === undefined) unknown.add(id);
    return index;
  };
  for (const { microsteps } of steps) {
    for (const { exited, transitions, entered } of microsteps) {
      for (const id of exited) active.delete(find(id) ?? -1);
      for (const { source, line } of transitions) {
        const from = find(source);
        const found = document.transitions.find(
          ({ source: at, at: { line: on } }) => at === from && on === line,
        );
        if (found === undefined) unknown.add(`${source}:${line}`);
        else taken.add(found.index);
      }
      for (const id of entered) {
        const index = find(id);
        if (index === undefined) continue;
        active.add(index);
        visited.add(index);
      }
    }
  }
  return { overlay: { active, visited, taken }, unknown: [...unknown] };
}
