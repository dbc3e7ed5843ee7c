import type { PutRecord } from '../../engine/durable/index.ts';
import { type Branded, readId } from '../../engine/ports/index.ts';
import { type Party, PartyType } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';

/** Id of a file in a chat: 16 hexadecimal digits, in upper case. */
export type FileId = Branded<'FileId'>;

/** A file's id in a request. Undefined: no file can have it. */
export const readFileId = (raw: unknown): FileId | undefined =>
  typeof raw === 'string' && /^[0-9A-F]{16}$/i.test(raw) ? readId<FileId>(raw.toUpperCase()) : undefined;

/** The party that uploads, downloads or deletes a file. */
export interface FileParty {
  readonly party: Party;
  /** Absent for the customer. */
  readonly agentId?: AgentId;
}

/** The stored record of a file. It lives as long as its chat. */
export interface ChatFile {
  readonly id: FileId;
  readonly chatId: InteractionId;
  /** For people; never a path. */
  readonly name: string;
  readonly size: number;
  /** Recognised by the server. */
  readonly contentType: string;
  readonly description?: string;
  /** As the sender described it. */
  readonly userData: Readonly<Record<string, string>>;
  readonly by: FileParty;
  /** ms since epoch. */
  readonly at: number;
  /** Times that the customer has downloaded it. */
  readonly downloads: number;
  /** Absent: it was deleted. */
  readonly blob?: string;
  /** The account for which it counts. */
  readonly account?: string;
}

export function isOfCustomer({ by }: ChatFile): boolean {
  return by.party.type === PartyType.CLIENT;
}

/** Whether both are the same party: the customer, or the same agent. */
export function isSameParty(one: FileParty, other: FileParty): boolean {
  if (one.party.type !== other.party.type) return false;
  return one.party.type === PartyType.CLIENT || one.agentId === other.agentId;
}

/** Table, key `chatId id`. */
export const FILES = 'chat.file';

export function fileRecordPut(file: ChatFile): PutRecord {
  return { table: FILES, key: fileKey(file.chatId, file.id), value: file };
}

export function fileKey(chatId: InteractionId, id: FileId): string {
  return `${chatId} ${id}`;
}

/** The user of the blob with its content. */
export function fileUser({ chatId, id }: Pick<ChatFile, 'chatId' | 'id'>): string {
  return `chat ${fileKey(chatId, id)}`;
}
