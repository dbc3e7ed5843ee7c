import { z } from 'zod';
import {
  ANY_FIELDS,
  type ApiDescription,
  bytesOf,
  type Operation,
  type Reply,
  replyOf,
} from '../openapi/index.ts';
import { OPERATION_NAMES } from './wire.ts';

const SECURE_KEY = z.string().describe('The secure key of the chat, which identifies it.');
const FILE_ID = z.string().describe('Id of a file of the chat.');
const FORMS = ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'];

const FIELDS = {
  secureKey: SECURE_KEY.optional(),
  'userData[file-description]': z
    .string()
    .describe('Description of an uploaded file; other userData[name] too.')
    .optional(),
};
const FAULT = z.object({ code: z.number().int(), advice: z.string() });

/** The reply of Chat V2 to a request for files. */
const CHAT = z.object({
  messages: z.array(ANY_FIELDS),
  chatEnded: z.boolean(),
  statusCode: z
    .union([z.literal(0), z.literal(2)])
    .describe('2: the chat cannot do it; repeating will not help.'),
  alias: z.string(),
  secureKey: z.string().optional(),
  userId: z.string().optional(),
  chatId: z.string().optional(),
  userData: z.object({ 'file-id': z.string() }).describe('After an upload.').optional(),
  errors: z.array(FAULT).optional(),
});
const REPLIES: Readonly<Record<number, Reply>> = {
  200: replyOf('The chat.', CHAT),
  400: replyOf('The request for a file is refused.', z.object({ errors: z.array(FAULT) })),
};
const DOWNLOADED: Readonly<Record<number, Reply>> = {
  200: bytesOf('The content of the file.', '*/*'),
  500: {
    description: 'No such file. The page has a reference that the log has too.',
    type: 'text/html',
    schema: z.string(),
  },
};

const KEY = '8b31761b2154884c';
const CHAT_ID = '00048aAPEQJ8ABCC';
const FILE = '00048aAPEQJ8ABCD';
const DONE = {
  messages: [],
  chatEnded: false,
  statusCode: 0,
  alias: '0',
  secureKey: KEY,
  userId: '007553863DC30029',
  chatId: CHAT_ID,
};
const LIMITS = {
  ...DONE,
  messages: [
    {
      from: { nickname: 'JohnS', participantId: 1, type: 'Client' },
      text: 'file-client-cfg-get',
      type: 'Notice',
      utcTime: 1497840553000,
      userData: {
        'download-attempts': '10',
        'upload-max-files': '3',
        'delete-file': 'odd',
        'upload-max-file-size': '2097152',
        'used-download-attempts': '0',
        'used-upload-max-total-size': '0',
        'upload-need-agent': 'true',
        'used-upload-max-files': '0',
        'upload-max-total-size': '5242880',
        'upload-file-types': 'bmp:csv:doc:docx:gif:htm:jpg:pdf:png:ppt:pptx:tif:txt:xls:xlsx',
      },
    },
  ],
};
const UPLOADED = { ...DONE, userData: { 'file-id': '00F057DB0FF10005' } };

const ROOT = '/genesys/2/chat/:service/:chatId/file';
const PATH = {
  service: z.string().describe('Name of the chat service.'),
  chatId: z.string().describe('Id of the chat.'),
};
const AT = { service: 'customer-support', chatId: CHAT_ID };

function rest(summary: string, of: Partial<Operation> = {}): Operation {
  return {
    summary,
    repeated: 'key',
    path: PATH,
    body: { types: FORMS, schema: z.looseObject({ secureKey: FIELDS.secureKey }) },
    replies: REPLIES,
    ...of,
  };
}

/** gms-api 7.6. */
export const FILES_DESCRIPTION: ApiDescription = {
  tag: 'Chat V2',
  description:
    'Chat API Version 2: chats of the chat services of the configuration, and their files. The same operations exist over CometD.',
  operations: {
    'POST /genesys/2/chat-ntf': {
      summary: 'limits, upload, download and deletion of files of a chat, by `operation`',
      repeated: 'key',
      body: {
        types: FORMS,
        schema: z.looseObject({
          operation: z
            .enum(OPERATION_NAMES as [string, ...string[]])
            .describe('Absent: an upload, if there is a file.')
            .optional(),
          ...FIELDS,
          fileId: FILE_ID.optional(),
          file: z.string().describe('The file of an upload.').meta({ format: 'binary' }).optional(),
        }),
        files: { file: 'text/plain' },
      },
      replies: {
        ...REPLIES,
        200: {
          ...REPLIES[200]!,
          description: 'The chat; a download is the content of the file.',
          others: { '*/*': z.unknown() },
        },
        500: DOWNLOADED[500]!,
      },
      examples: {
        fileGetLimits: {
          type: 'application/x-www-form-urlencoded',
          body: { operation: 'fileGetLimits', secureKey: KEY },
          reply: { status: 200, body: LIMITS },
        },
        fileUpload: {
          body: {
            operation: 'fileUpload',
            secureKey: KEY,
            'userData[file-description]': 'March invoice',
            'userData[userKey1]': 'User value 1',
            file: 'afile.txt',
          },
          reply: { status: 200, body: UPLOADED },
        },
        fileDelete: {
          type: 'application/x-www-form-urlencoded',
          body: { operation: 'fileDelete', fileId: FILE, secureKey: KEY },
          reply: { status: 200, body: DONE },
        },
        unknownOperation: {
          type: 'application/x-www-form-urlencoded',
          body: { operation: 'fileRename', secureKey: KEY },
          reply: {
            status: 400,
            body: {
              errors: [
                { code: 249, advice: `Expected 'operation' to be one of ${OPERATION_NAMES.join(', ')}.` },
              ],
            },
          },
        },
      },
    },
    [`POST ${ROOT}`]: rest('uploads a file', {
      body: {
        types: ['multipart/form-data'],
        schema: z.looseObject({ ...FIELDS, file: z.string().meta({ format: 'binary' }).optional() }),
        files: { file: 'text/plain' },
      },
      examples: {
        text: {
          path: AT,
          body: { secureKey: KEY, file: 'afile.txt' },
          reply: { status: 200, body: UPLOADED },
        },
      },
    }),
    [`POST ${ROOT}/limits`]: rest('shows how many files the customer may upload', {
      repeated: 'reads',
      examples: {
        limits: {
          path: AT,
          type: 'application/x-www-form-urlencoded',
          body: { secureKey: KEY },
          reply: { status: 200, body: LIMITS },
        },
      },
    }),
    [`POST ${ROOT}/:fileId/download`]: rest('downloads a file; each download is counted', {
      path: { ...PATH, fileId: FILE_ID },
      replies: DOWNLOADED,
      examples: {
        text: {
          path: { ...AT, fileId: FILE },
          type: 'application/x-www-form-urlencoded',
          body: { secureKey: KEY },
          reply: { status: 200 },
        },
      },
    }),
    [`POST ${ROOT}/:fileId/delete`]: rest('deletes a file of the customer', {
      repeated: 'nature, key',
      path: { ...PATH, fileId: FILE_ID },
      examples: {
        text: {
          path: { ...AT, fileId: FILE },
          type: 'application/x-www-form-urlencoded',
          body: { secureKey: KEY },
          reply: { status: 200, body: DONE },
        },
      },
    }),
  },
};
