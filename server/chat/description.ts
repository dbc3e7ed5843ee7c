import { z } from 'zod';
import { type ApiDescription, FORM_TEXT, type Operation, type Reply, replyOf } from '../openapi/index.ts';

const SERVICE = z.string().describe('Id of a service.');
const ID = '9d6c31d3-1121-4ba9-91e1-b93c0fa6e32f';
const ROOT = '/genesys/1/service/:serviceId/ixn/chat';

const TEXT = z.string().max(1_024);
const VERBOSE = {
  _verbose: z.string().describe('true: the reply has all attributes. verbose is the same.').optional(),
};
const POSITION = z
  .union([z.string().regex(/^\d{0,9}$/), z.number().int().min(0)])
  .describe('The reply has the entries from this position; 0 and 1 are the first.')
  .optional();
const MESSAGE = FORM_TEXT.describe('Text of the customer.');

const START_FIELDS = z.looseObject({
  subject: z
    .union([TEXT, z.number(), z.boolean()])
    .describe('Subject of the chat, mandatory; Subject is the same.')
    .optional(),
  firstName: TEXT.describe('FirstName is the same.').optional(),
  lastName: TEXT.describe('LastName is the same.').optional(),
  email: TEXT.describe('EmailAddress is the same.').optional(),
  userDisplayName: TEXT.describe('Name in the transcript.').optional(),
  notify_by: z.enum(['comet', '']).describe('comet: new entries come by CometD.').optional(),
  subscriptionID: TEXT.describe(
    'With comet: the subscription that gets what CometD cannot deliver.',
  ).optional(),
  message: MESSAGE.optional(),
  transcriptPosition: POSITION,
  ...VERBOSE,
});

/** [type of entry, nickname, text, seconds from the start, type of user]. */
const ENTRY = z.array(z.string()).min(5);
const CHAT = z.object({
  chatIxnState: z.enum(['CONNECTED', 'TRANSCRIPT', 'DISCONNECTED']).optional(),
  chatServiceMessage: z.string().optional(),
  chatSessionId: z.string().optional(),
  transcriptPosition: z.string().optional(),
  transcriptToShow: z.array(ENTRY).optional(),
  startedAt: z.string().optional(),
  userId: z.string().optional(),
  secureKey: z.string().optional(),
  checkChatServiceLoadBalancerPath: z.string().optional(),
  chatServerLoadBalancerAlias: z.string().optional(),
  chatServerHost: z.string().optional(),
  chatWebApiPort: z.string().optional(),
  isTLSrequired: z.enum(['true', 'false']).optional(),
  clientTimeZoneOffset: z.string().optional(),
  _chatIxnAPI_SEND_URL: z.string().optional(),
  _chatIxnAPI_REFRESH_URL: z.string().optional(),
  _chatIxnAPI_START_TYPING_URL: z.string().optional(),
  _chatIxnAPI_STOP_TYPING_URL: z.string().optional(),
  _chatIxnAPI_DISCONNECT_URL: z.string().optional(),
  _chatIxnAPI_REFRESH_FROM_START_URL: z.string().optional(),
  _chatIxnAPI_SEND_CUSTOM_URL: z.string().optional(),
  _id: z.string().describe('With comet: id of the service.').optional(),
  comet_channel: z.string().describe('With comet: the channel of the new entries.').optional(),
});

const REPLIES: Readonly<Record<number, Reply>> = {
  200: replyOf('The chat. Which fields it has depends on the request and on notify_by.', CHAT),
  503: { description: 'The service has not announced an agent. The reply has no body.' },
};
const ERRORS = ['SERVICE_NOT_FOUND', 'SERVICE_REQUEST_REFUSED', 'CHAT_NOT_FOUND', 'CHAT_ENDED'] as const;

const NOTICE: Operation = {
  summary: 'adds a notice to the transcript',
  repeated: 'key',
  path: { serviceId: SERVICE },
  body: { schema: z.looseObject({ transcriptPosition: POSITION, ...VERBOSE }) },
  replies: REPLIES,
  errors: [...ERRORS, 'CONFLICT'],
};

const noticeReply = (position: string, entry: readonly string[]) => ({
  status: 200,
  body: {
    chatIxnState: 'TRANSCRIPT',
    transcriptPosition: position,
    chatServiceMessage: 'Chat service is available',
    transcriptToShow: [entry],
    startedAt: '2012-06-10T07:37:42Z',
  },
});

const REFRESHED = {
  chatIxnState: 'TRANSCRIPT',
  chatSessionId: '000BRa84KRFB00BK',
  transcriptPosition: '5',
  chatServiceMessage: 'Chat service is available',
  transcriptToShow: [
    ['Notice.Joined', 'ksippo', 'has joined the session', '35', 'AGENT'],
    ['Notice.TypingStarted', 'ksippo', 'is typing', '42', 'AGENT'],
    ['Message.Text', 'ksippo', 'hello customer', '48', 'AGENT'],
    ['Message.Text', 'VasyaP', 'hello agent', '71', 'CLIENT'],
  ],
  startedAt: '2012-06-09T06:15:35Z',
};

