import { DrawingRefused } from '../drawingRefused.ts';
import type { LevelEdge, LevelNode } from './level.ts';

/** A node of a layer: a box, a label, or the place where a long edge passes. */
export interface Cell {
  readonly layer: number;
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly kind: 'box' | 'border' | 'label' | 'pass';
  /** Neighbours in the layer above and in the layer below, with offsets from the own line of each end. */
  readonly above: Link[];
  readonly below: Link[];
}

/** A piece of an edge between two layers. */
export interface Link {
  readonly edge: number;
  readonly upper: number;
  readonly lower: number;
  /** Offsets of the ends from the lines of the cells, where they are fixed. */
  readonly upperAt?: number;
  readonly lowerAt?: number;
}

export interface Layers {
  readonly cells: readonly Cell[];
  /** Numbers of cells, in document order. */
  readonly layers: readonly (readonly number[])[];
  /** Cells of each edge, from its upper to its lower node. */
  readonly chains: readonly (readonly number[])[];
  readonly links: readonly Link[];
}

/** Boxes and places where long arrows pass, in one level. */
const MAX_CELLS = 200_000;
/** Width of labels beside each other; more of them get several layers. */
const LABEL_WIDTH = 800;

/** Puts boxes, labels and passes into layers. The first cells are the nodes. Throws DrawingRefused. */
export function layersOf(
  nodes: readonly LevelNode[],
  edges: readonly LevelEdge[],
  ranks: readonly number[],
): Layers {
  const { layerOfRank, layerOfLabel } = labelLayers(edges, ranks);
  const cells: Cell[] = nodes.map(({ left, right, height, border }, node) => {
    const kind = border === undefined ? 'box' : 'border';
    return { layer: layerOfRank[ranks[node]!]!, left, right, height, kind, above: [], below: [] };
  });
  const passes = edges.reduce((sum, { upper, lower }) => sum + cells[lower]!.layer - cells[upper]!.layer, 0);
  if (cells.length + passes > MAX_CELLS) {
    throw new DrawingRefused(
      `Expected arrows that pass fewer states: a level has more than ${MAX_CELLS} places (MAX_CELLS).`,
    );
  }
  const links: Link[] = [];
  const chains = edges.map((edge, number) => {
    const chain = [edge.upper];
    for (let layer = cells[edge.upper]!.layer + 1; layer < cells[edge.lower]!.layer; layer++) {
      const label = layer === layerOfLabel[number] ? edge.label : undefined;
      const size = { left: 1, right: label === undefined ? 1 : label.width + 4, height: label?.height ?? 0 };
      const kind = label === undefined ? 'pass' : 'label';
      cells.push({ layer, ...size, kind, above: [], below: [] });
      chain.push(cells.length - 1);
    }
    chain.push(edge.lower);
    for (const [at, lower] of chain.slice(1).entries()) {
      const upper = chain[at]!;
      const { upperPort, lowerPort } = edge;
      const isLast = at === chain.length - 2;
      const link: Link = {
        edge: number,
        upper,
        lower,
        ...(at === 0 && upperPort !== undefined && { upperAt: upperPort - cells[upper]!.left }),
        ...(isLast && lowerPort !== undefined && { lowerAt: lowerPort - cells[lower]!.left }),
      };
      links.push(link);
      cells[upper]!.below.push(link);
      cells[lower]!.above.push(link);
    }
    return chain;
  });
  const layers: number[][] = Array.from({ length: layerOfRank.at(-1)! + 1 }, () => []);
  for (const [number, { layer }] of cells.entries()) layers[layer]!.push(number);
  return { cells, layers, chains, links };
}

/** A label is in the middle of its edge, between two ranks. */
function labelLayers(
  edges: readonly LevelEdge[],
  ranks: readonly number[],
): { readonly layerOfRank: readonly number[]; readonly layerOfLabel: readonly (number | undefined)[] } {
  const middles = edges.map(({ upper, lower, label }) =>
    label === undefined ? undefined : Math.floor((ranks[upper]! + ranks[lower]! - 1) / 2),
  );
  const widths = ranks.map(() => 0);
  for (const [edge, middle] of middles.entries()) {
    if (middle !== undefined) widths[middle] = (widths[middle] ?? 0) + edges[edge]!.label!.width;
  }
  const last = Math.max(0, ...ranks);
  const counts = Array.from({ length: last + 1 }, (_, rank) =>
    Math.max(1, Math.ceil((widths[rank] ?? 0) / LABEL_WIDTH)),
  );
  const layerOfRank = [0];
  for (const [rank, count] of counts.entries()) layerOfRank.push(layerOfRank[rank]! + count + 1);
  const taken = counts.map(() => 0);
  const layerOfLabel = middles.map((middle) => {
    if (middle === undefined) return undefined;
    const turn = taken[middle]!;
    taken[middle] = turn + 1;
    return layerOfRank[middle]! + 1 + (turn % counts[middle]!);
  });
  return { layerOfRank: layerOfRank.slice(0, last + 1), layerOfLabel };
}
