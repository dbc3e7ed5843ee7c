export type { CellStandby } from './cellStandby.ts';
export { listCells, verifyCell } from './inspectCells.ts';
export { CELL_NAME, type CellOptions, followCell, openCell } from './openCell.ts';
export type { OwnedCell } from './ownedCell.ts';
