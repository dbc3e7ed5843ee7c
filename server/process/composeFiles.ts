import { KeptBlobs } from '../../engine/durable/index.ts';
import { MemoryBlobs } from '../../engine/durable/memory/index.ts';
import { ArrivingFiles, ChatFiles, Uploads } from '../../strategies/files/index.ts';
import type { ContactParts } from './composeContacts.ts';
import type { SessionParts } from './composeSessions.ts';
import { clientFileOptions } from './config/chatFiles.ts';
import type { PartsDeps } from './partsDeps.ts';

/** Files, and the blobs that have their contents. */
export interface FileParts {
  readonly keptBlobs: KeptBlobs;
  readonly chatFiles: ChatFiles;
  readonly uploads: Uploads;
  readonly arrivingFiles: ArrivingFiles;
}

export function composeFiles(
  deps: PartsDeps &
    Pick<SessionParts, 'durable'> &
    Pick<ContactParts, 'chats' | 'interactions' | 'notices' | 'openMedia'>,
): FileParts {
  const { config, durable, clock, ids, log, chats, interactions, notices } = deps;
  const base = { durable, clock, ids, log };
  const keptBlobs = new KeptBlobs({ ...base, blobs: deps.blobs ?? new MemoryBlobs(clock) });
  const limits = config.limits.files;
  const chatFiles = new ChatFiles({
    ...base,
    blobs: keptBlobs,
    chats: {
      get: (chatId) => chats.get(chatId),
      keepsOther: (id) => deps.openMedia.get(id) !== undefined,
      fileEntryBatch: (chatId, entry) => notices.fileEntryBatch(chatId, entry),
      tellAgentBatch: (chatId, event) => interactions.tellAgentBatch(chatId, event),
    },
    limits,
    client: () => clientFileOptions(deps.current.whole.chat.files),
  });
  const watchBatch: ChatFiles['watchBatch'] = (id) => chatFiles.watchBatch(id);
  const arrivingFiles = new ArrivingFiles({ ...base, blobs: keptBlobs, limits, watchBatch });
  return { keptBlobs, chatFiles, arrivingFiles, uploads: new Uploads({ blobs: keptBlobs, limits }) };
}
