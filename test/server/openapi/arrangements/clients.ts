import type { HttpClient } from '../../../../engine/ports/httpClient.ts';
import type { TestServer } from '../../../support/testServer.ts';
import type { Replacements } from '../exampleRequest.ts';
import { type Arrangement, type Arrangements, made } from './arrangement.ts';

const SERVICE = '9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f';
const CHAT = '/genesys/1/service/:serviceId/ixn/chat';
const SUBSCRIPTION = '/genesys/1/notification/subscription';
const SUBSCRIPTION_ID = '39a98e24-b03b-4191-b756-1efe8f3b16b8';
const CLIENT = '3vym301sjdtc218qabm5w0z8yb';
const USER = { gms_user: 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673' };

const accepting: HttpClient = async () => ({ status: 200, headers: {}, body: '' });

const service: Arrangement = {
  async arrange(server) {
    return { [SERVICE]: await made(server, '/genesys/1/service/request-chat', { form: {} }) };
  },
};

const chat: Arrangement = {
  async arrange(server) {
    const id = await made(server, '/genesys/1/service/request-chat', { form: {} });
    const form = { subject: 'test', firstName: 'Vasya', lastName: 'Pupkin', message: 'hello' };
    await made(server, `/genesys/1/service/${id}/ixn/chat`, { form }, 'chatSessionId');
    return { [SERVICE]: id };
  },
};

const poll: Arrangement = {
  config: (config) => ({
    ...config,
    services: {
      ...config.services,
      'request-chat-poll': { _type: 'builtin', _service: 'request-chat-poll' },
    },
  }),
  async arrange(server) {
    return { [SERVICE]: await made(server, '/genesys/1/service/request-chat-poll', { form: {} }) };
  },
};

const subscribed: Arrangement = {
  http: accepting,
  async arrange(server: TestServer): Promise<Replacements> {
    const json = {
      subscriberId: 'A1',
      notificationDetails: { deviceId: 'http://127.0.0.1:9/value', type: 'httpcb' },
      filter: 'service.*',
    };
    return { [SUBSCRIPTION_ID]: await made(server, SUBSCRIPTION, { json }, 'id') };
  },
};

const connected: Arrangement = {
  async arrange(server) {
    const { json } = await server.send('POST', '/genesys/cometd/handshake', {
      headers: USER,
      json: [
        {
          version: '1.0',
          channel: '/meta/handshake',
          supportedConnectionTypes: ['long-polling'],
          id: '1',
        },
      ],
    });
    return { [CLIENT]: (json as readonly { readonly clientId: string }[])[0]!.clientId };
  },
};

export const CLIENT_ARRANGEMENTS: Arrangements = {
  [`POST ${CHAT} start`]: service,
  [`POST ${CHAT} verbose`]: service,
  [`POST ${CHAT} noAgentAnnounced`]: poll,
  [`GET ${CHAT}/refresh refresh`]: chat,
  [`POST ${CHAT}/refresh message`]: chat,
  [`POST ${CHAT}/send message`]: chat,
  [`POST ${CHAT}/startTyping sample`]: chat,
  [`POST ${CHAT}/stopTyping sample`]: chat,
  [`POST ${CHAT}/customNotice basket`]: chat,
  [`POST ${CHAT}/disconnect sample`]: chat,
  'POST /genesys/1/notification/publish agentAvailable': subscribed,
  [`DELETE ${SUBSCRIPTION}/subscriber/:subscriberId unknown`]: {},
  [`DELETE ${SUBSCRIPTION}/:id delete`]: subscribed,
  [`DELETE ${SUBSCRIPTION}/subscriber/:subscriberId delete`]: subscribed,
  'POST /genesys/cometd{/*path} subscribe': connected,
  'POST /genesys/cometd{/*path} connect': connected,
  'POST /genesys/cometd{/*path} disconnect': connected,
};
