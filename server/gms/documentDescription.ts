import { z } from 'zod';
import { type ApiDescription, bytesOf } from '../openapi/index.ts';

/** gms-api 5. */
export const DOCUMENT_DESCRIPTION: ApiDescription = {
  tag: 'Documents',
  description: 'The files of service templates, as sessions read them.',
  operations: {
    'GET /genesys/1/document/service_template/:template/*path': {
      summary: 'downloads a file of a template',
      repeated: 'reads',
      path: {
        template: z.string().describe('Name of a template.'),
        path: z.string().describe('Path of a file in it; it may have slashes.'),
      },
      replies: { 200: bytesOf('The file, with the type that its name says.', '*/*') },
      errors: ['TEMPLATE_NOT_FOUND'],
      examples: {
        hello: { path: { template: 'hello', path: 'hello.scxml' }, reply: { status: 200 } },
      },
    },
  },
};
