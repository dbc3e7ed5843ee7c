import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  PATTERN_INVALID: asGiven,
  PATTERN_GROUP_UNKNOWN: asGiven,
  PATTERN_TOO_COSTLY: asGiven,
  PATTERN_VALUES_INVALID: asGiven,
};

type PatternErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<PatternErrorCode, true> {}
}

/** A pattern that cannot be used, or a fault of the caller of the Pattern Matcher. */
export class PatternError extends codedError('PatternError', MESSAGES) {}
