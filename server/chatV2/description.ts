import { z } from 'zod';
import { ANY_FIELDS, type ApiDescription, type Operation, type Reply, replyOf } from '../openapi/index.ts';

const TEXT = z.string().max(1_024);
const ANY_TEXT = z.string();
const USER_DATA = z
  .union([z.record(z.string(), z.unknown()), z.string()])
  .describe('Names and texts, an object or its JSON; or fields userData[name].')
  .optional();
const ATTRIBUTES = z
  .union([z.looseObject({}), z.string()])
  .describe('An object, or its JSON, for the readers of the transcript.')
  .optional();

/** The keys of a chat. Older clients send the other ids too. */
const KEYS = {
  secureKey: TEXT.min(1).describe('Identifies the chat; take it from the last reply.'),
  userId: TEXT.describe('Checked if it is there, and not the word deprecated.').optional(),
  alias: TEXT.optional(),
};
const POSITION = {
  transcriptPosition: z
    .union([z.number().int().min(-1).max(99_999_999), z.string().regex(/^(?:-1|\d{0,9})$/)])
    .describe('The reply has the entries from this index; 0: none, -1: the newest.')
    .optional(),
};

const ENTRY = z.object({
  from: z.object({ nickname: z.string(), participantId: z.number().int(), type: z.string() }),
  index: z.number().int(),
  text: z.string().optional(),
  messageType: z.string().optional(),
  type: z.string(),
  utcTime: z.number().int(),
  userData: z.record(z.string(), z.string()).optional(),
  eventAttributes: ANY_FIELDS.optional(),
});
const CHAT = z.object({
  messages: z.array(ENTRY),
  chatEnded: z.boolean(),
  statusCode: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .describe('0: done. 1: repeat the request. 2: repeating will not help.'),
  alias: z.string(),
  secureKey: z.string().optional(),
  userId: z.string().optional(),
  chatId: z.string(),
  nextPosition: z.number().int().optional(),
  monitored: z.boolean().optional(),
  idleTimerExpire: z
    .number()
    .describe('Seconds until the next alert or the end, after an alert of inactivity.')
    .optional(),
  errors: z
    .array(z.object({ code: z.number().int(), advice: z.string() }))
    .describe('Why it was not done.')
    .optional(),
});
const REPLIES: Readonly<Record<number, Reply>> = {
  200: replyOf('The chat. statusCode says whether the request was done.', CHAT),
  400: replyOf('A parameter is missing or wrong. Repeating will not help.', CHAT),
  401: replyOf('The chat service needs other credentials.', CHAT),
  404: replyOf('There is no such chat service.', CHAT),
};

const SERVICE = z.string().describe('Name of a service of the type chat in the configuration.');
const PATH = { service: SERVICE, chatId: z.string().describe('Id of the chat.') };
const KEY = '4ee15d7e1c343c8e';
const CHAT_ID = '00048aAPEQJ8000U';
const AT = { service: 'customer-support', chatId: CHAT_ID };
const DONE = {
  messages: [],
  chatEnded: false,
  statusCode: 0,
  alias: '0',
  secureKey: KEY,
  userId: '007555677B20000A',
  chatId: CHAT_ID,
  nextPosition: 3,
};
/** After the end a reply names neither key nor user. */
const { secureKey: _, userId: __, ...UNNAMED } = DONE;
const ENDED = { ...UNNAMED, chatEnded: true };
const JOINED = {
  from: { nickname: 'Joan Smith', participantId: 1, type: 'Client' },
  index: 1,
  type: 'ParticipantJoined',
  utcTime: 1432845088000,
};

function onChat(
  summary: string,
  fields: Readonly<Record<string, z.ZodType>>,
  example: Readonly<Record<string, string>>,
  of: Partial<Operation> = {},
): Operation {
  return {
    summary: `Chat V2: ${summary}`,
    repeated: 'key',
    path: PATH,
    body: { schema: z.looseObject({ ...KEYS, ...fields, ...POSITION }) },
    replies: REPLIES,
    examples: {
      sample: { path: AT, body: { secureKey: KEY, ...example }, reply: { status: 200, body: DONE } },
    },
    ...of,
  };
}

const ROOT = '/genesys/2/chat/:service';
const NOTICE = 'adds a notice to the transcript';

