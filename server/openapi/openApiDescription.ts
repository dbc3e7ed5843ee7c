import { z } from 'zod';
import type { ApiDescription } from './operation.ts';
import { replyOf } from './schemas.ts';

/** The document itself. */
export const OPEN_API_DESCRIPTION: ApiDescription = {
  tag: 'This document',
  description: 'The description of the server for programs.',
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
    },
  },
};
