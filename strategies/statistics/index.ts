export { StatisticError } from './errors.ts';
export { type StatisticRequest, Statistics } from './statistics.ts';
