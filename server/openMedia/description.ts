import { z } from 'zod';
import { type ApiDescription, type Operation, type Reply, replyOf } from '../openapi/index.ts';
import type { OpenMediaKind } from './openMediaService.ts';
import type { OpenMediaOperation } from './operations.ts';

const TEXT = z.string().max(1_024);
const USER_DATA = z
  .union([z.record(z.string(), z.unknown()), z.string()])
  .describe('Names and texts, an object or its JSON; or fields userData[name].')
  .optional();

const DONE = z.object({
  statusCode: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .describe('0: done. 1: repeat the request. 2: repeating will not help.'),
  interactionId: z.string().describe('After a create.').optional(),
  errors: z
    .array(z.object({ code: z.number().int(), advice: z.string() }))
    .describe('Why it was not done.')
    .optional(),
});
const TIME = z.string().describe('As 2026-01-05T09:00:00Z.');
const PROPERTIES = z.object({
  interactionId: z.string(),
  interactionExternalId: z.string().optional(),
  interactionType: z.string().optional(),
  interactionSubtype: z.string().optional(),
  interactionMediatype: z.string(),
  interactionTenantId: z.number().int(),
  interactionQueue: z.string(),
  interactionState: z.enum(['Queued', 'Routing', 'Handling', 'Stopped']),
  interactionIsLocked: z.boolean(),
  interactionIsOnline: z.boolean(),
  interactionIsHeld: z.boolean(),
  interactionAgentId: z.string().describe('The agent who has it.').optional(),
  interactionSubmittedBy: z.string(),
  interactionSubmitSeq: z.number().int().optional(),
  interactionReceivedAt: TIME,
  interactionSubmittedAt: TIME,
  interactionPlacedInQueueAt: TIME,
  interactionMovedToQueueAt: TIME,
  interactionCompletedAt: TIME.optional(),
  interactionStopReason: z.string().describe('Why a document ended it.').optional(),
  interactionUserData: z.array(z.object({ key: z.string(), value: z.string() })),
});
const EMAIL = z.object({
  firstName: z.string(),
  lastName: z.string(),
  fromAddress: z.string(),
  subject: z.string(),
  text: z.string(),
  mailbox: z.string().optional(),
  attachments: z.array(z.object({ name: z.string(), size: z.number().int(), contentType: z.string() })),
  replies: z.array(z.object({ subject: z.string(), text: z.string(), sentAt: TIME })),
});
const SHOWN = DONE.extend({ properties: PROPERTIES.optional(), email: EMAIL.optional() });

function repliesOf(schema: z.ZodType): Readonly<Record<number, Reply>> {
  return {
    200: replyOf('statusCode says whether the request was done.', schema),
    400: replyOf('A parameter is missing or wrong. Repeating will not help.', DONE),
    401: replyOf('The service needs other credentials.', DONE),
    404: replyOf('There is no such service.', DONE),
  };
}

const ID = '04AMUAPEQJ80000U';
const OTHER_ID = '04AMUAPEQJ80000V';

interface Sample {
  readonly name: string;
  readonly service: string;
  readonly id: string;
}
const SAMPLES: Readonly<Record<OpenMediaKind, Sample>> = {
  openmedia: { name: 'open media', service: 'submitter', id: ID },
  email: { name: 'e-mail', service: 'support', id: OTHER_ID },
};

const SERVICE = (kind: OpenMediaKind) => z.string().describe(`Name of a service of the type ${kind}.`);

function below(
  kind: OpenMediaKind,
  name: OpenMediaOperation,
  of: Partial<Operation>,
): Readonly<Record<string, Operation>> {
  const { service, id } = SAMPLES[kind];
  return {
    [`POST /genesys/2/${kind}/:service/:interactionId/${name}`]: {
      summary: '',
      repeated: 'nature',
      path: { service: SERVICE(kind), interactionId: z.string().describe('Id of the interaction.') },
      body: { schema: z.looseObject({}) },
      replies: repliesOf(DONE),
      examples: {
        sample: {
          path: { service, interactionId: id },
          body: {},
          reply: { status: 200, body: { statusCode: 0 } },
        },
      },
      ...of,
    },
  };
}

