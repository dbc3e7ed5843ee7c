import type { z } from 'zod';

/**
 * The message of a name that is refused says only that it is; that of a value with several allowed types says
 * only that it is wrong.
 */
export function problemMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return unionMessage(issue);
  if (issue.code !== 'invalid_key') return issue.message;
  return `${issue.issues.map(({ message }) => message).join(', ')}, got '${String(issue.path.at(-1))}'`;
}

/** Only types are shown: the value may be a secret. */
function unionMessage({ errors, message }: z.core.$ZodIssueInvalidUnion): string {
  const own = errors.flat().filter(({ path }) => path.length === 0);
  const expected = own.flatMap((one) => (one.code === 'invalid_type' ? [one.expected] : []));
  const got = own.map((one) => /received (\w+)/.exec(one.message)?.[1]).find((type) => type !== undefined);
  if (expected.length === 0 || got === undefined) return message;
  return `expected ${[...new Set(expected)].join(' or ')}, got ${got}`;
}