/** gms-api 7. */
export const CHAT_DESCRIPTION: ApiDescription = {
  tag: 'Chats',
  description: 'Chat API: the chat of a service. A service has one chat.',
  operations: {
    [`POST ${ROOT}`]: {
      summary: 'starts the chat of a service; a service has one chat',
      repeated: 'nature, key',
      path: { serviceId: SERVICE },
      body: { schema: START_FIELDS },
      replies: REPLIES,
      errors: [
        'SERVICE_NOT_FOUND',
        'SERVICE_REQUEST_REFUSED',
        'PARAMETER_MISSING',
        'CONFLICT',
        'UNAVAILABLE',
      ],
      examples: {
        start: {
          path: { serviceId: ID },
          body: {
            firstName: 'Buzz',
            lastName: 'Brain',
            subject: 'French',
            email: 'b.b@gmail.com',
          },
          reply: {
            status: 200,
            body: {
              chatIxnState: 'CONNECTED',
              chatSessionId: '000C2a7VVQRB001U',
              transcriptPosition: '1',
              chatServiceMessage: 'Chat service is available',
            },
          },
        },
        verbose: {
          path: { serviceId: ID },
          body: {
            _verbose: 'true',
            firstName: 'Vasya',
            lastName: 'Pupkin',
            email: 'Vasya.Pupkin@genesyslab.com',
            subject: 'test',
          },
          reply: {
            status: 200,
            body: {
              chatIxnState: 'CONNECTED',
              chatSessionId: '000C2a7VVQRB001U',
              transcriptPosition: '1',
              chatServiceMessage: 'Chat service is available',
              userId: '015E4FD3CD890036',
              secureKey: 'b306749dabfa1cf6',
              checkChatServiceLoadBalancerPath:
                '/WebAPI812/SimpleSamples812/ChatHA/ChatLBServerInfo.jsp?chatServerLoadBalancerAlias=350',
              chatServerLoadBalancerAlias: '350',
              chatServerHost: '135.225.51.225',
              chatWebApiPort: '4856',
              isTLSrequired: 'false',
              clientTimeZoneOffset: '-420',
              _chatIxnAPI_SEND_URL: `/genesys/1/service/${ID}/ixn/chat/send`,
              _chatIxnAPI_REFRESH_URL: `/genesys/1/service/${ID}/ixn/chat/refresh`,
              _chatIxnAPI_START_TYPING_URL: `/genesys/1/service/${ID}/ixn/chat/startTyping`,
              _chatIxnAPI_STOP_TYPING_URL: `/genesys/1/service/${ID}/ixn/chat/stopTyping`,
              _chatIxnAPI_DISCONNECT_URL: `/genesys/1/service/${ID}/ixn/chat/disconnect`,
              _chatIxnAPI_REFRESH_FROM_START_URL: `/genesys/1/service/${ID}/ixn/chat/refresh?transcriptPosition=1`,
            },
          },
        },
        noAgentAnnounced: {
          path: { serviceId: ID },
          body: { subject: 'test' },
          reply: { status: 503 },
        },
      },
    },
    [`GET ${ROOT}/refresh`]: {
      summary: 'shows new entries',
      repeated: 'key',
      path: { serviceId: SERVICE },
      query: { transcriptPosition: POSITION, ...VERBOSE },
      replies: REPLIES,
      errors: [...ERRORS, 'METHOD_NOT_ALLOWED'],
      examples: {
        refresh: {
          path: { serviceId: ID },
          query: { transcriptPosition: '1' },
          reply: { status: 200, body: REFRESHED },
        },
      },
    },
    [`POST ${ROOT}/refresh`]: {
      summary: 'shows new entries, and may also add a message',
      repeated: 'key',
      path: { serviceId: SERVICE },
      body: {
        schema: z.looseObject({ message: MESSAGE.optional(), transcriptPosition: POSITION, ...VERBOSE }),
      },
      replies: REPLIES,
      errors: [...ERRORS, 'CONFLICT'],
      examples: {
        message: {
          path: { serviceId: ID },
          body: { message: 'hello agent' },
          reply: { status: 200, body: REFRESHED },
        },
      },
    },
    [`POST ${ROOT}/send`]: {
      summary: 'adds a message',
      repeated: 'key',
      path: { serviceId: SERVICE },
      body: {
        schema: z.looseObject({ message: MESSAGE, transcriptPosition: POSITION, ...VERBOSE }),
      },
      replies: REPLIES,
      errors: [...ERRORS, 'PARAMETER_MISSING', 'CONFLICT'],
      examples: {
        message: {
          path: { serviceId: ID },
          body: { message: 'hello agent' },
          reply: { status: 200, body: REFRESHED },
        },
      },
    },
    [`POST ${ROOT}/customNotice`]: {
      ...NOTICE,
      body: {
        schema: z.looseObject({ message: MESSAGE, transcriptPosition: POSITION, ...VERBOSE }),
      },
      errors: [...ERRORS, 'PARAMETER_MISSING', 'CONFLICT'],
      examples: {
        basket: {
          path: { serviceId: ID },
          body: { message: 'The customer looks at the basket.' },
          reply: { status: 200 },
        },
      },
    },
    [`POST ${ROOT}/startTyping`]: {
      ...NOTICE,
      examples: {
        sample: {
          path: { serviceId: ID },
          body: {},
          reply: noticeReply('8', ['Notice.TypingStarted', 'VasyaP', 'is typing', '57', 'CLIENT']),
        },
      },
    },
    [`POST ${ROOT}/stopTyping`]: {
      ...NOTICE,
      examples: {
        sample: {
          path: { serviceId: ID },
          body: {},
          reply: noticeReply('9', ['Notice.TypingStopped', 'VasyaP', 'stopped typing', '77', 'CLIENT']),
        },
      },
    },
    [`POST ${ROOT}/disconnect`]: {
      summary: 'ends the chat for the customer',
      repeated: 'nature',
      path: { serviceId: SERVICE },
      body: { schema: z.looseObject(VERBOSE) },
      replies: REPLIES,
      errors: ERRORS,
      examples: {
        sample: {
          path: { serviceId: ID },
          body: {},
          reply: {
            status: 200,
            body: {
              chatIxnState: 'DISCONNECTED',
              transcriptPosition: '9',
              chatServiceMessage: 'Chat was finished',
            },
          },
        },
      },
    },
  },
};
