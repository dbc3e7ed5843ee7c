import { z } from 'zod';
import { MediaType, NotificationType } from '../../strategies/notification/index.ts';
import { ANY_JSON, type ApiDescription, type Example, NO_BODY, replyOf } from '../openapi/index.ts';

const TYPE = z.enum(Object.values(NotificationType));
const PROPERTIES = z
  .record(z.string(), ANY_JSON)
  .describe('Properties of the push, such as debug.')
  .nullable()
  .optional();
const JSON_ONLY = ['application/json'];

const SUBSCRIPTION = z.looseObject({
  subscriberId: z.string().min(1),
  filter: z
    .string()
    .min(1)
    .describe('A tag, or its beginning and .*; * is every event. Customers name the tag of one service.'),
  notificationDetails: z.looseObject({
    type: TYPE.describe('How the subscriber is told.'),
    deviceId: z
      .string()
      .describe('Token of the device; httpcb: a URL; orscb: a session; comet: absent, the gms_user counts.')
      .optional(),
    properties: PROPERTIES,
  }),
  authorization: z
    .string()
    .min(1)
    .describe('Header Authorization of httpcb, without Basic.')
    .nullable()
    .optional(),
  expire: z
    .union([z.number(), z.string().regex(/\S/)])
    .describe('Seconds after which the subscription ends.')
    .nullable()
    .optional(),
  providerName: z
    .string()
    .min(1)
    .describe('Provider of the push; absent: the default one.')
    .nullable()
    .optional(),
  language: z.string().min(1).describe('Language of localized messages.').nullable().optional(),
});

const EVENT = z.looseObject({
  tag: z.string().min(1).describe('Mandatory, here or in data.content.').optional(),
  message: z
    .union([z.string(), z.record(z.string(), ANY_JSON), z.array(ANY_JSON)])
    .nullable()
    .optional(),
  mediaType: z.enum(Object.values(MediaType)).nullable().optional(),
  providerName: z.string().min(1).nullable().optional(),
  notificationDetails: z
    .looseObject({ type: TYPE.optional(), deviceId: z.string().optional(), properties: PROPERTIES })
    .describe('One device, instead of the subscribers; without type and deviceId only properties.')
    .nullable()
    .optional(),
  data: z
    .looseObject({ content: z.looseObject({}) })
    .describe('The event in data.content, as the sequence diagram of the delayed chat has it.')
    .optional(),
});

const ID = '39a98e24-b03b-4191-b756-1efe8f3b16b8';
const NOT_FOUND = 'com.genesyslab.gsg.services.notification.SubscriptionException';
const ANDROID = {
  subscriberId: '$The_subscriber_9774',
  notificationDetails: { deviceId: '9774d56d682e549c', type: 'android' },
  expire: 30,
  filter: 'ors.context.123456',
};
const SUBSCRIBE_EXAMPLES: Readonly<Record<string, Example>> = {
  url: {
    body: {
      subscriberId: 'A1',
      notificationDetails: {
        deviceId: ' http://localhost:8080/gms-web/gms/httpcb_notification/value/suffix',
        type: 'httpcb',
      },
      filter: '*',
    },
    reply: { status: 200, body: { id: ID } },
  },
  typeNotEnabled: {
    summary: 'Android devices, without a connection to FCM.',
    body: ANDROID,
    reply: {
      status: 404,
      body: {
        message: "Push of type 'android' is not enabled; comet, httpcb, orscb are.",
        exception: 'orsay.NotFoundException',
        code: 'NOT_FOUND',
      },
    },
  },
};

/** gms-api 8. */
export const PUSH_DESCRIPTION: ApiDescription = {
  tag: 'Notifications',
  description: 'Notification API: events reach the subscribers whose filter matches their tag.',
  operations: {
    'POST /genesys/1/notification/publish': {
      summary: 'delivers an event to its subscribers',
      repeated: 'key',
      body: { types: JSON_ONLY, schema: EVENT },
      replies: { 200: NO_BODY },
      errors: ['NOT_FOUND', 'NOTIFICATION_FAILED', 'QUOTA_EXCEEDED'],
      examples: {
        agentAvailable: {
          body: {
            data: {
              content: {
                message: '{"_id":"1231241234", "_action":"get-dialog-user-confirmation-provide_code-false" }',
                notificationDetails: {
                  properties: {
                    'apple.alertMessage.body': 'Agent is available. Waiting for your confirmation.',
                  },
                },
                tag: 'service.agentavailable.1231241234',
              },
            },
          },
          reply: { status: 200 },
        },
      },
    },
    'POST /genesys/1/notification/subscription': {
      summary: 'creates a subscription',
      repeated: 'key',
      body: { types: JSON_ONLY, schema: SUBSCRIPTION },
      replies: { 200: replyOf('The subscription.', z.object({ id: z.string() })) },
      errors: ['PARAMETER_MISSING', 'NOT_FOUND', 'SERVICE_NOT_FOUND', 'QUOTA_EXCEEDED'],
      examples: SUBSCRIBE_EXAMPLES,
    },
    'DELETE /genesys/1/notification/subscription/:id': {
      summary: 'removes a subscription',
      repeated: 'nature, key',
      path: { id: z.string().describe('Id of a subscription.') },
      replies: { 200: NO_BODY },
      errors: ['SUBSCRIPTION_NOT_FOUND'],
      examples: {
        delete: { path: { id: ID }, reply: { status: 200 } },
        unknown: {
          path: { id: ID },
          reply: {
            status: 404,
            body: {
              message: 'Subscription ID not found',
              exception: NOT_FOUND,
              code: 'SUBSCRIPTION_NOT_FOUND',
            },
          },
        },
      },
    },
    'DELETE /genesys/1/notification/subscription/subscriber/:subscriberId': {
      summary: 'removes the subscriptions of a subscriber',
      repeated: 'nature, key',
      path: { subscriberId: z.string().describe('Id of a subscriber.') },
      replies: { 200: NO_BODY },
      errors: ['SUBSCRIBER_NOT_FOUND'],
      examples: {
        delete: { path: { subscriberId: 'A1' }, reply: { status: 200 } },
        unknown: {
          path: { subscriberId: 'A1' },
          reply: {
            status: 404,
            body: { message: 'Subscriber ID not found', exception: NOT_FOUND, code: 'SUBSCRIBER_NOT_FOUND' },
          },
        },
      },
    },
  },
};
