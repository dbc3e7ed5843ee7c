import { alignedCells } from './alignCells.ts';
import { type Cell, type Layers, type Link, layersOf } from './layers.ts';
import type { LevelEdge, LevelNode, PlacedLevel, Point } from './level.ts';
import { orderedLayers } from './orderCells.ts';
import { ranksOf } from './ranks.ts';
import { isStraight, type Piece, TRACK, tracksOf } from './tracks.ts';

/** Least room above and below a layer. */
const GAP = 5;
/** Least room below a box, and above it, where the head of an arrow is. */
const BELOW_BOX = 8;
const ABOVE_BOX = 13;
/** Between two arrows at one side of a box, and from its corners. */
const PORT_GAP = 12;
const CORNER = 10;

/** The places of the nodes and edges of one level, in layers from above. */
export function placeLevel(nodes: readonly LevelNode[], edges: readonly LevelEdge[]): PlacedLevel {
  if (nodes.length === 0) return { width: 0, height: 0, nodes: [], edges: [] };
  const layers = layersOf(nodes, edges, ranksOf(nodes, edges));
  const order = orderedLayers(layers);
  const aligned = alignedCells(layers, order);
  const left = Math.min(...layers.cells.map((cell, at) => aligned[at]! - cell.left));
  const xs = aligned.map((x) => x - left);
  const ends = endsOf(layers, xs);
  const { tops, gaps, height } = rowsOf(layers, order, ends);
  return {
    width: Math.max(...layers.cells.map((cell, at) => xs[at]! + cell.right)),
    height,
    nodes: nodes.map((node, at) => ({ x: xs[at]! - node.left, y: tops[layers.cells[at]!.layer]! })),
    edges: edges.map((edge, number) => {
      const chain = layers.chains[number]!;
      return wayOf(edge, { layers, chain, ends, tops, gaps, xs, number });
    }),
  };
}

/** The x of both ends of each piece. */
type Ends = ReadonlyMap<Link, Piece>;

function endsOf({ cells, links }: Layers, xs: readonly number[]): Ends {
  const from = new Map<Link, number>();
  const to = new Map<Link, number>();
  for (const [number, cell] of cells.entries()) {
    spread(cell, xs, { number, links: cell.below, ends: from, isAbove: false });
    spread(cell, xs, { number, links: cell.above, ends: to, isAbove: true });
  }
  return new Map(links.map((link) => [link, { from: from.get(link)!, to: to.get(link)! }]));
}

/** Free ends are as near to the other end as their order and the corners of the box allow. */
function spread(
  cell: Cell,
  xs: readonly number[],
  {
    number,
    links,
    ends,
    isAbove,
  }: {
    readonly number: number;
    readonly links: readonly Link[];
    readonly ends: Map<Link, number>;
    readonly isAbove: boolean;
  },
): void {
  const own = xs[number]!;
  const free: Link[] = [];
  for (const link of links) {
    const fixed = isAbove ? link.lowerAt : link.upperAt;
    if (fixed !== undefined) ends.set(link, own + fixed);
    else if (cell.kind !== 'box') ends.set(link, own);
    else free.push(link);
  }
  if (free.length === 0) return;
  const wanted = (link: Link): number => {
    const other = isAbove ? link.upper : link.lower;
    return xs[other]! + ((isAbove ? link.upperAt : link.lowerAt) ?? 0);
  };
  free.sort((a, b) => wanted(a) - wanted(b) || a.edge - b.edge);
  const inset = Math.min(CORNER, (cell.left + cell.right) / 2);
  const [first, last] = [own - cell.left + inset, own + cell.left - inset];
  const gap = free.length === 1 ? 0 : Math.min(PORT_GAP, (last - first) / (free.length - 1));
  const found = free.map((link) => Math.min(last, Math.max(first, wanted(link))));
  for (let at = 1; at < found.length; at++) found[at] = Math.max(found[at]!, found[at - 1]! + gap);
  found[found.length - 1] = Math.min(found.at(-1)!, last);
  for (let at = found.length - 2; at >= 0; at--) found[at] = Math.min(found[at]!, found[at + 1]! - gap);
  for (const [at, link] of free.entries()) ends.set(link, found[at]!);
}

interface Gap {
  /** Where its first track is. */
  readonly first: number;
  readonly tracks: ReadonlyMap<Link, number>;
}

/** The y of the layers and of the tracks between them. */
function rowsOf(
  { cells }: Layers,
  order: Layers['layers'],
  ends: Ends,
): { readonly tops: readonly number[]; readonly gaps: readonly Gap[]; readonly height: number } {
  const tops: number[] = [];
  const gaps: Gap[] = [];
  let y = 0;
  for (const [at, layer] of order.entries()) {
    tops.push(y);
    y += Math.max(0, ...layer.map((cell) => cells[cell]!.height));
    if (at === order.length - 1) break;
    const links = layer.flatMap((cell) => cells[cell]!.below);
    const tracks = tracksOf(links.map((link) => ends.get(link)!));
    const count = Math.max(0, ...tracks.map((track) => track + 1));
    const before = layer.some((cell) => cells[cell]!.kind === 'box') ? BELOW_BOX : GAP;
    const after = order[at + 1]!.some((cell) => cells[cell]!.kind === 'box') ? ABOVE_BOX : GAP;
    gaps.push({ first: y + before, tracks: new Map(links.map((link, number) => [link, tracks[number]!])) });
    y += before + Math.max(0, count - 1) * TRACK + after;
  }
  return { tops, gaps, height: y };
}

function wayOf(
  edge: LevelEdge,
  {
    layers,
    chain,
    ends,
    tops,
    gaps,
    xs,
    number,
  }: {
    readonly layers: Layers;
    readonly chain: readonly number[];
    readonly ends: Ends;
    readonly tops: readonly number[];
    readonly gaps: readonly Gap[];
    readonly xs: readonly number[];
    readonly number: number;
  },
): PlacedLevel['edges'][number] {
  const { cells } = layers;
  const points: Point[] = [];
  let label: Point | undefined;
  for (const [at, cell] of chain.entries()) {
    const { layer, kind, height, below } = cells[cell]!;
    const top = tops[layer]!;
    if (kind === 'label' && edge.label !== undefined) label = { x: xs[cell]! + 3, y: top };
    if (at === chain.length - 1) break;
    const link = below.find((one) => one.edge === number && one.lower === chain[at + 1])!;
    const { from, to } = ends.get(link)!;
    const gap = gaps[layer]!;
    if (at === 0) points.push({ x: from, y: top + height });
    if (!isStraight({ from, to })) {
      const y = gap.first + gap.tracks.get(link)! * TRACK;
      points.push({ x: from, y }, { x: to, y });
    }
    if (at === chain.length - 2) points.push({ x: to, y: tops[layer + 1]! });
  }
  return { points, ...(label !== undefined && { label }) };
}
