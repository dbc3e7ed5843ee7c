import { z } from 'zod';
import {
  ANY_FIELDS,
  ANY_JSON,
  type ApiDescription,
  type Example,
  NOTHING,
  replyOf,
} from '../openapi/index.ts';
import { CREATE_FIELDS, RANGE_FIELDS } from './callbackSchemas.ts';

const SERVICE = z.string().describe('Name of a service of the configuration.');
const ID = z.string().describe('Id of a service.');

/** The service get answers with the status of its option. */
const OTHER_STATUS = {
  description: 'Another status, by the options _online_code and _offline_code of the service get.',
};

/** The fields that some kinds of services read. */
const START_FIELDS = CREATE_FIELDS.extend({
  _verbose: z.string().describe('true: the reply also has the URL that creates the chat.').optional(),
  _phone_number: z.string().describe("request-interaction: the customer's number.").optional(),
  _provide_code: z.string().describe('request-interaction: true for an access code.').optional(),
  _id: z.string().describe('request-access, match-interaction: id of a service.').optional(),
  ...RANGE_FIELDS,
});

const CREATE_EXAMPLES: Readonly<Record<string, Example>> = {
  chat: {
    path: { service: 'request-chat' },
    body: { _verbose: 'true' },
    reply: {
      status: 200,
      body: {
        '_chatIxnAPI-CREATE-URL': '/genesys/1/service/81f0ef4e-99dd-43ea-8366-8d27a2cbd605/ixn/chat',
        _id: '81f0ef4e-99dd-43ea-8366-8d27a2cbd605',
      },
    },
  },
  chatPoll: {
    path: { service: 'request-chat-poll' },
    body: { verbose: 'false' },
    reply: { status: 200, body: { _id: 'EKUJPKAQ197CFA6SJQKTJ03DBG00001M' } },
  },
  interaction: {
    path: { service: 'request-interaction' },
    type: 'multipart/form-data',
    body: {
      _phone_number: '6504669999',
      _provide_code: 'true',
      language: 'french',
      current_location_latitude: '48.8583',
      current_location_longitude: '2.2944',
      FileKey: 'MyPic.png',
    },
    reply: {
      status: 200,
      body: {
        _id: '39a98e24-b03b-4191-b756-1efe8f3b16b8',
        _access_number: '8003449999',
        _access_code: '7684',
        _expiration_time: '30',
      },
    },
  },
};

/** gms-api 1: create, requests of a service, delete. */
export const SERVICE_DESCRIPTION: ApiDescription = {
  tag: 'Services and their storage',
  description: 'Service API: creates services, sends them requests, and keeps their user data.',
  operations: {
    'POST /genesys/1/service/:service': {
      summary: 'creates a service; a built-in one answers at once',
      repeated: 'key',
      path: { service: SERVICE },
      body: { schema: START_FIELDS, files: { FileKey: 'image/png' } },
      replies: {
        200: replyOf(
          'The id of the service, and the answer of its document. A built-in service that is no instance has no id.',
          ANY_JSON,
        ),
        204: OTHER_STATUS,
      },
      errors: [
        'SERVICE_UNKNOWN',
        'SERVICE_NOT_FOUND',
        'SERVICE_NO_MATCH',
        'SERVICE_REQUEST_REFUSED',
        'CALLBACK_INVALID',
        'SERVICE_MISCONFIGURED',
        'ACCESS_UNAVAILABLE',
        'PARAMETER_MISSING',
        'ORS_REQUEST_FAILED',
        'NEGATIVE_RESPONSE',
        'REQUEST_TIMEOUT',
        'SESSION_ENDED',
        'QUOTA_EXCEEDED',
        'STORAGE_KEY_INVALID',
        'CALLBACK_UNAVAILABLE',
      ],
      examples: CREATE_EXAMPLES,
    },
    'GET /genesys/1/service/:service': {
      summary:
        'shows opening hours, capacity, a virtual queue, or (service `get`) whether the server takes work',
      description:
        'The services get and urs-stat, and those of office-hours and capacity. Others answer 405.',
      repeated: 'reads',
      path: { service: SERVICE },
      query: {
        ...RANGE_FIELDS,
        name: z.string().describe('urs-stat: a virtual queue.').optional(),
        tenant: z.string().describe('urs-stat: a tenant.').optional(),
        aqt: z.string().describe('urs-stat: the method of the estimate.').optional(),
      },
      replies: { 200: replyOf('As the service is built.', ANY_JSON), 204: OTHER_STATUS },
      errors: ['SERVICE_UNKNOWN', 'METHOD_NOT_ALLOWED', 'PARAMETER_MISSING', 'UNAVAILABLE'],
      examples: {
        officeHours: {
          path: { service: 'office' },
          query: { start: '2026-03-05T00:00:00.000Z', 'number-of-days': '1' },
          reply: {
            status: 200,
            body: {
              error: null,
              periods: [{ start: '2026-03-05T08:00:00.000Z', end: '2026-03-05T16:00:00.000Z' }],
            },
          },
        },
      },
    },
    'POST /genesys/1/service/:id/:request': {
      summary: 'sends a request to its session and returns the answer',
      repeated: 'key',
      path: { id: ID, request: z.string().describe('Name of a request of its document, without dots.') },
      body: {
        schema: ANY_FIELDS.describe('The data of the request; files become user data of the service.'),
      },
      replies: { 200: replyOf('The answer of the document.', ANY_JSON) },
      errors: [
        'SERVICE_NOT_FOUND',
        'SERVICE_REQUEST_REFUSED',
        'ORS_REQUEST_FAILED',
        'NEGATIVE_RESPONSE',
        'REQUEST_TIMEOUT',
        'SESSION_ENDED',
        'MAILBOX_FULL',
      ],
      examples: {
        status: {
          summary: 'Whether an agent is available, of request-chat-poll.',
          path: { id: 'EKUJPKAQ197CFA6SJQKTJ03DBG00001M', request: 'status' },
          body: {},
          reply: { status: 200, body: { status: 'available' } },
        },
      },
    },
    'GET /genesys/1/service/:id/check-queue-position': {
      summary: 'as before, for clients that send it by GET',
      repeated: 'key',
      path: { id: ID },
      replies: { 200: replyOf('The answer of the document.', ANY_JSON) },
      errors: [
        'SERVICE_NOT_FOUND',
        'ORS_REQUEST_FAILED',
        'NEGATIVE_RESPONSE',
        'REQUEST_TIMEOUT',
        'SESSION_ENDED',
        'MAILBOX_FULL',
      ],
      examples: {
        second: {
          path: { id: 'EKUJPKAQ197CFA6SJQKTJ03DBG00001M' },
          reply: {
            status: 200,
            body: {
              _position: 2,
              _eta: 'n/a',
              _total_waiting: 2,
              _agent_ready_threshold_passed: true,
              _agent_ready_threshold_passed_reason: 'eta n/a',
            },
          },
        },
      },
    },
    'DELETE /genesys/1/service/:id': {
      summary: 'removes a service',
      repeated: 'nature, key',
      path: { id: ID },
      replies: { 200: NOTHING },
      errors: ['SERVICE_NOT_FOUND'],
      examples: {
        delete: {
          path: { id: 'efef8eb61-1f24-593d-90da-0034aca34b55' },
          reply: { status: 200, body: {} },
        },
      },
    },
  },
};
