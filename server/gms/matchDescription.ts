import { z } from 'zod';
import { type ApiDescription, replyOf } from '../openapi/index.ts';

const NAMES = z.record(z.string(), z.string());
const TESTED = z.looseObject({}).describe('Names and the texts to test.');

/** Pattern Matcher API, and Phone Number Validation API. */
export const MATCH_DESCRIPTION: ApiDescription = {
  tag: 'Patterns',
  description: 'Pattern Matcher API and Phone Number Validation API: checks texts before they are used.',
  operations: {
    'POST /genesys/1/patterns': {
      summary: 'names the patterns that parameters match',
      repeated: 'reads',
      body: { schema: TESTED },
      replies: { 200: replyOf('The parameters that match, each with the name of its pattern.', NAMES) },
      errors: ['PATTERN_TOO_COSTLY'],
      examples: {
        generalList: {
          type: 'multipart/form-data',
          body: { param1: 'a text', param2: 'john.doe@gmail.com', param3: '911-' },
          reply: { status: 200, body: { param3: '911', param2: 'email' } },
        },
      },
    },
    'POST /genesys/1/patterns/group/:group': {
      summary: 'as before, the patterns of a group',
      repeated: 'reads',
      path: { group: z.string().describe('A group of patterns, or a service that has exceptions.') },
      body: { schema: TESTED },
      replies: { 200: replyOf('The parameters that match, each with the name of its pattern.', NAMES) },
      errors: ['PATTERN_GROUP_UNKNOWN', 'EXCEPTIONS_UNSUPPORTED', 'PATTERN_TOO_COSTLY'],
      examples: {
        group: {
          path: { group: 'patterns_def1' },
          body: { param1: 'john.doe@gmail.com', param2: 'blabla' },
          reply: { status: 200, body: { param1: 'email' } },
        },
        unknownGroup: {
          path: { group: 'patterns_def1s' },
          body: { param1: 'john.doe@gmail.com', param2: 'blabla' },
          reply: {
            status: 403,
            body: {
              message: 'Group (patterns_def1s) unknown.',
              exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
              code: 'PATTERN_GROUP_UNKNOWN',
            },
          },
        },
        withoutExceptions: {
          path: { group: 'match-interaction' },
          body: { param1: 'john.doe@gmail.com', param2: 'blabla' },
          reply: {
            status: 403,
            body: {
              message: 'Service (match-interaction) not configured to support exceptions.',
              exception: 'com.genesyslab.gsg.services.pattern.MatchPattern',
              code: 'EXCEPTIONS_UNSUPPORTED',
            },
          },
        },
      },
    },
    'GET /genesys/1/phonenumber': {
      summary: 'describes a phone number',
      repeated: 'reads',
      query: {
        number: z.string().min(1).describe('In any usual form. A + that is not encoded is understood.'),
        country: z
          .string()
          .regex(/^[A-Za-z]{2}$/)
          .describe('Two letters: where the number is, if it does not say so itself. US is the default.')
          .optional(),
        geocodingLocale: z
          .string()
          .regex(/^[A-Za-z]{2,3}$/)
          .describe('The language of the location; en is the default.')
          .optional(),
      },
      replies: {
        200: replyOf(
          'The number.',
          z.object({
            'number-specified': z.string(),
            'number-original': z.string(),
            'number-E164': z.string(),
            'number-international': z.string(),
            'number-national': z.string(),
            'number-national-short': z.string(),
            'number-type': z.string(),
            'country-code': z.number().int(),
            'country-code-source': z.enum([
              'FROM_NUMBER_WITH_PLUS_SIGN',
              'FROM_NUMBER_WITH_IDD',
              'FROM_DEFAULT_COUNTRY',
            ]),
            'country-default': z.string(),
            'region-code': z.string(),
            extension: z.string(),
            'is-possible-number': z.boolean(),
            'is-valid-number': z.boolean(),
            'is-valid-number-for-region': z.boolean(),
            'is-premium': z.boolean(),
            'italian-leading-zero': z.boolean(),
            carrier: z.string(),
            location: z.string(),
            'time-zone': z.string(),
            'language-specified': z.string(),
          }),
        ),
      },
      errors: ['PARAMETER_MISSING', 'PHONE_NUMBER_INVALID'],
      examples: {
        mobile: {
          query: { number: '0612345678', country: 'FR', geocodingLocale: 'DE' },
          reply: {
            status: 200,
            body: {
              'number-specified': '0612345678',
              'number-original': '06 12 34 56 78',
              'number-E164': '+33612345678',
              'number-international': '+33 6 12 34 56 78',
              'number-national': '06 12 34 56 78',
              'number-national-short': '612345678',
              'number-type': 'MOBILE',
              'country-code': 33,
              'country-code-source': 'FROM_DEFAULT_COUNTRY',
              'country-default': 'FR',
              'region-code': 'FR',
              extension: '',
              'is-possible-number': true,
              'is-valid-number': true,
              'is-valid-number-for-region': true,
              'is-premium': false,
              'italian-leading-zero': false,
              carrier: 'SFR',
              location: 'Frankreich',
              'time-zone': 'Europe/Paris',
              'language-specified': 'de',
            },
          },
        },
        noNumber: {
          query: { number: 'hello', country: 'FR' },
          reply: {
            status: 400,
            body: {
              message: 'Invalid Phone Number hello for Country FR (parsing impossible)',
              exception: 'com.genesyslab.gsg.GSGException',
              code: 'PHONE_NUMBER_INVALID',
            },
          },
        },
      },
    },
  },
};
