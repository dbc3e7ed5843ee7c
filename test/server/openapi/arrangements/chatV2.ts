import type { Arrangement, Arrangements } from './arrangement.ts';

const ROOT = '/genesys/2/chat/:service';
const KEY = '4ee15d7e1c343c8e';
const CHAT_ID = '00048aAPEQJ8000U';
const OPERATIONS = [
  'refresh',
  'send',
  'startTyping',
  'stopTyping',
  'customNotice',
  'pushUrl',
  'updateNickname',
  'updateData',
  'readReceipt',
  'disconnect',
];

const service: Arrangement = {
  config: (config) => ({
    ...config,
    services: { ...config.services, 'customer-support': { _type: 'chat' } },
  }),
};

const chat: Arrangement = {
  ...service,
  async arrange(server) {
    const { json } = await server.send('POST', '/genesys/2/chat/customer-support', {
      form: { firstName: 'Joan', lastName: 'Smith' },
    });
    const { secureKey, chatId } = json as { readonly secureKey: string; readonly chatId: string };
    return { [KEY]: secureKey, [CHAT_ID]: chatId };
  },
};

export const CHAT_V2_ARRANGEMENTS: Arrangements = {
  [`POST ${ROOT} requestChat`]: service,
  [`POST ${ROOT} noName`]: service,
  ...Object.fromEntries(OPERATIONS.map((name) => [`POST ${ROOT}/:chatId/${name} sample`, chat])),
};
