import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  OPEN_MEDIA_NOT_FOUND: (id: string) => `No interaction '${id}' of open media, or it ended too long ago.`,
  OPEN_MEDIA_ENDED: (id: string) => `Expected interaction '${id}' to be open; it has ended.`,
  OPEN_MEDIA_LIMITED: asGiven,
  REPLY_REFUSED: asGiven,
  MAIL_TOO_LONG: asGiven,
};

type OpenMediaErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<OpenMediaErrorCode, true> {}
}

/** A fault of the customer or of the agent of an interaction of open media. */
export class OpenMediaError extends codedError('OpenMediaError', MESSAGES) {}
