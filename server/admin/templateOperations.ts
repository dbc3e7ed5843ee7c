import { z } from 'zod';
import { type ApiDescription, bytesOf, INSTANT, NOTHING, replyOf } from '../openapi/index.ts';

const ROOT = '/genesys/1/admin';
const TEMPLATE_NAME = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
  .describe('Name of a template.');
const TEMPLATE = z.object({
  name: z.string(),
  origin: z.enum(['installed', 'uploaded']),
  version: z.string().describe('Hash of the content.').optional(),
  uploadedAt: INSTANT.optional(),
  files: z.array(z.string()),
});
/** The version of NEW_DOCUMENT. */
const VERSION = '7f8e82ae73ddf433';
const NEW_DOCUMENT =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><final id="done"/></scxml>';

/** Service templates: an administrator lists, uploads and removes them, and goes back to earlier versions. */
export const TEMPLATE_OPERATIONS: ApiDescription['operations'] = {
  [`GET ${ROOT}/templates`]: {
    summary: 'lists the templates',
    repeated: 'reads',
    replies: { 200: replyOf('The templates.', z.array(TEMPLATE)) },
    examples: { all: { reply: { status: 200 } } },
  },
  [`GET ${ROOT}/templates/:name`]: {
    summary: 'shows a template',
    repeated: 'reads',
    path: { name: TEMPLATE_NAME },
    replies: { 200: replyOf('The template.', TEMPLATE) },
    errors: ['TEMPLATE_NOT_FOUND'],
    examples: {
      hello: {
        path: { name: 'hello' },
        reply: { status: 200, body: { name: 'hello', origin: 'installed', files: ['hello.scxml'] } },
      },
    },
  },
  [`GET ${ROOT}/templates/:name/versions`]: {
    summary: 'lists the versions of a template, newest first',
    repeated: 'reads',
    path: { name: TEMPLATE_NAME },
    replies: {
      200: replyOf(
        'The versions that were uploaded.',
        z.array(TEMPLATE.extend({ isPresent: z.boolean().describe('New sessions run this version.') })),
      ),
    },
    errors: ['TEMPLATE_NOT_FOUND'],
    examples: { smallest: { path: { name: 'smallest' }, reply: { status: 200 } } },
  },
  [`GET ${ROOT}/templates/:name/archive`]: {
    summary: 'downloads a template',
    repeated: 'reads',
    path: { name: TEMPLATE_NAME },
    query: { version: z.string().describe('Absent: the present version.').optional() },
    replies: { 200: bytesOf('A zip archive.', 'application/zip') },
    errors: ['TEMPLATE_NOT_FOUND'],
    examples: { hello: { path: { name: 'hello' }, reply: { status: 200 } } },
  },
  [`POST ${ROOT}/templates/:name/rollback`]: {
    summary: 'uses an earlier version of a template again',
    repeated: 'nature',
    path: { name: TEMPLATE_NAME },
    query: {
      override: z.string().describe('Name of the template, to replace an installed one.').optional(),
    },
    body: {
      types: ['application/json', 'application/x-www-form-urlencoded'],
      schema: z.object({ version: z.string() }),
    },
    replies: { 200: replyOf('The template.', TEMPLATE) },
    errors: ['TEMPLATE_NOT_FOUND', 'CONFLICT'],
    examples: {
      smallest: {
        path: { name: 'smallest' },
        body: { version: VERSION },
        reply: { status: 200 },
      },
    },
  },
  [`PUT ${ROOT}/templates/:name`]: {
    summary: 'uploads a template',
    description: 'A zip archive, or one document, as the body or as the file of a multipart form.',
    repeated: 'nature',
    path: { name: TEMPLATE_NAME },
    query: {
      override: z.string().describe('Name of the template, to replace an installed one.').optional(),
    },
    body: {
      types: ['application/xml', 'application/zip', 'multipart/form-data'],
      schema: z.unknown().meta({ format: 'binary' }),
    },
    replies: { 200: replyOf('The template.', TEMPLATE) },
    errors: ['TEMPLATE_REFUSED', 'CONFLICT'],
    examples: {
      document: {
        path: { name: 'smallest' },
        type: 'application/xml',
        body: NEW_DOCUMENT,
        reply: {
          status: 200,
          body: {
            name: 'smallest',
            origin: 'uploaded',
            version: '9d6c31d3',
            uploadedAt: '2026-01-05T09:00:00.000Z',
            files: ['smallest.scxml'],
          },
        },
      },
    },
  },
  [`DELETE ${ROOT}/templates/:name`]: {
    summary: 'removes an uploaded template',
    repeated: 'nature',
    path: { name: TEMPLATE_NAME },
    query: {
      force: z.enum(['true', 'false']).describe("'true': also while sessions run on it.").optional(),
    },
    replies: { 200: NOTHING },
    errors: ['TEMPLATE_NOT_FOUND', 'CONFLICT'],
    examples: { smallest: { path: { name: 'smallest' }, reply: { status: 200, body: {} } } },
  },
};
