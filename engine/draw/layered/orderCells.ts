import type { Layers, Link } from './layers.ts';

const SWEEPS = 8;

/**
 * The order of the cells in each layer, with few crossings. It begins with the order of the document, and the
 * same levels always get the same order.
 */
export function orderedLayers(given: Layers): readonly (readonly number[])[] {
  const position = new Array<number>(given.cells.length).fill(0);
  let order = given.layers.map((layer) => [...layer]);
  const note = (layer: readonly number[]): void => {
    for (const [at, cell] of layer.entries()) position[cell] = at;
  };
  for (const layer of order) note(layer);
  let best = order.map((layer) => [...layer]);
  let fewest = crossings(given, order, position);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const numbers = order.map((_, layer) => layer);
    for (const layer of isDown ? numbers.slice(1) : numbers.slice(0, -1).reverse()) {
      order[layer] = sorted(given, order[layer]!, { isDown, position });
      note(order[layer]!);
    }
    const count = crossings(given, order, position);
    if (count < fewest) {
      fewest = count;
      best = order.map((layer) => [...layer]);
    }
    if (sweep === 3 && count > fewest) {
      order = best.map((layer) => [...layer]);
      for (const layer of order) note(layer);
    }
  }
  return best;
}

/** Cells by the middle of their neighbours; a cell without neighbours stays where it is. */
function sorted(
  { cells }: Layers,
  layer: readonly number[],
  { isDown, position }: { readonly isDown: boolean; readonly position: readonly number[] },
): number[] {
  const middles = layer.map((cell, at) => {
    const links = isDown ? cells[cell]!.above : cells[cell]!.below;
    if (links.length === 0) return { cell, at, middle: undefined };
    const sum = links.reduce((total, link) => total + placeOf(cells, link, isDown, position), 0);
    return { cell, at, middle: sum / links.length };
  });
  const moving = middles.filter(({ middle }) => middle !== undefined);
  moving.sort((a, b) => a.middle! - b.middle! || a.at - b.at);
  let next = 0;
  return middles.map(({ cell, middle }) => (middle === undefined ? cell : moving[next++]!.cell));
}

/** The order of the other end, and where it is on its box. */
function placeOf(
  cells: Layers['cells'],
  { upper, lower, upperAt, lowerAt }: Link,
  isDown: boolean,
  position: readonly number[],
): number {
  const other = isDown ? upper : lower;
  const offset = (isDown ? upperAt : lowerAt) ?? 0;
  const { left, right } = cells[other]!;
  return position[other]! + (left + right === 0 ? 0 : offset / (left + right));
}

function crossings(
  { cells }: Layers,
  order: readonly (readonly number[])[],
  position: readonly number[],
): number {
  let count = 0;
  for (const layer of order) {
    const ends = layer.flatMap((cell) =>
      [...cells[cell]!.below]
        .map((link) => ({
          from: placeOf(cells, link, true, position),
          to: placeOf(cells, link, false, position),
        }))
        .sort((a, b) => a.from - b.from || a.to - b.to),
    );
    const sortedTo: number[] = [];
    for (const { to } of ends) {
      let low = 0;
      let high = sortedTo.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sortedTo[middle]! <= to) low = middle + 1;
        else high = middle;
      }
      count += sortedTo.length - low;
      sortedTo.splice(low, 0, to);
    }
  }
  return count;
}
