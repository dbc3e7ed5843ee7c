import { z } from 'zod';
import type { Json } from '../../engine/ports/index.ts';
import {
  type ApiDescription,
  type Fields,
  NOTHING,
  type Operation,
  type Reply,
  replyOf,
} from '../openapi/index.ts';
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from './userRoutes.ts';

const JSON_ONLY = ['application/json'];
const OPTIONS = z
  .record(z.string(), z.string())
  .describe('Options of the service; docs/reference/options.md.');
const PATTERNS = z.record(z.string(), z.string()).describe('Names and patterns (Java regular expressions).');
const LIST_ITEMS = z.record(z.string(), z.unknown()).describe('Items; most have names and texts.');
const CODES = z.array(z.object({ code: z.string(), text: z.string() })).optional();
const DESKTOP_SECTION = z.object({
  cannedTexts: z
    .array(
      z.object({
        id: z.string(),
        text: z.string(),
        title: z.string().optional(),
        group: z.string().optional(),
        language: z.string().optional(),
      }),
    )
    .optional(),
  notReadyReasons: CODES,
  dispositions: CODES,
  afterWork: z
    .object({ seconds: z.number().optional(), disposition: z.enum(['optional', 'required']).optional() })
    .optional(),
});
const USER = z.object({ role: z.string(), agentId: z.string().optional() });
const NEW_USER = z.strictObject({
  role: z.enum(['administrator', 'supervisor', 'debugger', 'viewer', 'agent', 'platform']),
  agentId: z.string().describe('Only with the role agent.').optional(),
  password: z
    .string()
    .min(MIN_PASSWORD_CHARS)
    .max(MAX_PASSWORD_CHARS)
    .describe('Without it a user keeps the present one; a new user needs one.')
    .optional(),
});

const IF_NONE_MATCH = z.string().describe('*: only while there is no such part.').optional();
const CONDITIONS: Fields = {
  'If-Match': z.string().describe('The part is changed only while it has this ETag.').optional(),
  'If-None-Match': IF_NONE_MATCH,
};
const ETAG = { ETag: 'Of this part of the configuration.' };

function part(description: string, schema: z.ZodType): Reply {
  return { ...replyOf(description, schema), headers: ETAG };
}

export function shows(summary: string, schema: z.ZodType, of: Partial<Operation> = {}): Operation {
  return {
    summary,
    repeated: 'reads',
    replies: { 200: part('As the configuration file has it.', schema) },
    errors: ['CONFLICT'],
    ...of,
  };
}

/** Three operations on one part, and the examples of each. */
export function changed(
  what: Readonly<Record<'show' | 'put' | 'remove', string>>,
  {
    path,
    body,
    schema,
    query,
    example,
  }: {
    readonly path?: Fields;
    readonly body: z.ZodType;
    readonly schema: z.ZodType;
    readonly query?: Fields;
    readonly example: {
      readonly path?: Readonly<Record<string, string>>;
      readonly body: { readonly [name: string]: Json };
      readonly reply: { readonly [name: string]: Json };
    };
  },
): Readonly<Record<'GET' | 'PUT' | 'DELETE', Operation>> {
  const at = { ...(path !== undefined && { path }) };
  const given = { ...(example.path !== undefined && { path: example.path }) };
  return {
    GET: shows(what.show, schema, {
      ...at,
      errors: ['NOT_FOUND', 'CONFLICT'],
      examples: { show: { ...given, reply: { status: 200, body: example.reply } } },
    }),
    PUT: {
      summary: what.put,
      repeated: 'nature',
      ...at,
      headers: CONDITIONS,
      body: { types: JSON_ONLY, schema: body },
      replies: { 200: part('The part as it is now.', schema) },
      errors: ['CONFLICT', 'PRECONDITION_FAILED', 'UNAVAILABLE'],
      examples: { change: { ...given, body: example.body, reply: { status: 200, body: example.reply } } },
    },
    DELETE: {
      summary: what.remove,
      repeated: 'nature',
      ...at,
      ...(query !== undefined && { query }),
      headers: CONDITIONS,
      replies: { 200: NOTHING },
      errors: ['NOT_FOUND', 'CONFLICT', 'PRECONDITION_FAILED', 'UNAVAILABLE'],
      examples: { remove: { ...given, reply: { status: 200, body: {} } } },
    },
  };
}

