import type { Document, SourceLocation, StateNode } from '../interpreter/index.ts';

/** A state in the outline of a chart. */
export interface OutlineRow {
  readonly id: string;
  readonly kind: StateNode['kind'];
  /** 0 for the states in <scxml>. */
  readonly depth: number;
  readonly isActive: boolean;
  readonly at: SourceLocation;
}

/** All states in document order. */
export function outlineOf({ states }: Document, configuration: ReadonlySet<string>): readonly OutlineRow[] {
  return states.slice(1).map(({ id, kind, depth, at }) => ({
    id,
    kind,
    depth: depth - 1,
    isActive: configuration.has(id),
    at,
  }));
}
