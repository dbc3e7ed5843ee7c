export type { KeptChat, Unsaid } from './chat.ts';
export { Customer, type CustomerState, newId, type Phase } from './customer.ts';
export type { Dialog, DialogGroup, DialogItem } from './dialog.ts';
export { type Entry, type SentFile, safeUrl } from './entry.ts';
export type { ChatFiles, FileLimits } from './files.ts';
export type { Journal, JournalEntry } from './journal.ts';
export type { Identity, Settings, Transport } from './settings.ts';
export type { KeptWait, Place } from './waiting.ts';
