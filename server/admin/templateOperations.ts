import { z } from 'zod';
import { OPTION_FORMATS } from '../../strategies/options/index.ts';
import { type ApiDescription, bytesOf, INSTANT, NOTHING, replyOf } from '../openapi/index.ts';
import { DRAWING, DRAWING_FORMAT } from './drawingReply.ts';

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
const CHANGED_TEMPLATE = TEMPLATE.extend({
  warnings: z
    .array(z.string())
    .describe('Options of its manifest without effect, and services that do not fit it.')
    .optional(),
});
const VALUES = z.record(z.string(), z.string());
const OPTION = z.object({
  name: z.string(),
  category: z.string(),
  description: z.string(),
  type: z.enum([...OPTION_FORMATS, 'choice']),
  choices: z.array(z.string()).describe('Only with the type choice.').optional(),
  default: z.string().describe('Counts when nobody sets a value.').optional(),
  mandatory: z.boolean(),
  media: z.enum(['chat', 'voice', 'both']),
  since: z.string().optional(),
  until: z.string().optional(),
  hasEffect: z.boolean(),
  noEffect: z.string().describe('Why it has no effect.').optional(),
});
const PROFILE = z.object({
  name: z.string(),
  description: z.string().optional(),
  values: VALUES,
  missing: z.array(z.string()).describe('Mandatory options that a new service has to set.'),
  unavailable: z.string().describe('Why no service can be made from it.').optional(),
});
const COMPARISON = z.object({
  changes: z.array(
    z.object({
      kind: z.enum(['added', 'removed', 'changed']),
      what: z.string().describe('Such as `state paid` or `transition open --order--> ordered`.'),
      how: z.string().describe('Such as `state in the top -> state in ordered`.').optional(),
    }),
  ),
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
  [`GET ${ROOT}/templates/:name/options`]: {
    summary: 'lists the options and profiles of a template',
    description: 'As its manifest (template.yaml) has them.',
    repeated: 'reads',
    path: { name: TEMPLATE_NAME },
    replies: {
      200: replyOf(
        'The options, in the order of the manifest, and the profiles.',
        z.object({
          name: z.string(),
          version: z.string().optional(),
          hasManifest: z.boolean(),
          description: z.string().optional(),
          isCallback: z.boolean().describe('Its services are callback services.'),
          options: z.array(OPTION),
          profiles: z.array(PROFILE),
        }),
      ),
    },
    errors: ['TEMPLATE_NOT_FOUND', 'CONFLICT'],
    examples: {
      hello: {
        path: { name: 'hello' },
        reply: {
          status: 200,
          body: {
            name: 'hello',
            hasManifest: true,
            description: 'Answers a request with a greeting.',
            isCallback: false,
            options: [
              {
                name: '_ttl',
                category: 'General',
                description: 'Seconds for which a service waits for its request.',
                type: 'integer',
                default: '3600',
                mandatory: false,
                media: 'both',
                hasEffect: true,
              },
            ],
            profiles: [{ name: 'Standard', values: { _ttl: '3600' }, missing: [] }],
          },
        },
      },
    },
  },
  [`POST ${ROOT}/templates/:name/services`]: {
    summary: 'makes a service from a template and a profile',
    description:
      'The service gets the values of the profile, and the given options over them. Mandatory options are checked.',
    repeated: 'nature',
    path: { name: TEMPLATE_NAME },
    body: {
      types: ['application/json'],
      schema: z.object({
        name: z.string().describe('Name of the new service.'),
        profile: z.string().describe('Absent: no values but the given ones.').optional(),
        options: VALUES.optional(),
      }),
    },
    replies: {
      200: replyOf(
        'The service as the configuration has it, and its options without effect.',
        z.object({
          name: z.string(),
          options: VALUES,
          warnings: z.array(z.object({ option: z.string(), message: z.string() })),
        }),
      ),
    },
    errors: ['TEMPLATE_NOT_FOUND', 'CONFLICT', 'UNAVAILABLE'],
    examples: {
      hello: {
        path: { name: 'hello' },
        body: { name: 'greeter', profile: 'Standard' },
        reply: {
          status: 200,
          body: {
            name: 'greeter',
            options: { _ttl: '3600', _type: 'ors', _service: 'hello' },
            warnings: [],
          },
        },
      },
    },
  },
  [`GET ${ROOT}/templates/:name/drawing`]: {
    summary: 'draws a document of a template',
    repeated: 'reads',
    path: { name: TEMPLATE_NAME },
    query: {
      file: z.string().describe('Path of the document; absent: the only one.').optional(),
      version: z.string().describe('Absent: the present version.').optional(),
      format: DRAWING_FORMAT,
    },
    replies: { 200: DRAWING },
    errors: ['TEMPLATE_NOT_FOUND', 'PARAMETER_INVALID', 'DOCUMENT_INVALID', 'SERVER_BUSY'],
    examples: {
      hello: { path: { name: 'hello' }, reply: { status: 200 } },
      places: { path: { name: 'hello' }, query: { format: 'json' }, reply: { status: 200 } },
    },
  },
  [`GET ${ROOT}/templates/:name/comparison`]: {
    summary: 'compares the charts and data of a document in two versions of a template',
    description: 'Code inside states and transitions is not compared.',
    repeated: 'reads',
    path: { name: TEMPLATE_NAME },
    query: {
      file: z.string().describe('Path of the document; absent: the only one.').optional(),
      version: z.string().describe('The earlier version. Absent: the present one.').optional(),
      to: z.string().describe('The later version. Absent: the present one.').optional(),
    },
    replies: { 200: replyOf('The differences, from the earlier to the later version.', COMPARISON) },
    errors: ['TEMPLATE_NOT_FOUND', 'PARAMETER_INVALID', 'DOCUMENT_INVALID', 'SERVER_BUSY'],
    examples: { same: { path: { name: 'hello' }, reply: { status: 200, body: { changes: [] } } } },
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
    replies: { 200: replyOf('The template.', CHANGED_TEMPLATE) },
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
    description:
      'A zip archive, or one document, as the body or as the file of a multipart form. All documents are checked, and the scenarios (`*.scenario.yaml`) are played: nothing changes unless they pass.',
    repeated: 'nature',
    path: { name: TEMPLATE_NAME },
    query: {
      override: z.string().describe('Name of the template, to replace an installed one.').optional(),
      tests: z.enum(['true', 'false']).describe("'false': its scenarios are not played.").optional(),
    },
    body: {
      types: ['application/xml', 'application/zip', 'multipart/form-data'],
      schema: z.unknown().meta({ format: 'binary' }),
    },
    replies: { 200: replyOf('The template.', CHANGED_TEMPLATE) },
    errors: ['TEMPLATE_REFUSED', 'SCENARIOS_FAILED', 'CONFLICT'],
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
      reason: z.string().max(200).describe('Goes into the audit log.').optional(),
    },
    replies: { 200: NOTHING },
    errors: ['TEMPLATE_NOT_FOUND', 'CONFLICT'],
    examples: { smallest: { path: { name: 'smallest' }, reply: { status: 200, body: {} } } },
  },
};
