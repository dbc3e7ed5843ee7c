import { z } from 'zod';
import { SESSION_STATUSES } from '../../engine/host/index.ts';
import { AUDIT_ACTIONS, MAX_LISTED_ENTRIES } from '../../strategies/audit/index.ts';
import { ANY_FIELDS, type ApiDescription, bytesOf, INSTANT, NOTHING, replyOf } from '../openapi/index.ts';
import { SESSION_VIEW } from '../ors/index.ts';
import { CALLBACK_LIFE } from './callbackLifeDescription.ts';
import { CONFIGURATION_DESCRIPTION } from './configurationDescription.ts';
import { DRAWING, DRAWING_FORMAT, LAYOUT, SOURCES } from './drawingReply.ts';
import { PUSH_CONFIGURATION } from './pushDescription.ts';
import { SESSION_SEARCH } from './sessionSearchDescription.ts';
import { SUPERVISION } from './supervisionDescription.ts';
import { TEMPLATE_OPERATIONS } from './templateOperations.ts';

const ROOT = '/genesys/1/admin';
const HASH = z.string().regex(/^[0-9a-f]{64}$/);
const DOCUMENT = z.object({
  document: z
    .string()
    .max(8_192)
    .describe('URL of a document, or the hash of a version (64 hexadecimal digits).'),
});
const TIME = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d/)
  .meta({ examples: ['2026-01-05T09:00:00Z'] });
const COUNT = z.string().regex(/^[1-9]\d{0,6}$/);

