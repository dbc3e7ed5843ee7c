import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  CHAT_NOT_FOUND: (id: string) => `No chat '${id}', or it has expired.`,
  CHAT_ENDED: (id: string) => `Chat '${id}' has ended.`,
  CHAT_FULL: (id: string) => `Chat '${id}' has reached MAX_ENTRIES_PER_CHAT. It can only be ended.`,
  TEXT_INVALID: asGiven,
  POSITION_INVALID: asGiven,
};

export type ChatErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<ChatErrorCode, true> {}
}

/** A fault of the caller of chats. */
export class ChatError extends codedError('ChatError', MESSAGES) {}
