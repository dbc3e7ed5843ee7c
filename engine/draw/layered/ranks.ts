import type { LevelEdge, LevelNode } from './level.ts';

/**
 * The rank of each node: all edges lead to higher ranks. Nodes are in document order, and so are their edges:
 * `upper` is the smaller number, but for borders.
 */
export function ranksOf(nodes: readonly LevelNode[], edges: readonly LevelEdge[]): readonly number[] {
  const hasTop = nodes.some(({ border }) => border === 'top');
  const order = nodes.map((_, node) => node).sort((a, b) => orderOf(nodes[a]!, a) - orderOf(nodes[b]!, b));
  const down = groupBy(edges, ({ upper }) => upper);
  const ranks: number[] = nodes.map(({ border }) => (border === 'top' || !hasTop ? 0 : 1));
  for (const node of order) {
    for (const { lower } of down.get(node) ?? []) ranks[lower] = Math.max(ranks[lower]!, ranks[node]! + 1);
  }
  // A node that nothing leads to stands right above the first one that it leads to.
  const led = new Set(edges.map(({ lower }) => lower));
  for (const node of order.toReversed()) {
    const below = down.get(node) ?? [];
    if (led.has(node) || nodes[node]!.border !== undefined || below.length === 0) continue;
    ranks[node] = Math.min(...below.map(({ lower }) => ranks[lower]!)) - 1;
  }
  const last = Math.max(0, ...ranks) + (nodes.every(({ border }) => border !== undefined) ? 1 : 0);
  const hasInner = nodes.some(({ border }, node) => border === undefined && ranks[node] === last);
  return nodes.map(({ border }, node) => (border === 'bottom' ? last + (hasInner ? 1 : 0) : ranks[node]!));
}

function orderOf({ border }: LevelNode, node: number): number {
  if (border === undefined) return node;
  return border === 'top' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => number,
): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
