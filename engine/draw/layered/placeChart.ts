import type { LevelEdge, LevelNode, Point } from './level.ts';
import { packed } from './packParts.ts';
import { placeLevel } from './placeLevel.ts';

/** A box with the boxes inside. Its size is the least one; its texts stand above the inner boxes. */
export interface ChartNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly children: readonly ChartNode[];
}

/** An arrow between two boxes, also of different boxes around them. */
export interface ChartEdge {
  readonly id: string;
  readonly source: string;
  /** Absent: the arrow ends beside its source, and its text names the target. */
  readonly target?: string;
  readonly label?: { readonly width: number; readonly height: number };
}

export interface PlacedBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** It has boxes inside. */
  readonly isOuter: boolean;
}

export interface PlacedArrow {
  readonly id: string;
  /** From the source to the target. */
  readonly points: readonly Point[];
  /** The left upper corner of its text. */
  readonly label?: Point;
}

export interface PlacedChart {
  readonly width: number;
  readonly height: number;
  /** Outer boxes come before those inside. */
  readonly boxes: readonly PlacedBox[];
  readonly arrows: readonly PlacedArrow[];
}

/** Room inside the border of a box with boxes inside. */
const INSET = 14;
/** An arrow from a box to itself: how far it goes out, and the least height for it. */
const LOOP = 16;
const LOOP_HEIGHT = 26;

type Side = 'top' | 'bottom';

/** The part of an arrow inside one box: to a child, or between two. */
interface Part {
  readonly edge: ChartEdge;
  /** Children, or sides of the border of the box. The upper one is drawn above. */
  readonly upper: number | 'top';
  readonly lower: number | 'bottom';
  /** The arrow goes from the lower to the upper end. */
  readonly isUpwards: boolean;
  readonly hasLabel: boolean;
}

/** A box and all inside, with places from its left upper corner. */
interface Inside {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly PlacedBox[];
  readonly ways: readonly (PlacedArrow & { readonly isUpwards: boolean })[];
  /** x of arrows at the border, by the id of the arrow and the side. */
  readonly ports: ReadonlyMap<string, number>;
}

/**
 * Places all boxes of a chart, the inner ones first, each level in layers. An arrow between levels passes the
 * borders of the boxes between them, where its parts meet.
 */
export function placeChart(
  roots: readonly ChartNode[],
  edges: readonly ChartEdge[],
  margin: { readonly top: number; readonly side: number },
): PlacedChart {
  const chart = new Chart(roots, edges);
  const inside = chart.place({ id: '', width: 0, height: 0, children: roots }, margin);
  const ways = new Map<string, Inside['ways'][number][]>();
  for (const way of inside.ways) {
    const known = ways.get(way.id);
    if (known === undefined) ways.set(way.id, [way]);
    else known.push(way);
  }
  return {
    width: inside.width,
    height: inside.height,
    boxes: inside.boxes,
    arrows: edges.map(({ id }) => joined(id, ways.get(id) ?? [])),
  };
}

/** The parts of one arrow, in the order of its way. */
function joined(id: string, ways: Inside['ways']): PlacedArrow {
  const own = ways.map((way) => (way.isUpwards ? reversed(way) : way));
  const [first, ...others] = own;
  if (first === undefined) return { id, points: [] };
  let points = [...first.points];
  let rest = others;
  while (rest.length > 0) {
    const at = rest.findIndex(
      ({ points: part }) => meet(points.at(-1)!, part[0]!) || meet(part.at(-1)!, points[0]!),
    );
    if (at === -1) break;
    const part = rest[at]!.points;
    points = meet(points.at(-1)!, part[0]!) ? [...points, ...part.slice(1)] : [...part, ...points.slice(1)];
    rest = rest.filter((_, number) => number !== at);
  }
  const label = own.find((way) => way.label !== undefined)?.label;
  return {
    id,
    points: points.filter((point, at) => !isBetween(points[at - 1], point, points[at + 1])),
    ...(label && { label }),
  };
}

function reversed<T extends PlacedArrow>(way: T): T {
  return { ...way, points: way.points.toReversed() };
}

function meet(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < 1 && Math.abs(a.y - b.y) < 1;
}

/** True for a point that is on the straight line between its neighbours. */
function isBetween(before: Point | undefined, { x, y }: Point, after: Point | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return (before.x === x && after.x === x) || (before.y === y && after.y === y);
}

class Chart {
  /** The boxes around each box, from outside to itself. */
  readonly #paths = new Map<string, readonly string[]>();
  /** The number of each box among those beside it. */
  readonly #numbers = new Map<string, number>();
  readonly #parts = new Map<string, Part[]>();