const HELLO = 'http://localhost:8080/genesys/1/document/service_template/hello/hello.scxml';
const SESSIONS: ApiDescription['operations'] = {
  [`POST ${ROOT}/sessions/:sid/retry`]: {
    summary: 'tries again to restore a session that is set aside',
    repeated: 'nature',
    path: { sid: z.string().describe('Id of a session.') },
    replies: { 200: NOTHING },
    errors: ['SESSION_NOT_FOUND', 'SESSION_SET_ASIDE'],
    examples: {
      notSetAside: {
        path: { sid: '0123456789ABCDEFGHIJKLMNOPQRSTUV' },
        reply: {
          status: 404,
          body: {
            message: "No session '0123456789ABCDEFGHIJKLMNOPQRSTUV' is set aside.",
            exception: 'orsay.SessionException',
            code: 'SESSION_NOT_FOUND',
          },
        },
      },
    },
  },
  [`GET ${ROOT}/traces`]: {
    summary: 'lists the traces of sessions',
    repeated: 'reads',
    query: {
      after: z.string().describe('Id of the last session of the page before.').optional(),
      limit: COUNT.describe('Most traces of the reply.').optional(),
    },
    replies: {
      200: replyOf(
        'The traces, in the order of the ids of their sessions.',
        z.array(
          z.object({
            sessionId: z.string(),
            root: z.string().describe('The session from which it follows by invokes.'),
            src: z.string().describe('URL of the document.'),
            documentHash: HASH,
            startedAt: INSTANT,
          }),
        ),
      ),
    },
    errors: ['PARAMETER_INVALID'],
    examples: { none: { reply: { status: 200, body: [] } } },
  },
  [`GET ${ROOT}/sessions/:sid/trace`]: {
    summary: 'gives the trace of a session and of those that it invoked, as a file',
    repeated: 'reads',
    path: { sid: z.string().describe('Id of a session.') },
    replies: { 200: bytesOf('Lines of JSON. The last one has the number of lines.', 'application/x-ndjson') },
    errors: ['SESSION_NOT_FOUND', 'FORBIDDEN'],
    examples: {
      notTraced: {
        path: { sid: '0123456789ABCDEFGHIJKLMNOPQRSTUV' },
        reply: {
          status: 404,
          body: {
            message:
              "There is no trace of session '0123456789ABCDEFGHIJKLMNOPQRSTUV': expected one that started on a document of traces.documents, in the last traces.keptDays.",
            exception: 'orsay.SessionException',
            code: 'SESSION_NOT_FOUND',
          },
        },
      },
    },
  },
  [`GET ${ROOT}/sessions`]: {
    summary: 'lists sessions',
    repeated: 'reads',
    query: {
      status: z.enum(SESSION_STATUSES).optional(),
      documentHash: HASH.describe('Sessions on this version of a document.').optional(),
      after: z.string().describe('Id of the last session of the page before.').optional(),
      limit: COUNT.describe('Most sessions of the reply.').optional(),
    },
    replies: {
      200: replyOf('The sessions, without their data.', z.array(SESSION_VIEW.omit({ data: true }))),
    },
    examples: {
      running: {
        query: { status: 'running', limit: '1' },
        reply: {
          status: 200,
          body: [
            {
              _id: '0123456789ABCDEFGHIJKLMNOPQRSTUV',
              src: HELLO,
              status: 'running',
              configuration: ['awaitingStart'],
              startedAt: '2026-01-05T09:00:00.000Z',
              documentHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
            },
          ],
        },
      },
    },
  },
  [`GET ${ROOT}/documents`]: {
    summary: 'lists the versions of documents in use',
    repeated: 'reads',
    replies: {
      200: replyOf(
        'The versions.',
        z.array(
          z.object({
            documentHash: HASH,
            src: z.string().describe('URL of the document.'),
            sessions: z.number().int().describe('Sessions that need it.'),
            more: z.literal(true).describe('There are more sessions than were counted.').optional(),
          }),
        ),
      ),
    },
    examples: {
      hello: {
        reply: {
          status: 200,
          body: [
            {
              documentHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
              src: HELLO,
              sessions: 1,
            },
          ],
        },
      },
    },
  },
  [`GET ${ROOT}/documents/:hash/drawing`]: {
    summary: 'draws a version of a document that sessions need',
    repeated: 'reads',
    path: { hash: HASH.describe('Hash of the version.') },
    query: { format: DRAWING_FORMAT },
    replies: { 200: DRAWING },
    errors: ['NOT_FOUND', 'PARAMETER_INVALID', 'DOCUMENT_INVALID', 'SERVER_BUSY'],
    examples: {
      unknown: {
        path: { hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' },
        reply: {
          status: 404,
          body: {
            message:
              "No session needs a version 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' of a document. See GET /genesys/1/admin/documents.",
            exception: 'orsay.NotFoundException',
            code: 'NOT_FOUND',
          },
        },
      },
    },
  },
  [`POST ${ROOT}/drawing`]: {
    summary: 'draws a document of which the texts are given',
    description: 'Nothing is stored, and nothing of the document runs.',
    repeated: 'reads',
    body: { types: ['application/json'], schema: SOURCES },
    replies: { 200: replyOf('The places of its states and transitions.', LAYOUT) },
    errors: ['PARAMETER_INVALID', 'DOCUMENT_INVALID', 'SERVER_BUSY'],
    examples: {
      none: {
        body: { sources: [] },
        reply: {
          status: 400,
          body: {
            message:
              'Expected sources (url, text) and dialect (ors or w3c); sources: Too small: expected array to have >=1 items',
            exception: 'orsay.ParameterInvalidException',
            code: 'PARAMETER_INVALID',
          },
        },
      },
    },
  },
  [`GET ${ROOT}/documents/blocked`]: {
    summary: 'lists the documents on which no session may start',
    repeated: 'reads',
    replies: { 200: replyOf('The documents.', z.array(z.object({ document: z.string(), at: INSTANT }))) },
    examples: {
      hello: { reply: { status: 200, body: [{ document: HELLO, at: '2026-01-05T09:00:00.000Z' }] } },
    },
  },
  [`POST ${ROOT}/documents/block`]: {
    summary: 'ends all sessions of a document, and blocks it',
    repeated: 'nature',
    body: { schema: DOCUMENT },
    replies: {
      200: replyOf(
        'The document, and the number of its sessions.',
        z.object({ document: z.string(), sessions: z.number().int() }),
      ),
    },
    examples: {
      hello: {
        type: 'application/json',
        body: { document: HELLO },
        reply: { status: 200, body: { document: HELLO, sessions: 1 } },
      },
    },
  },
  [`POST ${ROOT}/documents/allow`]: {
    summary: 'lets sessions start on a blocked document again',
    repeated: 'nature',
    body: { schema: DOCUMENT },
    replies: { 200: NOTHING },
    errors: ['NOT_FOUND'],
    examples: {
      hello: { type: 'application/json', body: { document: HELLO }, reply: { status: 200, body: {} } },
    },
  },
};

/** Templates, configuration, sessions, the audit log and the data of customers. */
export const ADMIN_DESCRIPTION: ApiDescription = {
  ...CONFIGURATION_DESCRIPTION,
  operations: {
    ...TEMPLATE_OPERATIONS,
    ...CONFIGURATION_DESCRIPTION.operations,
    ...PUSH_CONFIGURATION,
    ...SESSIONS,
    ...SESSION_SEARCH,
    ...SUPERVISION,
    ...CALLBACK_LIFE,
    [`GET ${ROOT}/backup`]: {
      summary: 'a backup of the data directory, for `orsay store`',
      description: 'Only for the role administrator.',
      repeated: 'reads',
      replies: {
        200: bytesOf('The backup. One that broke off has no end frame.', 'application/octet-stream'),
      },
      examples: {
        inMemory: {
          reply: {
            status: 503,
            body: {
              message: 'The server has no data directory: its store is in memory.',
              exception: 'orsay.UnavailableException',
              code: 'UNAVAILABLE',
            },
          },
        },
      },
      errors: ['UNAVAILABLE'],
    },
    [`GET ${ROOT}/audit`]: {
      summary: 'lists what was done',
      repeated: 'reads',
      query: {
        action: z.enum(AUDIT_ACTIONS).optional(),
        who: z.string().describe('A user, or what acted.').optional(),
        object: z.string().describe('Kind and name, such as template:callback.').optional(),
        since: TIME.optional(),
        until: TIME.optional(),
        before: z
          .string()
          .regex(/^\d{14}:[a-z]\d{12}$/)
          .describe('next of an earlier page.')
          .optional(),
        limit: COUNT.describe(`Most entries of the reply, up to ${MAX_LISTED_ENTRIES}.`).optional(),
      },
      replies: {
        200: replyOf(
          'The entries, latest first.',
          z.object({
            entries: z.array(
              z.looseObject({
                id: z.string(),
                at: INSTANT,
                action: z.enum(AUDIT_ACTIONS),
                object: z.string().optional(),
                details: ANY_FIELDS.optional(),
              }),
            ),
            next: z.string().describe('Absent: there are no older entries.').optional(),
          }),
        ),
      },
      examples: { uploads: { query: { action: 'template.uploaded', limit: '1' }, reply: { status: 200 } } },
    },
    [`DELETE ${ROOT}/customers`]: {
      summary: 'removes all data of one customer',
      description:
        'The customer is named by one property, such as ?_customer_number=5551234 (option _customer_lookup_keys).',
      repeated: 'nature',
      query: { _customer_number: z.string().describe('One property of the customer.').optional() },
      replies: {
        200: replyOf(
          'Numbers of removed things, and the name of the removal in the audit log.',
          z.object({ removed: z.record(z.string(), z.number().int()), auditObject: z.string() }),
        ),
      },
      examples: {
        nobody: {
          query: { _customer_number: '5551234' },
          reply: {
            status: 200,
            body: {
              removed: {
                serviceInstances: 0,
                sessions: 0,
                storageAreas: 0,
                files: 0,
                chats: 0,
                openMedia: 0,
                queueEntries: 0,
                subscriptions: 0,
                notices: 0,
              },
              auditObject: 'customer:39a98e24',
            },
          },
        },
      },
    },
  },
};
