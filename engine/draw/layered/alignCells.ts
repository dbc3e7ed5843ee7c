import type { Cell, Layers, Link } from './layers.ts';

/** Room between two neighbours of a layer. */
const BOX_GAP = 22;
const LINE_GAP = 10;

interface Run {
  readonly isUp: boolean;
  readonly isRight: boolean;
}

/**
 * The x of the line of each cell, after Brandes and Köpf (Fast and Simple Horizontal Coordinate Assignment):
 * four layouts, each of which makes long edges straight, and the middle of them.
 */
export function alignedCells({ cells }: Pick<Layers, 'cells'>, layers: Layers['layers']): readonly number[] {
  const position = new Array<number>(cells.length).fill(0);
  for (const layer of layers) for (const [at, cell] of layer.entries()) position[cell] = at;
  const marked = conflicts(cells, layers, position);
  const runs = [true, false].flatMap((isUp) =>
    [true, false].map((isRight) => oneRun({ cells, layers, position, marked }, { isUp, isRight })),
  );
  const widths = runs.map((xs) => ({ min: Math.min(...xs), max: Math.max(...xs) }));
  const narrowest = widths.reduce((best, { min, max }, run) => {
    const { min: a, max: b } = widths[best]!;
    return max - min < b - a ? run : best;
  }, 0);
  const { min, max } = widths[narrowest]!;
  const shifted = runs.map((xs, run) => {
    const by = run % 2 === 0 ? max - widths[run]!.max : min - widths[run]!.min;
    return xs.map((x) => x + by);
  });
  return cells.map((_, cell) => {
    const four = shifted.map((xs) => xs[cell]!).sort((a, b) => a - b);
    return (four[1]! + four[2]!) / 2;
  });
}

export function gapOf(a: Cell, b: Cell): number {
  const isLine = ({ kind }: Cell): boolean => kind === 'pass' || kind === 'border';
  return isLine(a) || isLine(b) ? LINE_GAP : BOX_GAP;
}

/** Pieces of edges that cross a piece of a long edge: the long one is the one that stays straight. */
function conflicts(
  cells: readonly Cell[],
  layers: Layers['layers'],
  position: readonly number[],
): ReadonlySet<Link> {
  const marked = new Set<Link>();
  for (const layer of layers) {
    const links = layer.flatMap((cell) => cells[cell]!.below);
    const isInner = ({ upper, lower }: Link): boolean => isLong(cells[upper]!) && isLong(cells[lower]!);
    const inner = links.filter(isInner);
    if (inner.length === 0) continue;
    for (const link of links) {
      if (isInner(link)) continue;
      const crosses = inner.some(
        ({ upper, lower }) =>
          (position[upper]! - position[link.upper]!) * (position[lower]! - position[link.lower]!) < 0,
      );
      if (crosses) marked.add(link);
    }
  }
  return marked;
}

function isLong({ kind }: Cell): boolean {
  return kind === 'pass' || kind === 'label';
}

interface Ordered {
  readonly cells: readonly Cell[];
  readonly layers: Layers['layers'];
  readonly position: readonly number[];
  readonly marked: ReadonlySet<Link>;
}

function oneRun({ cells, layers, position, marked }: Ordered, { isUp, isRight }: Run): readonly number[] {
  const sign = isRight ? -1 : 1;
  const rows = (isUp ? layers : layers.toReversed()).map((layer) => (isRight ? layer.toReversed() : layer));
  const root = cells.map((_, cell) => cell);
  const next = cells.map((_, cell) => cell);
  for (const row of rows) {
    let last = -1;
    for (const cell of row) {
      const links = [...(isUp ? cells[cell]!.above : cells[cell]!.below)]
        .map((link) => ({ link, other: isUp ? link.upper : link.lower }))
        .sort((a, b) => sign * (position[a.other]! - position[b.other]!));
      if (links.length === 0) continue;
      const middle = (links.length - 1) / 2;
      for (const at of new Set([Math.floor(middle), Math.ceil(middle)])) {
        const { link, other } = links[at]!;
        const place = sign * position[other]! + (isRight ? cells.length : 0);
        if (next[cell] !== cell || marked.has(link) || place <= last) continue;
        next[other] = cell;
        root[cell] = root[other]!;
        next[cell] = root[cell]!;
        last = place;
      }
    }
  }
  const xs = compacted({ cells, rows, root, isRight });
  return cells.map((_, cell) => sign * xs[root[cell]!]!);
}

/** The least x of each block, from left to right, and then as near as possible to its right neighbours. */
function compacted({
  cells,
  rows,
  root,
  isRight,
}: {
  readonly cells: readonly Cell[];
  readonly rows: readonly (readonly number[])[];
  readonly root: readonly number[];
  readonly isRight: boolean;
}): readonly number[] {
  const before = new Map<number, Map<number, number>>();
  const after = new Map<number, Map<number, number>>();
  const note = (to: Map<number, Map<number, number>>, from: number, other: number, room: number): void => {
    const known = to.get(from) ?? new Map<number, number>();
    to.set(from, known);
    known.set(other, Math.max(known.get(other) ?? 0, room));
  };
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      if (at === 0) continue;
      const [a, b] = [cells[row[at - 1]!]!, cells[cell]!];
      const room = gapOf(a, b) + (isRight ? a.left + b.right : a.right + b.left);
      note(before, root[cell]!, root[row[at - 1]!]!, room);
      note(after, root[row[at - 1]!]!, root[cell]!, room);
    }
  }
  const roots = [...new Set(root)];
  const xs = new Array<number>(cells.length).fill(0);
  const sortedRoots = topological(roots, before);
  for (const block of sortedRoots) {
    for (const [other, room] of before.get(block) ?? []) xs[block] = Math.max(xs[block]!, xs[other]! + room);
  }
  for (const block of sortedRoots.toReversed()) {
    let most = Number.POSITIVE_INFINITY;
    for (const [other, room] of after.get(block) ?? []) most = Math.min(most, xs[other]! - room);
    if (most !== Number.POSITIVE_INFINITY) xs[block] = Math.max(xs[block]!, most);
  }
  return xs;
}

function topological(
  roots: readonly number[],
  before: ReadonlyMap<number, ReadonlyMap<number, number>>,
): readonly number[] {
  const done = new Set<number>();
  const found: number[] = [];
  for (const root of roots) {
    const stack = [root];
    while (stack.length > 0) {
      const block = stack.at(-1)!;
      const open = [...(before.get(block)?.keys() ?? [])].filter((other) => !done.has(other));
      if (done.has(block) || open.length === 0) {
        stack.pop();
        if (!done.has(block)) found.push(block);
        done.add(block);
      } else {
        stack.push(...open);
      }
    }
  }
  return found;
}
