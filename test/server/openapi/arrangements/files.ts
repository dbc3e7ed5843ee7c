import { createFileChatServer, type FileChatServer, NTF } from '../../../support/fileChat.ts';
import type { Replacements } from '../exampleRequest.ts';
import type { Arrangement, Arrangements } from './arrangement.ts';

const KEY = '8b31761b2154884c';
const CHAT_ID = '00048aAPEQJ8ABCC';
const FILE = '00048aAPEQJ8ABCD';
const ROOT = '/genesys/2/chat/:service/:chatId/file';

/** A chat with an agent. */
async function chat(server: FileChatServer): Promise<Replacements> {
  const { id, secureKey } = await server.openChat();
  await server.agentJoins(id);
  return { [KEY]: secureKey, [CHAT_ID]: id };
}

async function file(server: FileChatServer): Promise<Replacements> {
  const found = await chat(server);
  const { json } = await server.upload(found[KEY]!, 'afile.txt', 'hello');
  const { userData } = json as { readonly userData: { readonly 'file-id': string } };
  return { ...found, [FILE]: userData['file-id'] };
}

function on(arrange: (server: FileChatServer) => Promise<Replacements>): Arrangement {
  return {
    open: async () => createFileChatServer(),
    arrange: (server) => arrange(server as FileChatServer),
  };
}

export const FILE_ARRANGEMENTS: Arrangements = {
  [`POST ${NTF} fileGetLimits`]: on(chat),
  [`POST ${NTF} fileUpload`]: on(chat),
  [`POST ${NTF} fileDelete`]: on(file),
  [`POST ${NTF} unknownOperation`]: on(chat),
  [`POST ${ROOT} text`]: on(chat),
  [`POST ${ROOT}/limits limits`]: on(chat),
  [`POST ${ROOT}/:fileId/download text`]: on(file),
  [`POST ${ROOT}/:fileId/delete text`]: on(file),
};
