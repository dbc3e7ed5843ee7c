import { CodedError, shortUrls } from '../../engine/ports/index.ts';

/** Causes of causes that a line shows. */
const MAX_CAUSES = 4;

/**
 * An error as a log line shows it. The message of an error that was made for a caller repeats values of their
 * request, which may be personal data: a line shows only the rest of it. Other fields of errors are left out,
 * because they may have such values too.
 */
export function errorFields(thrown: unknown, depth = 0): object {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const { code } = thrown as { readonly code?: unknown };
  const message = isForCaller(thrown) ? withoutValues(thrown.message) : shortUrls(thrown.message);
  return {
    type: thrown.name,
    ...(typeof code === 'string' && { code }),
    message,
    stack: framesOf(thrown),
    ...(thrown.cause !== undefined && depth < MAX_CAUSES && { cause: errorFields(thrown.cause, depth + 1) }),
  };
}

/** The errors of the parts, and those of the HTTP API, which name their class for clients. */
function isForCaller(error: Error): boolean {
  return error instanceof CodedError || 'exception' in error;
}

/** Messages say "Expected …, got …", and have values in quotes. */
function withoutValues(message: string): string {
  return message
    .replace(/'[^']*'/g, "'…'")
    .replace(/"[^"]*"/g, '"…"')
    .replace(/\bgot (?!['"]).*/gs, 'got …');
}

/** The first line of a stack repeats the message. */
function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
