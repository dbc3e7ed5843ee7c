import { z } from 'zod';
import { isTimeZone } from '../../../strategies/calendar/index.ts';
import { readCatalogue } from '../../../strategies/statistics/index.ts';

const text = z.string().min(1).max(1_000);
/** Definitions of one kind. Each costs memory for every object that is counted. */
const MAX_DEFINITIONS = 200;
/** Filters and time ranges: each is tried for every action. */
const MAX_TRIED_DEFINITIONS = 20;
/** A name in requests; keys of the store contain those of filters. */
const NAME = /^[\w .-]{1,64}$/;

const named = z.string().regex(NAME, 'expected letters, digits, blanks, and . - _');
const few = <T>(record: Readonly<Record<string, T>>): boolean =>
  Object.keys(record).length <= MAX_TRIED_DEFINITIONS;
const many = <T>(record: Readonly<Record<string, T>>): boolean =>
  Object.keys(record).length <= MAX_DEFINITIONS;
const atMost = (count: number): string => `expected at most ${count} definitions`;

/** The section `statistics`: how long the history is kept, and definitions as Stat Server has them. */
export const statisticsSchema = z
  .strictObject({
    /** Days for which the hours of the past are kept. */
    keptDays: z.number().int().min(1).max(400).default(35),
    /** Zone of the times of day of growing time profiles. */
    timeZone: z.string().refine(isTimeZone, 'expected a time zone such as Europe/Paris').default('UTC'),
    /** `<name>,<kind>` and value, as the section TimeProfiles. */
    timeProfiles: z
      .record(z.string().max(80), z.string().max(1_000))
      .refine(many, atMost(MAX_DEFINITIONS))
      .default({}),
    /** Seconds such as 0-20, as the section TimeRanges. */
    timeRanges: z.record(named, text).refine(few, atMost(MAX_TRIED_DEFINITIONS)).default({}),
    /** Conditions on user data, as the section Filters. */
    filters: z.record(named, text).refine(few, atMost(MAX_TRIED_DEFINITIONS)).default({}),
    /** Statistics, each as a section of Stat Server. */
    types: z
      .record(
        named,
        z.strictObject({
          Objects: text,
          Category: text,
          MainMask: text,
          RelMask: text.optional(),
          Subject: text.optional(),
          TimeProfile: text.optional(),
          Description: text.optional(),
        }),
      )
      .refine(many, atMost(MAX_DEFINITIONS))
      .default({}),
  })
  .superRefine((section, context) => {
    for (const { path, message } of readCatalogue(section).problems) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  })
  .prefault({});
