import { ownId, type SessionId } from './brandedIds.ts';
import type { Ids } from './ids.ts';

/** The cell whose ids have no prefix, so that they are as those of a server without cells. */
export const DEFAULT_CELL = 'main';
/** A name of a cell before an id. No id that the product makes has a `_` otherwise. */
const PREFIX = /^([a-z][a-z0-9-]{0,39})_/;

/** The text before each id that a cell makes; empty for the default cell. */
function prefixOfCell(cell: string): string {
  return cell === DEFAULT_CELL ? '' : `${cell}_`;
}

/** The cell that an id names. Undefined: it names none, so it may be of the default cell. */
export function cellNamedBy(id: string): string | undefined {
  return PREFIX.exec(id)?.[1];
}

/** The prefix of an id, for an id that is derived from it; empty if it has none. */
export function prefixOfId(id: string): string {
  return PREFIX.exec(id)?.[0] ?? '';
}

/** The ids of a cell: those of `ids`, with the prefix of the cell. */
export function idsOfCell(cell: string, ids: Ids): Ids {
  const prefix = prefixOfCell(cell);
  return {
    prefix,
    session: () => ownId<SessionId>(`${prefix}${ids.session()}`),
    uuid: () => ids.uuid(),
    hex: (length) => ids.hex(length),
    seed: () => ids.seed(),
  };
}
