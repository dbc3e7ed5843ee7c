export { ChatNotices, type FileEntry } from './chatNotices.ts';
export { type ChatEvent, checkText, type Said } from './chatPosts.ts';
export { ChatPushes, type ChatPushOptions } from './chatPushes.ts';
export {
  type AwayNotice,
  type ChatRecord,
  clientOf,
  type EndedBy,
  EntryType,
  isMonitored,
  participantsOf,
  type ServiceChat,
  seenByCustomer,
  type TranscriptEntry,
  type TranscriptView,
} from './chatRecord.ts';
export { MAX_ENTRIES_PER_VIEW } from './chatStore.ts';
export { Chats } from './chats.ts';
export { isAsyncMode } from './createChat.ts';
export { ChatError, type ChatErrorCode } from './errors.ts';
export { FORMER_AGENT_DAYS, FormerAgents } from './formerAgents.ts';
export type { InactivityOptions } from './inactivity.ts';
export { isSeen, type Party, PartyType, Visibility } from './party.ts';
export { PUSH_TARGET_TYPES, type PushTarget } from './pushTarget.ts';
