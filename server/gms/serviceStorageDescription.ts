import { z } from 'zod';
import { ANY_FIELDS, ANY_JSON, type ApiDescription, bytesOf, NOTHING, replyOf } from '../openapi/index.ts';

const ID = z.string().describe('Id of a service.');
const KEY = z.string().describe('Name of a value.');
const SERVICE = 'efef8eb61-1f24-593d-90da-0034aca34b55';

/** gms-api 1: the user data of a service. */
export const SERVICE_STORAGE_DESCRIPTION: ApiDescription = {
  tag: 'Services and their storage',
  description: 'Service API: creates services, sends them requests, and keeps their user data.',
  operations: {
    'POST /genesys/1/service/:id/storage': {
      summary: 'writes user data',
      repeated: 'key',
      path: { id: ID },
      body: {
        schema: ANY_FIELDS.describe('Keys and values; multipart bodies may have files.'),
        files: { FileKey: 'image/png' },
      },
      replies: { 200: NOTHING },
      errors: ['SERVICE_NOT_FOUND', 'STORAGE_KEY_INVALID', 'STORAGE_FULL', 'QUOTA_EXCEEDED'],
      examples: {
        create: {
          path: { id: SERVICE },
          type: 'multipart/form-data',
          body: { Key1: 'Value1', Key2: 'Value2', Key3: 'Value3', FileKey: 'MyPic.png' },
          reply: { status: 200, body: {} },
        },
      },
    },
    'DELETE /genesys/1/service/:id/storage': {
      summary: 'removes all user data',
      repeated: 'nature, key',
      path: { id: ID },
      replies: { 200: NOTHING },
      errors: ['SERVICE_NOT_FOUND'],
      examples: { deleteAllKeys: { path: { id: SERVICE }, reply: { status: 200, body: {} } } },
    },
    'DELETE /genesys/1/service/:id/storage/:key': {
      summary: 'removes one key',
      repeated: 'nature, key',
      path: { id: ID, key: KEY },
      replies: { 200: NOTHING },
      errors: ['SERVICE_NOT_FOUND', 'STORAGE_KEY_NOT_FOUND'],
      examples: { deleteOneKey: { path: { id: SERVICE, key: 'Key1' }, reply: { status: 200, body: {} } } },
    },
    'GET /genesys/1/service/:id/storage': {
      summary: 'shows all user data',
      repeated: 'reads',
      path: { id: ID },
      replies: {
        200: replyOf(
          'The keys and their values. The value of a file is the URL of its content.',
          z.record(z.string(), ANY_JSON),
        ),
      },
      errors: ['SERVICE_NOT_FOUND'],
      examples: {
        allKeys: {
          path: { id: SERVICE },
          reply: { status: 200, body: { Key2: 'Value7', Key1: 'Value6', Key3: 'Value8' } },
        },
      },
    },
    'GET /genesys/1/service/:id/storage/:key': {
      summary: 'shows one key',
      repeated: 'reads',
      path: { id: ID, key: KEY },
      replies: { 200: replyOf('An object with the key and its value.', z.record(z.string(), ANY_JSON)) },
      errors: ['SERVICE_NOT_FOUND', 'STORAGE_KEY_NOT_FOUND'],
      examples: {
        oneKey: {
          path: { id: SERVICE, key: 'key4' },
          reply: { status: 200, body: { key4: 'value4' } },
        },
        noSuchKey: {
          path: { id: SERVICE, key: 'Key9' },
          reply: {
            status: 404,
            body: {
              message: `The storage area '${SERVICE}' has no key 'Key9'.`,
              exception: 'com.genesyslab.gsg.services.storage.StorageKeyNotFoundException',
              code: 'STORAGE_KEY_NOT_FOUND',
            },
          },
        },
      },
    },
    'GET /genesys/1/service/:id/storage/binary/:key': {
      summary: 'downloads a file',
      repeated: 'reads',
      path: { id: ID, key: KEY },
      replies: { 200: bytesOf('The content, with the type that it was sent with.', '*/*') },
      errors: ['SERVICE_NOT_FOUND', 'STORAGE_KEY_NOT_FOUND'],
      examples: {
        oneBinaryKey: { path: { id: SERVICE, key: 'myBinaryKey' }, reply: { status: 200 } },
      },
    },
  },
};
