import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';

/** A graph whose layout needs no other one but those of the parts before it. */
export interface Part {
  readonly graph: ElkNode;
  /** The node of an outer part that stands for it, and gets its size. Absent for the whole drawing. */
  readonly leaf?: ElkNode;
}

/**
 * Cuts a graph at the nodes whose inside no edge enters or leaves, such as regions of a parallel state. The
 * layout of many small graphs takes far less time than that of a large one, and a change moves only the
 * inside of its part. The inner parts come first.
 */
export function closedParts(graph: ElkNode): readonly Part[] {
  const parents = new Map<string, string>();
  const note = ({ id, children = [] }: ElkNode): void => {
    for (const child of children) {
      parents.set(child.id, id);
      note(child);
    }
  };
  note(graph);
  const edges = graph.edges ?? [];
  const open = openNodes(edges, parents);
  const parts: Part[] = [];
  const partOf = new Map<string, string>();

  /** The node in its part: itself, or the leaf that stands for it. */
  const take = (node: ElkNode, part: string): ElkNode => {
    partOf.set(node.id, part);
    if (node.children === undefined) return node;
    if (open.has(node.id)) return { ...node, children: node.children.map((child) => take(child, part)) };
    const leaf: ElkNode = { id: node.id };
    cut(node, leaf);
    return leaf;
  };
  const cut = (node: ElkNode, leaf: ElkNode | undefined): void => {
    const children = (node.children ?? []).map((child) => take(child, node.id));
    const layoutOptions = { ...graph.layoutOptions, ...node.layoutOptions };
    const inside: ElkNode = { id: node.id, layoutOptions, children, edges: [] };
    parts.push(leaf === undefined ? { graph: inside } : { graph: inside, leaf });
  };
  cut(graph, undefined);
  const byId = new Map(parts.map((part) => [part.graph.id, part.graph]));
  for (const edge of edges) byId.get(partOf.get(edge.sources[0]!)!)!.edges!.push(edge);
  return parts;
}

/** The nodes whose border an edge crosses. */
function openNodes(
  edges: readonly ElkExtendedEdge[],
  parents: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const open = new Set<string>();
  for (const { sources, targets } of edges) {
    const outside = around(sources[0]!, parents);
    const inside = around(targets[0]!, parents);
    for (const node of outside) if (!inside.includes(node)) open.add(node);
    for (const node of inside) if (!outside.includes(node)) open.add(node);
  }
  return open;
}

/** The nodes around a node. */
function around(id: string, parents: ReadonlyMap<string, string>): readonly string[] {
  const found: string[] = [];
  for (let at = parents.get(id); at !== undefined; at = parents.get(at)) found.push(at);
  return found;
}

/** A drawing with the places of all nodes, the outer ones first, and of all edges. */
export interface Placed {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly ElkNode[];
  readonly edges: readonly ElkExtendedEdge[];
  /** Ids of nodes with something inside. */
  readonly around: ReadonlySet<string>;
}

/** Puts the parts of `closedParts` together. `placed`: they after their layout, in the same order. */
export function joined(placed: readonly ElkNode[]): Placed {
  const whole = placed.at(-1)!;
  const byId = new Map(placed.slice(0, -1).map((part) => [part.id, part]));
  const nodes: ElkNode[] = [];
  const edges: ElkExtendedEdge[] = [];
  const holders = new Set<string>();
  const put = (part: ElkNode, by: Offset): void => {
    for (const edge of part.edges ?? []) edges.push(movedEdge(edge, by));
    for (const child of part.children ?? []) putNode(child, by);
  };
  const putNode = (node: ElkNode, by: Offset): void => {
    const x = (node.x ?? 0) + by.x;
    const y = (node.y ?? 0) + by.y;
    nodes.push({ id: node.id, x, y, width: node.width ?? 0, height: node.height ?? 0 });
    const inside = byId.get(node.id);
    if (inside !== undefined || node.children?.length) holders.add(node.id);
    if (inside !== undefined) put(inside, { x, y });
    for (const child of node.children ?? []) putNode(child, by);
  };
  put(whole, { x: 0, y: 0 });
  return { width: whole.width ?? 0, height: whole.height ?? 0, nodes, edges, around: holders };
}

interface Offset {
  readonly x: number;
  readonly y: number;
}

function movedEdge(edge: ElkExtendedEdge, by: Offset): ElkExtendedEdge {
  const moved = ({ x, y }: Offset): Offset => ({ x: x + by.x, y: y + by.y });
  return {
    ...edge,
    labels: (edge.labels ?? []).map((label) => ({
      ...label,
      ...moved({ x: label.x ?? 0, y: label.y ?? 0 }),
    })),
    sections: (edge.sections ?? []).map((section) => ({
      ...section,
      startPoint: moved(section.startPoint),
      endPoint: moved(section.endPoint),
      bendPoints: (section.bendPoints ?? []).map(moved),
    })),
  };
}
