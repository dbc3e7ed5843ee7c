/**
 * A generated state. Its numbers are resolved when the tree is built, so that it stays legal when it shrinks.
 */
export interface TreeShape {
  readonly kind: 'state' | 'parallel';
  readonly children: readonly TreeShape[];
  readonly final: boolean;
  readonly history: 'shallow' | 'deep' | undefined;
  readonly initial: 'default' | 'attribute' | 'element';
  readonly initialAt: number;
}

/** A state of the document, with an id that counts in document order: s0, s1 ... */
export interface StateRow {
  readonly id: string;
  readonly kind: 'state' | 'parallel' | 'final' | 'history';
  readonly parent: StateRow | undefined;
  readonly children: StateRow[];
  historyType?: 'shallow' | 'deep';
  initial?: 'attribute' | 'element';
  /** Target of <initial>, of the attribute, or the default of a history. */
  initialTarget?: string;
}

const MAX_STATES = 25;

/** The states in document order. `peer`: without final states that a deep history can remember. */
export function layOut(roots: readonly TreeShape[], topFinal: boolean, peer: boolean): readonly StateRow[] {
  const all: StateRow[] = [];
  const make = (kind: StateRow['kind'], parent: StateRow | undefined): StateRow => {
    const row: StateRow = { id: `s${all.length}`, kind, parent, children: [] };
    all.push(row);
    parent?.children.push(row);
    return row;
  };
  const grow = (shape: TreeShape, parent: StateRow | undefined, remembered: boolean): void => {
    const isComposite = shape.children.length > 0 && all.length + shape.children.length < MAX_STATES;
    if (!isComposite) {
      make('state', parent);
      return;
    }
    const row = make(shape.kind, parent);
    const deep = remembered || shape.history === 'deep';
    for (const child of shape.children) grow(child, row, deep);
    if (shape.final && shape.kind === 'state' && !(peer && deep)) make('final', row);
    const below = statesBelow(row).filter(({ kind }) => kind !== 'history');
    if (shape.history !== undefined) {
      const history = make('history', row);
      history.historyType = shape.history;
      const stands = shape.history === 'deep' ? below : below.filter(({ parent: above }) => above === row);
      history.initialTarget = stands[shape.initialAt % stands.length]!.id;
    }
    if (shape.kind === 'state' && shape.initial !== 'default') {
      row.initial = shape.initial;
      row.initialTarget = below[shape.initialAt % below.length]!.id;
    }
  };
  for (const root of roots) grow(root, undefined, false);
  if (topFinal) make('final', undefined);
  return all;
}

/** All descendants, in document order. */
export function statesBelow(state: StateRow): readonly StateRow[] {
  return state.children.flatMap((child) => [child, ...statesBelow(child)]);
}
