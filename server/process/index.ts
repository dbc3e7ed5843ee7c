export {
  drainNode,
  type HandedOver,
  handOverCell,
  listCells,
  verifyCell,
} from '../../engine/durable/postgres/index.ts';
export { listCellConfigs, putCellConfig, readCellConfig } from './cellConfigs.ts';
export { checklist } from './checklist.ts';
export { readConfigFile } from './config.ts';
export { backupData, keepBackup, repairData, restoreData, verifyData } from './dataDirectory.ts';
export { exportData, importData, type MovedData } from './moveData.ts';
export { runServer } from './runServer.ts';
export { readSettings } from './settings.ts';
export { startChecks } from './startChecks.ts';
