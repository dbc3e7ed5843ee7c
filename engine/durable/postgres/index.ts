export { CellDirectory } from './cellDirectory.ts';
export type { CellStandby } from './cellStandby.ts';
export { listCells } from './inspectCells.ts';
export { exportCell, importCell } from './moveCell.ts';
export { CELL_NAME, type CellOptions, followCell, LEAST_TTL_MS, MOST_TTL_MS, openCell } from './openCell.ts';
export type { OwnedCell } from './ownedCell.ts';
export { verifyCell } from './verifyCell.ts';
