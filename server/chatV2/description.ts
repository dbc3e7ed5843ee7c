import { z } from 'zod';
import { type ApiDescription, type Operation, type Reply, replyOf } from '../openapi/index.ts';

const ROOT = '/genesys/2/chat/:service';
const PATH = { service: z.string().describe('Name of a chat service.') };
const CHAT_PATH = {
  ...PATH,
  chatId: z.string().describe('Id of the chat; the secureKey alone finds it.'),
};

const TEXT = z.string().max(1_024);
const POSITION = z
  .union([z.string().regex(/^(-1|\d{0,9})$/), z.number().int().min(-1)])
  .describe('The reply has the entries from this index; -1: the newest, 0: none.')
  .optional();
const MESSAGE = z.string().describe('Text of the customer.');
const TYPED = { message: z.string().describe('The text so far.').optional() };
const USER_DATA = {
  userData: z
    .record(z.string(), z.unknown())
    .describe('User data of the interaction. In a form: fields userData[key].')
    .optional(),
};
const ATTRIBUTES = {
  eventAttributes: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .describe('Attributes of the entry, as JSON text in a form.')
    .optional(),
};
const KEYS = {
  secureKey: z.string().describe('The key of the chat, mandatory.').optional(),
  userId: TEXT.describe('Of older clients.').optional(),
  alias: TEXT.describe('Of older clients.').optional(),
};

const ENTRY = z.object({
  from: z.object({ nickname: z.string(), participantId: z.number().int(), type: z.string() }),
  index: z.number().int(),
  type: z.string(),
  utcTime: z.number().int().describe('Milliseconds since 1970.'),
  text: z.string().optional(),
  messageType: z.string().optional(),
  userData: z.record(z.string(), z.string()).optional(),
  eventAttributes: z.record(z.string(), z.unknown()).optional(),
});

const FIELDS = {
  messages: z.array(ENTRY),
  chatEnded: z.boolean(),
  statusCode: z.number().int().describe('0: done. 1: a repetition may help. 2: it does not.'),
  alias: z.string(),
  chatId: z.string(),
};
const CHAT = z.object({
  ...FIELDS,
  secureKey: z.string().describe('Absent when the chat has ended.').optional(),
  userId: z.string().describe('Absent when the chat has ended.').optional(),
  nextPosition: z.number().int().optional(),
  monitored: z.boolean().describe('A supervisor watches.').optional(),
  errors: z.array(z.object({ code: z.number().int(), advice: z.string() })).optional(),
});

const REPLIES: Readonly<Record<number, Reply>> = {
  200: replyOf('The chat, or why the operation failed.', CHAT),
  400: replyOf('A parameter is missing or wrong; errors has its code.', CHAT),
};

function operation(
  summary: string,
  fields: z.core.$ZodLooseShape,
  repeated: Operation['repeated'] = 'key',
): Operation {
  return {
    summary,
    repeated,
    path: CHAT_PATH,
    body: { schema: z.looseObject({ ...KEYS, ...fields, transcriptPosition: POSITION }) },
    replies: REPLIES,
  };
}

/** gms-api 7.5. */
export const CHAT_V2_DESCRIPTION: ApiDescription = {
  tag: 'Chat V2',
  description:
    'Chat API Version 2: chats of the chat services of the configuration. The same operations exist over CometD.',
  operations: {
    [`POST ${ROOT}`]: {
      summary: 'opens a chat',
      repeated: 'key',
      path: PATH,
      body: {
        schema: z.looseObject({
          nickname: TEXT.describe('Or firstName and lastName.').optional(),
          firstName: TEXT.optional(),
          lastName: TEXT.optional(),
          subject: TEXT.optional(),
          emailAddress: TEXT.optional(),
          endpoint: TEXT.describe('Chat endpoint, as tenant:endpoint.').optional(),
          text: z.string().describe('The first message.').optional(),
          ...USER_DATA,
        }),
      },
      replies: {
        ...REPLIES,
        401: replyOf('The chat service needs other credentials (HTTP Basic).', CHAT),
        404: replyOf('There is no such chat service.', CHAT),
      },
      examples: {
        open: {
          path: { service: 'customer-support' },
          body: { firstName: 'Joan', lastName: 'Smith', subject: 'Savings Account' },
          reply: {
            status: 200,
            body: {
              statusCode: 0,
              alias: '117',
              userId: '007555677B20000A',
              secureKey: '4ee15d7e1c343c8e',
              messages: [
                {
                  from: { nickname: 'Joan Smith', participantId: 1, type: 'Client' },
                  index: 1,
                  type: 'ParticipantJoined',
                  utcTime: 1_432_845_088_000,
                },
              ],
              chatEnded: false,
              chatId: '00048aAPEQJ8000U',
              nextPosition: 2,
            },
          },
        },
      },
    },
    [`POST ${ROOT}/:chatId/refresh`]: operation(
      'shows the transcript from a position, and tells the agent of typing',
      TYPED,
      'nature',
    ),
    [`POST ${ROOT}/:chatId/send`]: operation('adds a message', {
      message: MESSAGE,
      messageType: TEXT.optional(),
      ...ATTRIBUTES,
    }),
    [`POST ${ROOT}/:chatId/startTyping`]: operation('adds a notice to the transcript', TYPED),
    [`POST ${ROOT}/:chatId/stopTyping`]: operation('adds a notice to the transcript', TYPED),
    [`POST ${ROOT}/:chatId/customNotice`]: operation('adds a notice to the transcript', {
      message: MESSAGE.optional(),
      ...ATTRIBUTES,
    }),
    [`POST ${ROOT}/:chatId/pushUrl`]: operation('adds a URL for the agent', { pushUrl: z.string() }),
    [`POST ${ROOT}/:chatId/updateNickname`]: operation('gives the customer another name', {
      nickname: TEXT,
    }),
    [`POST ${ROOT}/:chatId/updateData`]: operation(
      'changes user data of the interaction',
      USER_DATA,
      'nature',
    ),
    [`POST ${ROOT}/:chatId/readReceipt`]: operation(
      'tells the agent which entries were read; transcriptPosition is the index of the newest',
      {},
      'nature',
    ),
    [`POST ${ROOT}/:chatId/disconnect`]: operation('ends the chat for the customer', {}, 'nature'),
  },
};
