import { z } from 'zod';
import { bytesOf, NOTHING, type Operation, replyOf } from '../openapi/index.ts';

const FILES = '/agent/1/interactions/:id/files';
const PATH = { id: z.string().describe('Id of an interaction.') };
const FILE_PATH = { ...PATH, fileId: z.string().describe('Id of a file.') };
const ACTOR = {
  'X-Agent-Id': z
    .string()
    .describe('The agent who acts; absent: the one who has the interaction.')
    .optional(),
};

const FILE = z.object({
  fileId: z.string(),
  name: z.string(),
  size: z.number().int(),
  contentType: z.string(),
  description: z.string().optional(),
  userData: z.record(z.string(), z.string()),
  by: z.object({ type: z.string(), nickname: z.string() }),
  at: z.number().int().describe('Milliseconds since 1970.'),
});

const CHAT = '000C2a7VVQRB001U';
const ID = '00F057DB0FF10005';

/** The files of the chats of agents. */
export const FILE_OPERATIONS: Readonly<Record<string, Operation>> = {
  [`GET ${FILES}`]: {
    summary: 'lists the files of a chat',
    repeated: 'reads',
    path: PATH,
    replies: { 200: replyOf('The files.', z.object({ files: z.array(FILE) })) },
    errors: ['INTERACTION_NOT_FOUND'],
    examples: {
      one: {
        path: { id: CHAT },
        reply: {
          status: 200,
          body: {
            files: [
              {
                fileId: ID,
                name: 'offer.txt',
                size: 5,
                contentType: 'text/plain',
                description: 'our offer',
                userData: {},
                by: { type: 'AGENT', nickname: 'kate' },
                at: 1497840553000,
              },
            ],
          },
        },
      },
    },
  },
  [`POST ${FILES}`]: {
    summary: 'uploads a file into a chat',
    repeated: 'key',
    path: PATH,
    headers: ACTOR,
    body: {
      types: ['multipart/form-data'],
      schema: z.looseObject({
        agentId: z.string().describe('As the header X-Agent-Id.').optional(),
        description: z.string().optional(),
        file: z.string().describe('The file.').meta({ format: 'binary' }),
      }),
      files: { file: 'text/plain' },
    },
    replies: { 200: replyOf('The file.', z.object({ fileId: z.string() })) },
    errors: [
      'PARAMETER_MISSING',
      'INTERACTION_NOT_FOUND',
      'INTERACTION_STATE',
      'AGENT_NOT_FOUND',
      'QUOTA_EXCEEDED',
    ],
    examples: {
      offer: {
        path: { id: CHAT },
        body: { description: 'our offer', file: 'offer.txt' },
        reply: { status: 200, body: { fileId: ID } },
      },
    },
  },
  [`GET ${FILES}/:fileId`]: {
    summary: 'downloads a file of a chat',
    repeated: 'reads',
    path: FILE_PATH,
    replies: { 200: bytesOf('The content, as a download.', '*/*') },
    errors: ['INTERACTION_NOT_FOUND'],
    examples: { offer: { path: { id: CHAT, fileId: ID }, reply: { status: 200 } } },
  },
  [`DELETE ${FILES}/:fileId`]: {
    summary: 'deletes a file of a chat',
    repeated: 'nature, key',
    path: FILE_PATH,
    headers: ACTOR,
    replies: { 200: NOTHING },
    errors: ['INTERACTION_NOT_FOUND', 'INTERACTION_STATE', 'AGENT_NOT_FOUND'],
    examples: { offer: { path: { id: CHAT, fileId: ID }, reply: { status: 200, body: {} } } },
  },
};
