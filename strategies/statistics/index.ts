export { readCatalogue } from './catalogue.ts';
export { StatisticError } from './errors.ts';
export type { StatisticRequest } from './findStatistic.ts';
export { History } from './history.ts';
export { HistoryRecorder } from './historyRecorder.ts';
export { type QueueDay, Statistics } from './statistics.ts';
