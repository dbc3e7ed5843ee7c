import { z } from 'zod';
import { translateJavaPattern } from '../../../strategies/patterns/index.ts';

const patternSchema = z.string().superRefine((pattern, context) => {
  try {
    translateJavaPattern(pattern);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});
const listSchema = z.record(z.string().min(1), patternSchema);

/**
 * The section `patterns`: named patterns of java.util.regex, in the general list or in a group. Names that
 * are whole numbers come first in the order of a list.
 */
export const patternsSchema = z
  .strictObject({
    list: listSchema.default({}),
    groups: z.record(z.string().min(1), listSchema).default({}),
  })
  .prefault({});
