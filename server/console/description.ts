import { z } from 'zod';
import { ROLES } from '../identity/index.ts';
import { type ApiDescription, INSTANT, replyOf, textReply } from '../openapi/index.ts';

const LOGIN = z.object({
  version: z.string().describe('Version of the server.'),
  hasUsers: z.boolean().describe('False: everybody who reaches the server is an administrator.'),
  takesTokens: z.boolean().describe('Users of an identity provider log in with a token.'),
  user: z.string().describe('Absent: nobody is logged in.').optional(),
  role: z.enum(ROLES).optional(),
  agentId: z.string().optional(),
  until: INSTANT.describe('The login ends then.').optional(),
  operations: z.array(z.string()).describe('The routes that the user may use.'),
});
const LISTENERS = 'It is only on listeners of administrators and agents.';

/** The web pages of the product. */
export const CONSOLE_DESCRIPTION: ApiDescription = {
  tag: 'Console',
  description: 'The web pages of the server, and the login of their browsers.',
  operations: {
    'GET /': {
      summary: 'leads to the console',
      description: LISTENERS,
      repeated: 'reads',
      replies: { 302: textReply('To console/.', 'text/html') },
      errors: ['NOT_FOUND'],
      examples: { console: { reply: { status: 302 } } },
    },
    'GET /console{/*path}': {
      summary: 'shows a page or a file of the console',
      description: LISTENERS,
      repeated: 'reads',
      replies: {
        200: textReply('The page, or a file below assets/.', '*/*'),
        302: textReply('Without a slash at the end: to console/.', 'text/html'),
        503: textReply('The console is not built.', 'text/html'),
      },
      errors: ['NOT_FOUND'],
    },
    'GET /widget/orsay-chat.js': {
      summary: 'the chat widget, for pages of any origin',
      description: 'See docs/guides/widget.md.',
      repeated: 'reads',
      replies: { 200: textReply('A script.', 'text/javascript') },
      errors: ['NOT_FOUND'],
    },
    'GET /console/login': {
      summary: 'tells who is logged in with this browser',
      description: LISTENERS,
      repeated: 'reads',
      replies: { 200: replyOf('The login.', LOGIN) },
      errors: ['NOT_FOUND'],
      examples: { noUsers: { reply: { status: 200 } } },
    },
    'POST /console/login': {
      summary: 'logs a browser in',
      description: `The header Authorization has the credentials. The reply has a cookie. ${LISTENERS}`,
      repeated: 'nature',
      replies: { 200: replyOf('The login.', LOGIN) },
      errors: ['NOT_FOUND', 'UNAUTHORIZED', 'ORIGIN_REFUSED', 'TOO_MANY_REQUESTS'],
      examples: { nobody: { reply: { status: 401 } } },
    },
    'DELETE /console/login': {
      summary: 'logs a browser out',
      description: LISTENERS,
      repeated: 'nature',
      replies: { 200: replyOf('Nobody is logged in any more.', LOGIN) },
      errors: ['NOT_FOUND', 'ORIGIN_REFUSED'],
      examples: { nobody: { reply: { status: 200 } } },
    },
  },
};
