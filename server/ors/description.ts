import { z } from 'zod';
import { SESSION_STATUSES } from '../../engine/host/index.ts';
import { EVENT_NAME_PARAMETER } from '../../engine/interpreter/index.ts';
import {
  ANY_FIELDS,
  ANY_JSON,
  type ApiDescription,
  INSTANT,
  NO_BODY,
  NOTHING,
  type Operation,
  replyOf,
} from '../openapi/index.ts';

const SID = z.string().describe('Id of a session.');
const NAME = z.string().describe('Name of the event.');
const DATA = ANY_FIELDS.describe('_event.data. A file becomes the URL of its content.');
const COOKIE = { 'Set-Cookie': 'ORSSESSIONID=<id>.<node>, for load balancers.' };
const PRINTED = '0123456789ABCDEFGHIJKLMNOPQRSTUV';

/** A session in replies. */
export const SESSION_VIEW = z.object({
  _id: z.string(),
  src: z.string().describe('URL of the document.'),
  status: z.enum(SESSION_STATUSES),
  configuration: z.array(z.string()).describe('Ids of the active states.'),
  data: ANY_JSON.describe('The data model.'),
  startedAt: INSTANT,
  endedAt: INSTANT.optional(),
  donedata: ANY_JSON.optional(),
  reason: z.string().optional(),
  documentHash: z.string(),
});

const QUERY: Operation = {
  summary: 'shows the state of a session',
  repeated: 'reads',
  path: { sid: SID },
  replies: { 200: replyOf('The session.', SESSION_VIEW) },
  errors: ['SESSION_NOT_FOUND', 'SESSION_SET_ASIDE'],
  examples: {
    running: {
      path: { sid: PRINTED },
      reply: {
        status: 200,
        body: {
          _id: PRINTED,
          src: 'http://localhost:8080/genesys/1/document/service_template/hello/hello.scxml',
          status: 'running',
          configuration: ['waiting'],
          data: { name: 'Ann' },
          startedAt: '2026-01-05T09:00:00.000Z',
          documentHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        },
      },
    },
  },
};

const BASIC_HTTP: Operation = {
  summary: 'sends an event as in W3C SCXML C.2',
  description: `Without the field ${EVENT_NAME_PARAMETER} the event is HTTP.<method>. A body of another type is _event.data as text.`,
  repeated: 'key',
  path: { sid: SID },
  body: {
    types: [
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json',
      'text/plain',
      '*/*',
    ],
    schema: z.union([
      z.looseObject({ [EVENT_NAME_PARAMETER]: z.string().describe('Name of the event.').optional() }),
      ANY_JSON,
    ]),
  },
  replies: { 204: { ...NO_BODY, description: 'The event is stored.' } },
  errors: ['SESSION_NOT_FOUND', 'MAILBOX_FULL', 'DATA_TOO_DEEP', 'SESSION_SET_ASIDE'],
  examples: {
    named: {
      path: { sid: PRINTED },
      body: { [EVENT_NAME_PARAMETER]: 'greet', name: 'Ann' },
      reply: { status: 204 },
    },
  },
};

const SESSION_ERRORS = [
  'SESSION_NOT_FOUND',
  'MAILBOX_FULL',
  'DATA_TOO_DEEP',
  'SESSION_SET_ASIDE',
  'ENGINE_UNAVAILABLE',
  'SESSION_ENDED',
  'STORAGE_KEY_INVALID',
] as const;

/** ors-dialect 1. */
export const ORS_DESCRIPTION: ApiDescription = {
  tag: 'Sessions',
  description: 'The session interface of Orchestration Server.',
  operations: {
    'GET /ors/help': {
      summary: 'describes the session interface',
      repeated: 'reads',
      replies: { 200: replyOf('The operations.', z.object({ operations: z.array(ANY_FIELDS) })) },
      examples: { help: { reply: { status: 200 } } },
    },
    'POST /scxml/session/start': {
      summary: 'starts a session of a document',
      repeated: 'key',
      body: {
        schema: z.looseObject({
          src: z.string().min(1).describe('URL of an SCXML document. Other fields are start parameters.'),
          idealtime: z
            .union([z.number().int().min(0), z.string().regex(/^\d{1,15}$/)])
            .describe('Milliseconds since 1970 at which the session starts; now is the default.')
            .optional(),
        }),
      },
      replies: { 200: { ...replyOf('The session.', z.object({ _id: z.string() })), headers: COOKIE } },
      errors: [
        'PARAMETER_MISSING',
        'DOCUMENT_UNREACHABLE',
        'DOCUMENT_INVALID',
        'DOCUMENT_TOO_COSTLY',
        'DOCUMENT_BLOCKED',
        'ENGINE_UNAVAILABLE',
        'QUOTA_EXCEEDED',
        'STORAGE_FULL',
      ],
      examples: {
        hello: {
          body: {
            src: 'http://localhost:8080/genesys/1/document/service_template/hello/hello.scxml',
            name: 'Ann',
          },
          reply: { status: 200, body: { _id: PRINTED } },
        },
        noDocument: {
          body: { name: 'Ann' },
          reply: {
            status: 400,
            body: {
              message: 'Expected src to be the URL of an SCXML document, got nothing.',
              exception: 'orsay.BadRequestException',
              code: 'PARAMETER_MISSING',
            },
          },
        },
      },
    },
    'POST /scxml/session/:sid/event/:name': {
      summary: 'sends an event to a session',
      repeated: 'key',
      path: { sid: SID, name: NAME },
      body: { schema: DATA },
      replies: { 200: { ...NOTHING, headers: COOKIE } },
      errors: SESSION_ERRORS,
      examples: {
        event: {
          path: { sid: PRINTED, name: 'greet' },
          body: { name: 'Ann' },
          reply: { status: 200, body: {} },
        },
      },
    },
    'POST /scxml/session/:sid/request/:name': {
      summary: 'sends a request to a session and returns its answer',
      repeated: 'key',
      path: { sid: SID, name: NAME },
      body: { schema: DATA },
      replies: { 200: { ...replyOf('The content of <ws:response>.', ANY_JSON), headers: COOKIE } },
      errors: [...SESSION_ERRORS, 'REQUEST_TIMEOUT', 'NEGATIVE_RESPONSE'],
      examples: {
        request: {
          path: { sid: PRINTED, name: 'greet' },
          body: { name: 'Ann' },
          reply: { status: 200, body: { text: 'Hello Ann' } },
        },
      },
    },
    'POST /scxml/session/:sid/basichttp': BASIC_HTTP,
    'PUT /scxml/session/:sid/basichttp': BASIC_HTTP,
    'DELETE /scxml/session/:sid/basichttp': BASIC_HTTP,
    'POST /scxml/session/:sid/terminate': {
      summary: 'terminates a session',
      repeated: 'nature, key',
      path: { sid: SID },
      replies: { 200: NOTHING },
      errors: ['SESSION_NOT_FOUND', 'SESSION_SET_ASIDE'],
      examples: { terminate: { path: { sid: PRINTED }, reply: { status: 200, body: {} } } },
    },
    'GET /scxml/session/:sid/query': QUERY,
    'POST /scxml/session/:sid/query': QUERY,
  },
};