const HELLO = { _type: 'ors', _service: 'hello', _ttl: '60' };
const SERVICE = changed(
  {
    show: 'shows the options of a service',
    put: 'adds or replaces a service',
    remove: 'removes a service',
  },
  {
    path: { name: z.string().describe('Name of a service.') },
    body: OPTIONS,
    schema: OPTIONS,
    query: {
      override: z
        .string()
        .describe('Name of the service: it is removed although it has open callbacks.')
        .optional(),
    },
    example: { path: { name: 'greeting' }, body: HELLO, reply: HELLO },
  },
);
const PREMIUM = { premium: '0900.*' };
const LIST = changed(
  { show: 'shows the general list of patterns', put: 'replaces it', remove: 'empties it' },
  { body: PATTERNS, schema: PATTERNS, example: { body: PREMIUM, reply: PREMIUM } },
);
const GROUP = changed(
  { show: 'shows a group of patterns', put: 'replaces it', remove: 'removes it' },
  {
    path: { group: z.string().describe('Name of a group.') },
    body: PATTERNS,
    schema: PATTERNS,
    example: { path: { group: 'exceptions' }, body: PREMIUM, reply: PREMIUM },
  },
);
const FLAGS = { services: { 'chat-delay': 'true' } };
const ITEMS = changed(
  { show: 'shows a list', put: 'replaces it', remove: 'removes it' },
  {
    path: { name: z.string().describe('Name of a list.') },
    body: LIST_ITEMS,
    schema: LIST_ITEMS,
    example: { path: { name: 'flags' }, body: FLAGS, reply: FLAGS },
  },
);
const TEXTS = { cannedTexts: [{ id: 'hello', text: 'Good day' }] };
const DESKTOP = changed(
  { show: 'shows the section `desktop`', put: 'replaces it', remove: 'removes it' },
  { body: DESKTOP_SECTION, schema: DESKTOP_SECTION, example: { body: TEXTS, reply: TEXTS } },
);
const PERSON = changed(
  { show: 'shows a user', put: 'adds or replaces a user', remove: 'removes a user' },
  {
    path: { name: z.string().describe('Name of a user.') },
    body: NEW_USER,
    schema: USER,
    example: {
      path: { name: 'vera' },
      body: { role: 'viewer', password: 'correct horse' },
      reply: { role: 'viewer' },
    },
  },
);

const ROOT = '/genesys/1/admin';

/** The parts of the configuration that change while the server runs. */
export const CONFIGURATION_DESCRIPTION: ApiDescription = {
  tag: 'Administration',
  description:
    'Administration: the node, callbacks of all customers, the configuration, sessions, the audit log.',
  operations: {
    [`GET ${ROOT}/services`]: shows(
      'shows the services of the configuration',
      z.record(z.string(), OPTIONS),
      {
        examples: { all: { reply: { status: 200 } } },
      },
    ),
    [`GET ${ROOT}/services/:name`]: SERVICE.GET,
    [`PUT ${ROOT}/services/:name`]: SERVICE.PUT,
    [`DELETE ${ROOT}/services/:name`]: SERVICE.DELETE,
    [`GET ${ROOT}/patterns`]: shows(
      'shows the patterns of the configuration',
      z.object({ list: PATTERNS.optional(), groups: z.record(z.string(), PATTERNS).optional() }),
      { examples: { all: { reply: { status: 200 } } } },
    ),
    [`GET ${ROOT}/patterns/list`]: LIST.GET,
    [`PUT ${ROOT}/patterns/list`]: LIST.PUT,
    [`DELETE ${ROOT}/patterns/list`]: LIST.DELETE,
    [`GET ${ROOT}/patterns/groups/:group`]: GROUP.GET,
    [`PUT ${ROOT}/patterns/groups/:group`]: GROUP.PUT,
    [`DELETE ${ROOT}/patterns/groups/:group`]: GROUP.DELETE,
    [`GET ${ROOT}/lists`]: shows('shows the lists of the configuration', z.record(z.string(), LIST_ITEMS), {
      examples: { all: { reply: { status: 200 } } },
    }),
    [`GET ${ROOT}/lists/:name`]: ITEMS.GET,
    [`PUT ${ROOT}/lists/:name`]: ITEMS.PUT,
    [`DELETE ${ROOT}/lists/:name`]: ITEMS.DELETE,
    [`GET ${ROOT}/desktop`]: DESKTOP.GET,
    [`PUT ${ROOT}/desktop`]: DESKTOP.PUT,
    [`DELETE ${ROOT}/desktop`]: DESKTOP.DELETE,
    [`GET ${ROOT}/users`]: shows('shows the users of the configuration', z.record(z.string(), USER), {
      examples: { all: { reply: { status: 200 } } },
    }),
    [`GET ${ROOT}/users/:name`]: PERSON.GET,
    [`PUT ${ROOT}/users/:name`]: PERSON.PUT,
    [`DELETE ${ROOT}/users/:name`]: PERSON.DELETE,
  },
};