/** gms-api 7.5. */
export const CHAT_V2_DESCRIPTION: ApiDescription = {
  tag: 'Chat V2',
  description:
    'Chat API Version 2: chats of the chat services of the configuration, and their files. The same operations exist over CometD.',
  operations: {
    [`POST ${ROOT}`]: {
      summary: 'Chat V2: opens a chat of a chat service',
      repeated: 'key',
      path: { service: SERVICE },
      body: {
        schema: z.looseObject({
          nickname: TEXT.describe('Mandatory without firstName and lastName.').optional(),
          firstName: TEXT.optional(),
          lastName: TEXT.optional(),
          emailAddress: TEXT.describe('email is the same.').optional(),
          subject: TEXT.optional(),
          text: ANY_TEXT.describe('The first message.').optional(),
          endpoint: TEXT.describe('Chat endpoint; absent: that of the service.').optional(),
          userData: USER_DATA,
        }),
      },
      replies: REPLIES,
      examples: {
        requestChat: {
          path: { service: 'customer-support' },
          type: 'application/json',
          body: {
            firstName: 'Joan',
            lastName: 'Smith',
            subject: 'Savings Account',
            userData: { key1: 'value1', key2: 'value2' },
          },
          reply: { status: 200, body: { ...DONE, messages: [JOINED], nextPosition: 2 } },
        },
        noName: {
          path: { service: 'customer-support' },
          type: 'application/json',
          body: { subject: 'Savings Account' },
          reply: {
            status: 400,
            body: {
              messages: [],
              chatEnded: false,
              statusCode: 2,
              alias: '0',
              chatId: '',
              errors: [{ code: 161, advice: "Expected a 'nickname', or 'firstName' and 'lastName'." }],
            },
          },
        },
      },
    },
    [`POST ${ROOT}/:chatId/refresh`]: onChat(
      'shows the transcript from a position, and tells the agent of typing',
      { message: ANY_TEXT.describe('The text that the customer types.').optional() },
      {},
      {
        repeated: 'nature',
        examples: {
          sample: {
            path: AT,
            body: { secureKey: KEY, transcriptPosition: '1' },
            reply: { status: 200, body: { ...DONE, messages: [JOINED], nextPosition: 2 } },
          },
        },
      },
    ),
    [`POST ${ROOT}/:chatId/send`]: onChat(
      'adds a message',
      {
        message: ANY_TEXT.min(1),
        messageType: TEXT.describe('A type for the readers, such as text.').optional(),
        eventAttributes: ATTRIBUTES,
      },
      { message: 'Hello, ...', messageType: 'text' },
    ),
    [`POST ${ROOT}/:chatId/startTyping`]: onChat(
      NOTICE,
      { message: ANY_TEXT.describe('The text that the customer types.').optional() },
      { message: 'Hello, ...' },
    ),
    [`POST ${ROOT}/:chatId/stopTyping`]: onChat(NOTICE, { message: ANY_TEXT.optional() }, {}),
    [`POST ${ROOT}/:chatId/customNotice`]: onChat(
      NOTICE,
      { message: ANY_TEXT.optional(), eventAttributes: ATTRIBUTES },
      { message: 'The customer looks at the basket.' },
    ),
    [`POST ${ROOT}/:chatId/pushUrl`]: onChat(
      'adds a URL for the agent',
      { pushUrl: ANY_TEXT.min(1) },
      { pushUrl: 'https://www.genesys.com' },
    ),
    [`POST ${ROOT}/:chatId/updateNickname`]: onChat(
      'gives the customer another name',
      { nickname: ANY_TEXT.min(1) },
      { nickname: 'Joan' },
    ),
    [`POST ${ROOT}/:chatId/updateData`]: onChat(
      'changes user data of the interaction',
      { userData: USER_DATA },
      { 'userData[key1]': 'value3' },
      { repeated: 'nature' },
    ),
    [`POST ${ROOT}/:chatId/readReceipt`]: onChat(
      'tells the agent which entries were read',
      {},
      { transcriptPosition: '1' },
      { repeated: 'nature' },
    ),
    [`POST ${ROOT}/:chatId/disconnect`]: onChat(
      'ends the chat for the customer',
      {},
      {},
      {
        repeated: 'nature',
        examples: {
          sample: {
            path: AT,
            body: { secureKey: KEY },
            reply: { status: 200, body: ENDED },
          },
        },
      },
    ),
  },
};
