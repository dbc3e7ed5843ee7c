import { z } from 'zod';
import { translateJavaPattern } from '../../../strategies/patterns/index.ts';

const patternSchema = z.string().superRefine((pattern, context) => {
  try {
    translateJavaPattern(pattern);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});
/** Patterns of all lists. Each takes up to some milliseconds when it is read. */
export const MAX_PATTERNS = 1_000;

const listSchema = z.record(z.string().min(1), patternSchema);

/**
 * The section `patterns`: named patterns of java.util.regex, in the general list or in a group. Names that
 * are whole numbers come first in the order of a list.
 */
export const patternsSchema = z
  .unknown()
  .superRefine(checkCount)
  .pipe(
    z.strictObject({
      list: listSchema.default({}),
      groups: z.record(z.string().min(1), listSchema).default({}),
    }),
  )
  .prefault({});

/** Before they are read. */
function checkCount(value: unknown, context: z.RefinementCtx): void {
  const { list, groups } = fieldsOf(value);
  const count = [list, ...Object.values(fieldsOf(groups))]
    .map((one) => Object.keys(fieldsOf(one)).length)
    .reduce((sum, length) => sum + length, 0);
  if (count <= MAX_PATTERNS) return;
  const message = `expected at most MAX_PATTERNS (${MAX_PATTERNS}) patterns in all lists, got ${count}`;
  context.addIssue({ code: 'custom', message });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
