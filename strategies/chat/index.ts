export { ChatNotices } from './chatNotices.ts';
export {
  type ChatRecord,
  clientOf,
  type EndedBy,
  PartyType,
  type TranscriptEntry,
  type TranscriptView,
} from './chatRecord.ts';
export { type ChatEvent, Chats, checkText, type Said } from './chats.ts';
export { ChatError, type ChatErrorCode } from './errors.ts';
