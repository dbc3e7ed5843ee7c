import { z } from 'zod';
import { NotificationType } from '../../strategies/notification/index.ts';
import { type ApiDescription, type Operation, replyOf } from '../openapi/index.ts';
import { changed, shows } from './configurationDescription.ts';

const ROOT = '/genesys/1/admin/push';
const VALUE = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const SECTION = z.record(z.string(), VALUE).describe('Options by their names; docs/guides/push.md.');
const PUSH = z.looseObject({ provider: z.record(z.string(), SECTION).optional() });
const NAME = z.string().describe('Name of a provider, or of a section of its events, such as Sales.event.a.');
const OVERRIDE = z
  .string()
  .describe('Name of the provider: it is removed although services or subscriptions use it.')
  .optional();

const BANK = { 'customhttp.url': 'https://push.example.com/bank', 'fcm.title': 'Bank' };
const WHOLE = changed(
  {
    show: 'shows the section `push`',
    put: 'replaces the section `push` with its providers',
    remove: 'removes the section `push` with its providers',
  },
  {
    body: PUSH,
    schema: PUSH,
    example: { body: { provider: { Bank: BANK } }, reply: { provider: { Bank: BANK } } },
  },
);
const PROVIDER = changed(
  {
    show: 'shows a push provider',
    put: 'adds or replaces a push provider',
    remove: 'removes a push provider',
  },
  {
    path: { name: NAME },
    body: SECTION,
    schema: SECTION,
    query: { override: OVERRIDE },
    example: { path: { name: 'Bank' }, body: BANK, reply: BANK },
  },
);

const TEST_BODY = z.strictObject({
  type: z.enum(Object.values(NotificationType)).describe('Type of the device: one that has a push service.'),
  deviceId: z.string().min(1).describe('Token of the device.'),
  debug: z.boolean().describe('true: through the debug connection.').optional(),
  message: z
    .union([z.string(), z.looseObject({})])
    .describe('Absent: a text of the server.')
    .optional(),
  properties: z.record(z.string(), VALUE).describe('The look, as in docs/guides/push.md.').optional(),
  authorization: z.string().describe('customhttp: the header Authorization.').optional(),
});
const TEST_REPLY = z.object({
  result: z
    .enum(['delivered', 'gone', 'failed'])
    .describe('gone: the push service does not know the device.'),
  receipt: z.string().describe('The name that the push service gave to the notification.').optional(),
  reason: z.string().describe('The words of the push service, or why it was not reached.').optional(),
  retry: z.boolean().describe('Whether a later attempt may succeed.').optional(),
  retryAfterMs: z.number().optional(),
});

function test(of: Pick<Operation, 'summary' | 'path' | 'examples'>): Operation {
  return {
    repeated: 'key',
    description:
      'One attempt. No subscription ends by it. The audit log has the type and the result, and no token.',
    body: { types: ['application/json'], schema: TEST_BODY },
    replies: { 200: replyOf('The answer of the push service, whatever it is.', TEST_REPLY) },
    errors: ['NOT_FOUND'],
    ...of,
  };
}

/** The section push of the configuration. */
export const PUSH_CONFIGURATION: ApiDescription['operations'] = {
  [`GET ${ROOT}`]: WHOLE.GET,
  [`PUT ${ROOT}`]: WHOLE.PUT,
  [`DELETE ${ROOT}`]: WHOLE.DELETE,
  [`GET ${ROOT}/providers`]: shows(
    'shows the push providers of the configuration',
    z.record(z.string(), SECTION),
    { examples: { all: { reply: { status: 200 } } } },
  ),
  [`GET ${ROOT}/providers/:name`]: PROVIDER.GET,
  [`PUT ${ROOT}/providers/:name`]: PROVIDER.PUT,
  [`DELETE ${ROOT}/providers/:name`]: PROVIDER.DELETE,
  [`POST ${ROOT}/test`]: test({
    summary: 'sends a test notification to a device, through the connection of the section `push`',
    examples: {
      device: {
        body: { type: 'customhttp', deviceId: 'token-of-a-phone' },
        reply: { status: 200, body: { result: 'delivered' } },
      },
    },
  }),
  [`POST ${ROOT}/providers/:name/test`]: test({
    summary: 'sends a test notification to a device, through a provider',
    path: { name: NAME },
    examples: {
      device: {
        path: { name: 'Bank' },
        body: { type: 'customhttp', deviceId: 'token-of-a-phone', message: 'Hello' },
        reply: { status: 200, body: { result: 'delivered' } },
      },
      noToken: {
        path: { name: 'Bank' },
        body: { type: 'comet', deviceId: 'alice' },
        reply: { status: 400 },
      },
    },
  }),
};
