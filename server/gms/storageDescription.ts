import { z } from 'zod';
import {
  ANY_FIELDS,
  ANY_JSON,
  type ApiDescription,
  bytesOf,
  NOTHING,
  replyOf,
  textReply,
} from '../openapi/index.ts';

const TTL = z
  .string()
  .describe(
    'Seconds that the data lives, at most limits.storage.ttl. A text that is no number above zero counts as 30.',
  );
const ID = z.string().describe('Id of a storage area.');
const KEY = z.string().describe('Name of a value. It may not begin with an underscore.');
const VALUES = ANY_FIELDS.describe(
  'Keys and values. Multipart bodies may have files. No key begins with an underscore.',
);

const AREA = 'b8e8eb60-3f14-493d-90da-0034aca34b55';

/** gms-api 3. */
export const STORAGE_DESCRIPTION: ApiDescription = {
  tag: 'Storage areas',
  description: 'Storage API: keeps values and files for some time.',
  operations: {
    'POST /genesys/1/storage/:ttl': {
      summary: 'creates a storage area',
      repeated: 'key',
      path: { ttl: TTL },
      body: { schema: VALUES, files: { FileKey: 'image/png' } },
      replies: { 200: replyOf('The area.', z.object({ id: z.string() })) },
      errors: ['STORAGE_KEY_INVALID', 'STORAGE_FULL', 'QUOTA_EXCEEDED'],
      examples: {
        create: {
          summary: 'Stores three texts and a picture for an hour.',
          path: { ttl: '3600' },
          type: 'multipart/form-data',
          body: { Key1: 'Value1', Key2: 'Value2', Key3: 'Value3', FileKey: 'MyPic.png' },
          reply: { status: 200, body: { id: '39a98e24-b03b-4191-b756-1efe8f3b16b8' } },
        },
        sampleOfThePage: {
          summary: 'The request of the HTML sample.',
          path: { ttl: '3600' },
          body: { a: 'Value1', b: 'Value2', c: 'Value3' },
          reply: { status: 200, body: { id: '39a98e24-b03b-4191-b756-1efe8f3b16b8' } },
        },
      },
    },
    'POST /genesys/1/storage/:id/:ttl': {
      summary: 'writes to a storage area',
      repeated: 'key',
      path: { id: ID, ttl: TTL },
      body: { schema: VALUES, files: { FileKey: 'application/pdf' } },
      replies: { 200: NOTHING },
      errors: ['STORAGE_NOT_FOUND', 'STORAGE_KEY_INVALID', 'STORAGE_FULL', 'QUOTA_EXCEEDED'],
      examples: {
        update: {
          path: { id: AREA, ttl: '3600' },
          type: 'multipart/form-data',
          body: { Key1: 'Value6', Key2: 'Value7', Key3: 'Value8', FileKey: '0016_001.pdf' },
          reply: { status: 200, body: {} },
        },
      },
    },
    'DELETE /genesys/1/storage/:id': {
      summary: 'removes a storage area',
      repeated: 'nature, key',
      path: { id: ID },
      replies: { 200: NOTHING },
      errors: ['STORAGE_NOT_FOUND'],
      examples: { delete: { path: { id: AREA }, reply: { status: 200, body: {} } } },
    },
    'GET /genesys/1/storage/:id': {
      summary: 'shows a storage area',
      repeated: 'reads',
      path: { id: ID },
      replies: {
        200: replyOf(
          'The keys and their values. The value of a file is the URL of its content.',
          z.record(z.string(), ANY_JSON),
        ),
      },
      errors: ['STORAGE_NOT_FOUND'],
      examples: {
        allKeys: {
          path: { id: AREA },
          reply: {
            status: 200,
            body: {
              Key2: 'Value7',
              Key1: 'Value6',
              Key3: 'Value8',
              FileKey: `http://127.0.0.1:8080/genesys/1/storage/binary/${AREA}/FileKey`,
            },
          },
        },
      },
    },
    'GET /genesys/1/storage/:id/:key': {
      summary: 'shows a value',
      repeated: 'reads',
      path: { id: ID, key: KEY },
      replies: { 200: textReply('The value itself; a value that is no text as JSON.') },
      errors: ['STORAGE_NOT_FOUND', 'STORAGE_KEY_NOT_FOUND'],
      examples: { oneKey: { path: { id: AREA, key: 'Key1' }, reply: { status: 200, body: 'Value1' } } },
    },
    'GET /genesys/1/storage/binary/:id/:key': {
      summary: 'downloads a file',
      repeated: 'reads',
      path: { id: ID, key: KEY },
      replies: { 200: bytesOf('The content, with the type that it was sent with.', '*/*') },
      errors: ['STORAGE_NOT_FOUND', 'STORAGE_KEY_NOT_FOUND'],
      examples: { oneBinaryKey: { path: { id: AREA, key: 'FileKey' }, reply: { status: 200 } } },
    },
    'GET /genesys/resources/storagetest.html': {
      summary: 'shows a page that uses these routes',
      repeated: 'reads',
      replies: { 200: textReply('The page.', 'text/html') },
      examples: { page: { reply: { status: 200 } } },
    },
  },
};
