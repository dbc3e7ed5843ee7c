import type { LevelEdge, LevelNode, PlacedLevel, Point } from './level.ts';

/** Room between parts that no arrow connects. */
const GAP = 24;
/** Width over height that a level of several parts best has. */
const SHAPE = 1.6;
/** How much the shape counts beside the area. */
const SHAPE_WEIGHT = 0.25;

/** Places the connected parts of a level apart, and puts them into rows, in document order. */
export function packed(
  nodes: readonly LevelNode[],
  edges: readonly LevelEdge[],
  place: (nodes: readonly LevelNode[], edges: readonly LevelEdge[]) => PlacedLevel,
): PlacedLevel {
  // Arrows to the border would cross the rows between.
  if (nodes.some(({ border }) => border !== undefined)) return place(nodes, edges);
  const parts = connected(nodes.length, edges);
  if (parts.length <= 1) return place(nodes, edges);
  const levels = parts.map((part) => {
    const numbers = new Map(part.nodes.map((node, at) => [node, at]));
    const own = part.edges.map((edge) => {
      const { upper, lower } = edges[edge]!;
      return { ...edges[edge]!, upper: numbers.get(upper)!, lower: numbers.get(lower)! };
    });
    return place(
      part.nodes.map((node) => nodes[node]!),
      own,
    );
  });
  const rows = bestRows(levels);
  const found = { nodes: new Array(nodes.length), edges: new Array(edges.length) };
  for (const [at, level] of levels.entries()) {
    const by = rows.places[at]!;
    const moved = (point: Point): Point => ({ x: point.x + by.x, y: point.y + by.y });
    for (const [own, node] of parts[at]!.nodes.entries()) found.nodes[node] = moved(level.nodes[own]!);
    for (const [own, edge] of parts[at]!.edges.entries()) {
      const { points, label } = level.edges[own]!;
      found.edges[edge] = { points: points.map(moved), ...(label !== undefined && { label: moved(label) }) };
    }
  }
  return { width: rows.width, height: rows.height, ...found };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Rows extends Size {
  /** The left upper corner of each part. */
  readonly places: readonly Point[];
}

/** The rows that need a small area and are neither too wide nor too high. */
function bestRows(parts: readonly Size[]): Rows {
  const least = Math.max(...parts.map(({ width }) => width));
  let sum = -GAP;
  const widths = parts.map(({ width }) => {
    sum += width + GAP;
    return Math.max(least, sum);
  });
  const found = [...new Set(widths)].map((width) => rowsOf(parts, width));
  const costs = found.map(({ width, height }) => {
    const shape = width / height / SHAPE;
    return width * height * Math.max(shape, 1 / shape) ** SHAPE_WEIGHT;
  });
  return found[costs.indexOf(Math.min(...costs))]!;
}

function rowsOf(parts: readonly Size[], widest: number): Rows {
  const places: Point[] = [];
  let [x, y, row, width] = [0, 0, 0, 0];
  for (const part of parts) {
    if (x > 0 && x + part.width > widest) {
      y += row + GAP;
      [x, row] = [0, 0];
    }
    places.push({ x, y });
    row = Math.max(row, part.height);
    width = Math.max(width, x + part.width);
    x += part.width + GAP;
  }
  return { width, height: y + row, places };
}

interface Connected {
  readonly nodes: number[];
  readonly edges: number[];
}

function connected(count: number, edges: readonly LevelEdge[]): readonly Connected[] {
  const root = Array.from({ length: count }, (_, node) => node);
  const rootOf = (node: number): number => {
    let at = node;
    while (root[at] !== at) at = root[at] = root[root[at]!]!;
    return at;
  };
  for (const { upper, lower } of edges) {
    const [a, b] = [rootOf(upper), rootOf(lower)];
    root[Math.max(a, b)] = Math.min(a, b);
  }
  const parts = new Map<number, Connected>();
  const partOf = (node: number): Connected => {
    const key = rootOf(node);
    const part = parts.get(key) ?? { nodes: [], edges: [] };
    parts.set(key, part);
    return part;
  };
  for (let node = 0; node < count; node++) partOf(node).nodes.push(node);
  for (const [edge, { upper }] of edges.entries()) partOf(upper).edges.push(edge);
  return [...parts.values()];
}
