import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  STATISTIC_INVALID: asGiven,
  STATISTIC_UNAVAILABLE: asGiven,
};

type StatisticErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<StatisticErrorCode, true> {}
}

/** A statistic that is not defined, or cannot be computed now. */
export class StatisticError extends codedError('StatisticError', MESSAGES) {}
