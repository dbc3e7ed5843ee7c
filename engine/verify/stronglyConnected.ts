interface Arc {
  readonly from: number;
  readonly to: number;
}

/**
 * The part of each node: two nodes are in the same part when each can be reached from the other. Tarjan's
 * algorithm, without recursion.
 */
export function stronglyConnected(arcs: readonly Arc[]): ReadonlyMap<number, number> {
  const leaving = new Map<number, number[]>();
  for (const { from, to } of arcs) {
    const list = leaving.get(from);
    if (list) list.push(to);
    else leaving.set(from, [to]);
  }
  const parts = new Map<number, number>();
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  for (const root of leaving.keys()) {
    if (order.has(root)) continue;
    const path: { readonly node: number; next: number }[] = [{ node: root, next: 0 }];
    while (path.length > 0) {
      const top = path.at(-1)!;
      const { node } = top;
      if (top.next === 0) {
        order.set(node, order.size);
        low.set(node, order.get(node)!);
        open.push(node);
      }
      const to = leaving.get(node)?.[top.next++];
      if (to !== undefined) {
        if (!order.has(to)) path.push({ node: to, next: 0 });
        else if (!parts.has(to)) low.set(node, Math.min(low.get(node)!, order.get(to)!));
        continue;
      }
      path.pop();
      const parent = path.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent)!, low.get(node)!));
      if (low.get(node) !== order.get(node)) continue;
      for (let last = open.pop(); last !== undefined; last = last === node ? undefined : open.pop()) {
        parts.set(last, node);
      }
    }
  }
  return parts;
}