function operationsOf(kind: OpenMediaKind): Readonly<Record<string, Operation>> {
  const { name, service, id } = SAMPLES[kind];
  const mail = {
    firstName: 'John',
    lastName: 'Doe',
    fromAddress: 'jdoe@gmail.com',
    subject: 'Help with account',
    text: 'I need help with my account',
  };
  const facts =
    kind === 'email'
      ? {
          FirstName: 'John',
          LastName: 'Doe',
          EmailAddress: 'jdoe@gmail.com',
          FromAddress: 'jdoe@gmail.com',
          Subject: 'Help with account',
          Mailbox: 'support@company.com',
        }
      : { ExternalId: 'xy932' };
  const at = '2026-01-05T09:00:00Z';
  return {
    ...below(kind, 'get', {
      summary: `shows an interaction of ${name}: its state, its user data, and who has it`,
      repeated: 'reads',
      replies: repliesOf(SHOWN),
      examples: {
        sample: {
          path: { service, interactionId: id },
          body: {},
          reply: {
            status: 200,
            body: {
              statusCode: 0,
              properties: {
                interactionId: id,
                ...(kind === 'openmedia' && { interactionExternalId: 'xy932' }),
                interactionType: 'Inbound',
                interactionSubtype: 'InboundNew',
                interactionMediatype: kind === 'email' ? 'email' : 'workitem',
                interactionTenantId: 1,
                interactionQueue: 'OpenMedia_In',
                interactionState: 'Queued',
                interactionIsLocked: false,
                interactionIsOnline: false,
                interactionIsHeld: false,
                interactionSubmittedBy: 'orsay',
                interactionSubmitSeq: 1,
                interactionReceivedAt: at,
                interactionSubmittedAt: at,
                interactionPlacedInQueueAt: at,
                interactionMovedToQueueAt: at,
                interactionUserData: Object.entries(facts).map(([key, value]) => ({ key, value })),
              },
              ...(kind === 'email' && {
                email: { ...mail, mailbox: 'support@company.com', attachments: [], replies: [] },
              }),
            },
          },
        },
      },
    }),
    ...below(kind, 'update', {
      summary: `changes the user data of an interaction of ${name}`,
      body: { schema: z.looseObject({ userData: USER_DATA }) },
      examples: {
        sample: {
          path: { service, interactionId: id },
          type: 'application/x-www-form-urlencoded',
          body: { 'userData[key1]': 'value2' },
          reply: { status: 200, body: { statusCode: 0 } },
        },
      },
    }),
    ...below(kind, 'stop', { summary: `ends an interaction of ${name}` }),
  };
}

/** gms-api 7.8. */
export const OPEN_MEDIA_DESCRIPTION: ApiDescription = {
  tag: 'Open media and e-mail',
  description:
    'Open Media API and Email API Version 2: interactions whose customers do not wait for an agent.',
  operations: {
    'POST /genesys/2/openmedia/:service': {
      summary: 'creates an interaction of open media',
      repeated: 'key',
      path: { service: SERVICE('openmedia') },
      body: {
        schema: z.looseObject({
          externalId: TEXT.describe("The customer's own id of it.").optional(),
          interactionType: TEXT.describe('Counts only with allow_overwrite.').optional(),
          interactionSubType: TEXT.describe('Counts only with allow_overwrite.').optional(),
          mediaType: TEXT.describe('Counts only with allow_overwrite.').optional(),
          userData: USER_DATA,
        }),
      },
      replies: repliesOf(DONE),
      examples: {
        create: {
          path: { service: 'submitter' },
          type: 'application/x-www-form-urlencoded',
          body: { externalId: 'xy932', 'userData[key1]': 'value1' },
          reply: { status: 200, body: { statusCode: 0, interactionId: ID } },
        },
      },
    },
    ...operationsOf('openmedia'),
    'POST /genesys/2/email/:service': {
      summary: 'Email V2: creates an e-mail that an agent handles',
      repeated: 'key',
      path: { service: SERVICE('email') },
      body: {
        schema: z.looseObject({
          firstName: TEXT,
          lastName: TEXT,
          fromAddress: TEXT,
          subject: TEXT,
          text: z.string(),
          mailbox: TEXT.describe(
            'The address to which it is written; absent: that of the service.',
          ).optional(),
          userData: USER_DATA,
          files: z
            .string()
            .describe('Attachments, in a multipart body.')
            .meta({ format: 'binary' })
            .optional(),
        }),
        types: ['application/x-www-form-urlencoded', 'application/json', 'multipart/form-data'],
        files: { files: 'text/plain' },
      },
      replies: repliesOf(DONE),
      examples: {
        create: {
          path: { service: 'support' },
          type: 'application/x-www-form-urlencoded',
          body: {
            firstName: 'John',
            lastName: 'Doe',
            fromAddress: 'jdoe@gmail.com',
            subject: 'Help with account',
            text: 'I need help with my account',
          },
          reply: { status: 200, body: { statusCode: 0, interactionId: OTHER_ID } },
        },
      },
    },
    ...operationsOf('email'),
  },
};
