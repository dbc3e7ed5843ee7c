import { z } from 'zod';
import { ANY_JSON, type ApiDescription, type Example, replyOf, textReply } from '../openapi/index.ts';

const MESSAGE = z.looseObject({
  channel: z.string().describe('/meta/handshake, /meta/connect, /meta/subscribe, ..., or /_genesys.'),
  id: z.string().optional(),
  clientId: z.string().optional(),
  version: z.string().optional(),
  minimumVersion: z.string().optional(),
  supportedConnectionTypes: z.array(z.string()).optional(),
  connectionType: z.string().optional(),
  subscription: ANY_JSON,
  advice: z.looseObject({}).optional(),
  data: ANY_JSON,
  ext: ANY_JSON,
});
const REPLY = z.looseObject({
  channel: z.string(),
  id: z.string().optional(),
  successful: z.boolean().optional(),
  error: z.string().describe('code:args:text').optional(),
  data: ANY_JSON,
});

const USER = { gms_user: 'b16416334828b1d26ef14f329628b55b5a8c631d8928a371a5584722dd7fb673' };
const CLIENT = '3vym301sjdtc218qabm5w0z8yb';
const EXAMPLES: Readonly<Record<string, Example>> = {
  handshake: {
    headers: USER,
    body: [
      {
        version: '1.0',
        minimumVersion: '0.9',
        channel: '/meta/handshake',
        supportedConnectionTypes: ['long-polling', 'callback-polling'],
        advice: { timeout: 60000, interval: 0 },
        id: '1',
      },
    ],
    reply: { status: 200 },
  },
  subscribe: {
    headers: USER,
    body: [{ channel: '/meta/subscribe', subscription: '/_genesys', id: '2', clientId: CLIENT }],
    reply: {
      status: 200,
      body: [{ id: '2', subscription: '/_genesys', successful: true, channel: '/meta/subscribe' }],
    },
  },
  connect: {
    headers: USER,
    body: [
      {
        channel: '/meta/connect',
        connectionType: 'long-polling',
        advice: { timeout: 0 },
        id: '3',
        clientId: CLIENT,
      },
    ],
    reply: {
      status: 200,
      body: [
        {
          id: '3',
          successful: true,
          advice: { interval: 0, reconnect: 'retry', timeout: 60000 },
          channel: '/meta/connect',
        },
      ],
    },
  },
  disconnect: {
    headers: USER,
    body: [{ channel: '/meta/disconnect', id: '10', clientId: CLIENT }],
    reply: { status: 200, body: [{ id: '10', successful: true, channel: '/meta/disconnect' }] },
  },
};

/** The push channel of clients. */
export const BAYEUX_DESCRIPTION: ApiDescription = {
  tag: 'Bayeux',
  description: 'CometD: the channel /_genesys has the notifications of a customer.',
  operations: {
    'POST /genesys/cometd{/*path}': {
      summary: 'Bayeux messages by long polling',
      description:
        'Further parts of the path, such as /handshake, are ignored. Errors are in the messages of the reply. ' +
        'A connect is answered when there are notifications, or after its timeout.',
      repeated: 'nature',
      headers: {
        gms_user: z.string().max(256).describe('The customer; at the handshake it is mandatory.').optional(),
      },
      body: { types: ['application/json'], schema: z.union([MESSAGE, z.array(MESSAGE)]) },
      replies: {
        200: replyOf('A reply to each message, and notifications.', z.array(REPLY)),
        400: replyOf('The body cannot be read: one message with an error.', z.array(REPLY)),
        413: replyOf('The body is too large: one message with an error.', z.array(REPLY)),
      },
      examples: EXAMPLES,
    },
    'GET /genesys/cometd{/*path}': {
      summary: 'a WebSocket of Bayeux messages, or callback-polling',
      description:
        'With `Upgrade: websocket` it opens a WebSocket: each text frame is an array of messages. Otherwise the reply ' +
        'is a script that calls a function with the replies.',
      repeated: 'nature',
      query: {
        message: z.string().describe('callback-polling: the messages as JSON.').optional(),
        jsonp: z
          .string()
          .describe('callback-polling: the function; jsonpcallback is the default.')
          .optional(),
      },
      replies: {
        101: { description: 'The WebSocket is open.' },
        200: textReply('The call of the function.', 'text/javascript'),
      },
      errors: ['METHOD_NOT_ALLOWED'],
      examples: {
        handshake: {
          query: {
            message:
              '[{"version":"1.0","channel":"/meta/handshake","supportedConnectionTypes":["callback-polling"],"id":"1"}]',
            jsonp: 'answer',
          },
          reply: { status: 200 },
        },
      },
    },
  },
};
