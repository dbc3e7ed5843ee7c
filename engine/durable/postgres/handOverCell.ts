import { type Clock, steadyClock } from '../../ports/index.ts';
import { inspecting, listCells } from './inspectCells.ts';

/** Time until the other node has the cell, in ms: the owner may answer running requests first. */
const WAIT_MS = 60_000;
const LOOK_MS = 100;

/** The outcome of handing a cell to a node. */
export type HandedOver =
  | { readonly kind: 'done'; readonly cell: string; readonly from: string; readonly to: string }
  /** It had the cell already. */
  | { readonly kind: 'had-it' }
  | { readonly kind: 'no-cell'; readonly cells: readonly string[] }
  /** The node does not follow the cell. */
  | { readonly kind: 'no-standby'; readonly standbys: readonly string[] }
  /** The owner did not hand the cell over, or the node did not take it. Nothing waits for it any more. */
  | { readonly kind: 'too-late'; readonly owner: string };

/**
 * Asks the owner of a cell to hand it to a node that follows it, and waits until that node has it. The owner
 * ends as at SIGTERM. Throws CellError as followCell() does.
 */
export async function handOverCell(
  database: string,
  {
    cell,
    node,
    clock = steadyClock,
  }: { readonly cell: string; readonly node: string; readonly clock?: Clock },
): Promise<HandedOver> {
  const cells = await listCells(database, { clock });
  const found = cells.find((one) => one.cell === cell);
  if (found === undefined) return { kind: 'no-cell', cells: cells.map((one) => one.cell) };
  const { owner: from, standbys } = found;
  if (from === node) return { kind: 'had-it' };
  if (!standbys.includes(node)) return { kind: 'no-standby', standbys };
  return inspecting(database, async (connection) => {
    const ask = (next: string): Promise<unknown> =>
      connection.query({
        text: 'UPDATE orsay.cells SET next_owner = $2 WHERE cell = $1 AND owner <> $2',
        values: [cell, next],
      });
    await ask(node);
    const until = clock.now() + WAIT_MS;
    for (;;) {
      await new Promise<void>((resolve) => void clock.at(clock.now() + LOOK_MS, resolve));
      const [row] = await connection.query<{ owner: string }>({
        text: 'SELECT owner FROM orsay.cells WHERE cell = $1',
        values: [cell],
      });
      const owner = row?.owner ?? '';
      if (owner === node) return { kind: 'done', cell, from, to: node };
      if (clock.now() < until) continue;
      await ask('');
      return { kind: 'too-late', owner };
    }
  });
}

/**
 * Hands each cell that a node has to one of its standbys. Throws CellError as followCell() does.
 */
export async function drainNode(
  database: string,
  { node, clock = steadyClock }: { readonly node: string; readonly clock?: Clock },
): Promise<readonly HandedOver[]> {
  const cells = (await listCells(database, { clock })).filter(({ owner }) => owner === node);
  const outcomes: HandedOver[] = [];
  for (const { cell, standbys } of cells) {
    const [next] = standbys.filter((one) => one !== node);
    outcomes.push(
      next === undefined
        ? { kind: 'no-standby', standbys }
        : await handOverCell(database, { cell, node: next, clock }),
    );
  }
  return outcomes;
}