  constructor(roots: readonly ChartNode[], edges: readonly ChartEdge[]) {
    const note = (nodes: readonly ChartNode[], around: readonly string[]): void => {
      for (const [number, node] of nodes.entries()) {
        this.#paths.set(node.id, [...around, node.id]);
        this.#numbers.set(node.id, number);
        note(node.children, [...around, node.id]);
      }
    };
    note(roots, ['']);
    for (const edge of edges) this.#divide(edge);
  }

  /** The parts of an arrow in the boxes that it passes. */
  #divide(edge: ChartEdge): void {
    const from = this.#paths.get(edge.source)!;
    const to = this.#paths.get(edge.target ?? edge.source)!;
    let shared = 0;
    while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++;
    // A box that leads to itself, or to one inside or around it.
    const level = shared - 1;
    const [a, b] = [from[shared], to[shared]];
    if (a === undefined && b === undefined) {
      const number = this.#numbers.get(edge.source)!;
      this.#add(from[level - 1]!, { edge, upper: number, lower: 'bottom', isUpwards: false, hasLabel: true });
      return;
    }
    if (a === undefined) {
      this.#inner(to, { from: level, side: 'top', edge, isUpwards: false, hasLabel: true });
      return;
    }
    if (b === undefined) {
      this.#inner(from, { from: level, side: 'bottom', edge, isUpwards: false, hasLabel: true });
      return;
    }
    const [na, nb] = [this.#numbers.get(a)!, this.#numbers.get(b)!];
    const isUpwards = na > nb;
    this.#add(from[level]!, {
      edge,
      upper: Math.min(na, nb),
      lower: Math.max(na, nb),
      isUpwards,
      hasLabel: true,
    });
    const shape = { edge, isUpwards, hasLabel: false };
    this.#inner(from, { ...shape, from: shared, side: isUpwards ? 'top' : 'bottom' });
    this.#inner(to, { ...shape, from: shared, side: isUpwards ? 'bottom' : 'top' });
  }

  /** From the border of the box at `from` of a path to the last box of the path. */
  #inner(
    path: readonly string[],
    {
      from,
      side,
      edge,
      isUpwards,
      hasLabel,
    }: {
      readonly from: number;
      readonly side: Side;
      readonly edge: ChartEdge;
      readonly isUpwards: boolean;
      readonly hasLabel: boolean;
    },
  ): void {
    for (let at = from; at < path.length - 1; at++) {
      const child = this.#numbers.get(path[at + 1]!)!;
      const ends =
        side === 'top'
          ? ({ upper: 'top', lower: child } as const)
          : ({ upper: child, lower: 'bottom' } as const);
      this.#add(path[at]!, { edge, ...ends, isUpwards, hasLabel: hasLabel && at === from });
    }
  }

  #add(box: string, part: Part): void {
    const parts = this.#parts.get(box) ?? [];
    parts.push(part);
    this.#parts.set(box, parts);
  }

  place(node: ChartNode, { top, side }: { readonly top: number; readonly side: number }): Inside {
    const { id, width, height, children } = node;
    const parts = this.#parts.get(id) ?? [];
    const loops = parts.filter(
      ({ upper, lower, edge }) => isLoop(edge) && upper !== 'top' && lower === 'bottom',
    );
    const sides = children.map((_, number) => loopsOf(loops.filter(({ upper }) => upper === number)));
    const placed = children.map((child, number) => {
      const grown = { ...child, height: Math.max(child.height, sides[number]!.height) };
      if (child.children.length === 0) return leafOf(grown);
      return this.place(grown, { top: child.height + 4, side: INSET });
    });
    const ways = parts.filter((part) => !loops.includes(part));
    const hasTop = ways.some(({ upper }) => upper === 'top');
    const nodes: LevelNode[] = placed.map((inside, number) => ({
      left: inside.width / 2,
      right: inside.width / 2 + sides[number]!.width,
      height: inside.height,
    }));
    // Arrows that come in from above pass beside the texts.
    if (hasTop) nodes.push({ left: 0, right: width, height: Math.max(0, top - 8), border: 'top' });
    const edges: LevelEdge[] = [];
    const borders = new Map<number, string>();
    for (const { edge, upper, lower, hasLabel } of ways) {
      const border = (at: Side): number => {
        nodes.push({ left: 1, right: 1, height: 0, border: at });
        borders.set(nodes.length - 1, portKey(edge.id, at));
        return nodes.length - 1;
      };
      const upperNode = upper === 'top' ? border('top') : upper;
      const lowerNode = lower === 'bottom' ? border('bottom') : lower;
      edges.push({
        upper: upperNode,
        lower: lowerNode,
        ...portOf(
          'upperPort',
          upper === 'top' ? undefined : placed[upper]!.ports.get(portKey(edge.id, 'bottom')),
        ),
        ...portOf(
          'lowerPort',
          lower === 'bottom' ? undefined : placed[lower]!.ports.get(portKey(edge.id, 'top')),
        ),
        ...(hasLabel && edge.label !== undefined && { label: edge.label }),
      });
    }
    const level = packed(nodes, edges, placeLevel);
    const above = hasTop ? 0 : top;
    const full = {
      width: Math.max(width, level.width + 2 * side),
      height: Math.max(height, level.height + above + side),
    };
    return this.#whole({ full, level, above, side, placed, sides, ways, loops, borders, children });
  }

  #whole({
    full,
    level,
    above,
    side,
    placed,
    sides,
    ways,
    loops,
    borders,
    children,
  }: {
    readonly full: { readonly width: number; readonly height: number };
    readonly level: ReturnType<typeof packed>;
    readonly above: number;
    readonly side: number;
    readonly placed: readonly Inside[];
    readonly sides: readonly LoopSide[];
    readonly ways: readonly Part[];
    readonly loops: readonly Part[];
    readonly borders: ReadonlyMap<number, string>;
    readonly children: readonly ChartNode[];
  }): Inside {
    const spare = Math.max(0, (full.width - 2 * side - level.width) / 2);
    const by = { x: side + spare, y: above };
    const moved = ({ x, y }: Point, to: Point): Point => ({ x: x + to.x, y: y + to.y });
    const boxes: PlacedBox[] = [];
    const arrows: Inside['ways'][number][] = [];
    for (const [number, inside] of placed.entries()) {
      const at = moved(level.nodes[number]!, by);
      boxes.push({
        id: children[number]!.id,
        ...at,
        width: inside.width,
        height: inside.height,
        isOuter: inside.boxes.length > 0,
      });
      for (const box of inside.boxes) boxes.push({ ...box, ...moved(box, at) });
      for (const way of inside.ways) arrows.push(movedWay(way, at));
      for (const [loop, part] of loops.filter(({ upper }) => upper === number).entries()) {
        arrows.push(loopOf(part.edge, { x: at.x + inside.width, y: at.y + sides[number]!.ys[loop]! }));
      }
    }
    for (const [number, { edge, upper, lower, isUpwards }] of ways.entries()) {
      const { points, label } = level.edges[number]!;
      const own = points.map((point) => moved(point, by));
      // The parts of an arrow meet at the border.
      if (upper === 'top') own[0] = { x: own[0]!.x, y: 0 };
      if (lower === 'bottom') own[own.length - 1] = { x: own.at(-1)!.x, y: full.height };
      arrows.push({
        id: edge.id,
        points: own,
        isUpwards,
        ...(label !== undefined && { label: moved(label, by) }),
      });
    }
    const ports = new Map([...borders].map(([node, key]) => [key, level.nodes[node]!.x + 1 + by.x]));
    return { ...full, boxes, ways: arrows, ports };
  }
}

