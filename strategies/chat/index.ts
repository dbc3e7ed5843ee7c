export { ChatNotices } from './chatNotices.ts';
export { type ChatEvent, checkText, type Said } from './chatPosts.ts';
export {
  type ChatRecord,
  clientOf,
  type EndedBy,
  type ServiceChat,
  type TranscriptEntry,
  type TranscriptView,
} from './chatRecord.ts';
export { Chats } from './chats.ts';
export { ChatError, type ChatErrorCode } from './errors.ts';
export { PartyType } from './party.ts';
