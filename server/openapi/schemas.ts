import { z } from 'zod';
import type { Reply } from './operation.ts';

/** Any JSON value. */
export const ANY_JSON = z.unknown();

/** A text of a form. In JSON it may be a number or a flag. */
export const FORM_TEXT = z.union([z.string(), z.number(), z.boolean()]);

/** Fields of any names. */
export const ANY_FIELDS = z.looseObject({});

/** An instant of a reply: UTC with milliseconds. */
export const INSTANT = z.iso.datetime().meta({ examples: ['2013-05-28T15:30:00.000Z'] });

/** The reply of a route that has nothing to tell. */
export const NOTHING: Reply = { description: 'Done.', schema: z.strictObject({}) };

/** A reply without a body. */
export const NO_BODY: Reply = { description: 'Done. The reply has no body.' };

export function replyOf(description: string, schema: z.ZodType): Reply {
  return { description, schema };
}

export function bytesOf(description: string, type: string): Reply {
  return { description, type, schema: z.string().meta({ format: 'binary' }) };
}

export function textReply(description: string, type = 'text/plain'): Reply {
  return { description, type, schema: z.string() };
}
