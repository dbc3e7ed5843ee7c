import { codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  SKILL_EXPRESSION_INVALID: (detail: string) => `Skill expression: ${detail}`,
  TARGET_INVALID: (detail: string) => `Target: ${detail}`,
};

type TargetErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<TargetErrorCode, true> {}
}

/** A target, or a part of it, that is not as its grammar says. */
export class TargetError extends codedError('TargetError', MESSAGES) {}
