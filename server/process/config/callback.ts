import { z } from 'zod';
import { dictionary } from '../../../engine/ports/index.ts';
import { DEFAULT_FILTER_KEYS, DEFAULT_RETURNED_KEYS } from '../../gms/index.ts';

const NAMES = /^\s*[\w.-]+\s*(,\s*[\w.-]+\s*)*$/;

const names = (initial: string) =>
  z
    .string()
    .refine((text) => text.trim() === '' || NAMES.test(text), 'expected names, separated by commas')
    .default(initial);

const limit = z
  .string()
  .regex(/^(-?\d{1,9})?$/, 'expected a whole number as text')
  .optional();

/** The section `callback`: options for all callback services, as texts. gms-8.5.2 1.2. */
export const callbackSchema = z
  .strictObject({
    'filter-keys': names(DEFAULT_FILTER_KEYS),
    'returned-keys': names(DEFAULT_RETURNED_KEYS),
    /** JSON object: the title of the column of a property in a report. */
    max_queued_callbacks_per_service: limit,
    _enable_in_queue_checking: z.enum(['', 'true', 'false', 'strict']).optional(),
    _throttle_callbacks_per_service_1: limit,
    _throttle_callbacks_per_service_2: limit,
    _throttle_ttl_1: limit,
    _throttle_ttl_2: limit,
    _throttle_request_parameters: names('').optional(),
    _throttle_request_parameters_limit: limit,
    _enable_throttle_header_parameters: z.enum(['', 'true', 'false']).optional(),
    callback_column_alias: z.string().superRefine(checkTitles).default('{}'),
  })
  .prefault({});

type CallbackConfig = z.infer<typeof callbackSchema>;

/** Its options for administrators. */
export function callbackAdminOptions(options: CallbackConfig): {
  readonly filterKeys: readonly string[];
  readonly returnedKeys: readonly string[];
  readonly titles: Readonly<Record<string, string>>;
} {
  return {
    filterKeys: namesIn(options['filter-keys']),
    returnedKeys: namesIn(options['returned-keys']),
    titles: dictionary(titlesIn(options.callback_column_alias) ?? {}),
  };
}

function namesIn(text: string): readonly string[] {
  return [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
}

function titlesIn(text: string): Readonly<Record<string, string>> | undefined {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text || '{}'));
  } catch {
    // Not JSON, or no such object: the caller reports what it expected.
    return undefined;
  }
}

function checkTitles(text: string, context: z.RefinementCtx): void {
  if (titlesIn(text) !== undefined) return;
  const message = `expected a JSON object of names and titles, got '${text.slice(0, 80)}'`;
  context.addIssue({ code: 'custom', message });
}
