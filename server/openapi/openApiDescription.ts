import { z } from 'zod';
import type { ApiDescription } from './operation.ts';
import { replyOf, textReply } from './schemas.ts';

/** This document, and the page that shows it. */
export const OPEN_API_DESCRIPTION: ApiDescription = {
  tag: 'This document',
  description: 'The description of the server for programs, and a page for people.',
  operations: {
    'GET /openapi.json': {
      summary: 'describes the routes that the caller may use (OpenAPI 3.1)',
      repeated: 'reads',
      replies: {
        200: replyOf(
          'The document.',
          z.looseObject({ openapi: z.literal('3.1.0'), info: z.looseObject({}), paths: z.looseObject({}) }),
        ),
      },
      errors: ['UNAUTHORIZED', 'FORBIDDEN', 'ORIGIN_REFUSED'],
      examples: { whole: { reply: { status: 200 } } },
    },
    'GET /api': {
      summary: 'shows a page that reads this document and sends requests',
      description: 'It is only on listeners of administrators.',
      repeated: 'reads',
      replies: {
        200: textReply('The page.', 'text/html'),
        302: { description: 'With a slash at the end: to /api.' },
      },
      examples: { page: { reply: { status: 200 } } },
      errors: ['NOT_FOUND'],
    },
    'GET /api/:file': {
      summary: 'shows a file of this page',
      repeated: 'reads',
      path: { file: z.string().describe('Name of a script or of the style sheet.') },
      replies: { 200: textReply('The file.', '*/*') },
      examples: { script: { path: { file: 'explorer.js' }, reply: { status: 200 } } },
      errors: ['NOT_FOUND'],
    },
  },
};