function portOf<K extends 'upperPort' | 'lowerPort'>(
  name: K,
  x: number | undefined,
): { readonly [P in K]?: number } {
  return (x === undefined ? {} : { [name]: x }) as { readonly [P in K]?: number };
}

function portKey(edge: string, side: Side): string {
  return `${edge} ${side}`;
}

function leafOf({ width, height }: ChartNode): Inside {
  return { width, height, boxes: [], ways: [], ports: new Map() };
}

/** An arrow that stands at the right side of its box. */
function isLoop({ source, target }: ChartEdge): boolean {
  return target === undefined || source === target;
}

/** Arrows of a box to itself, or that end beside it, one below the other at its right side. */
interface LoopSide {
  readonly width: number;
  readonly height: number;
  /** y of each, from the top of the box. */
  readonly ys: readonly number[];
}

function loopsOf(loops: readonly Part[]): LoopSide {
  let height = 0;
  let width = 0;
  const ys: number[] = [];
  for (const { edge } of loops) {
    ys.push(height);
    height += Math.max(LOOP_HEIGHT, (edge.label?.height ?? 0) + 6);
    width = Math.max(width, LOOP + (edge.label === undefined ? 0 : edge.label.width + 4));
  }
  return { width, height, ys };
}

/** A loop at the right side of its box, or a line to the first line of its text. */
function loopOf({ id, target, label }: ChartEdge, { x, y }: Point): Inside['ways'][number] {
  const [out, above, below] = [x + LOOP - 4, y + 6, y + 20];
  const line = y + 12;
  const loop = [
    { x, y: above },
    { x: out, y: above },
    { x: out, y: below },
    { x, y: below },
  ];
  const points =
    target === undefined
      ? [
          { x, y: line },
          { x: x + LOOP, y: line },
        ]
      : loop;
  return { id, points, isUpwards: false, ...(label !== undefined && { label: { x: x + LOOP, y: y + 4 } }) };
}

function movedWay<T extends PlacedArrow>(way: T, { x, y }: Point): T {
  const move = (point: Point): Point => ({ x: point.x + x, y: point.y + y });
  return { ...way, points: way.points.map(move), ...(way.label !== undefined && { label: move(way.label) }) };
}
