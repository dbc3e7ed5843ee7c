import { ApiError } from './apiError.ts';
import { send } from './call.ts';
import type { OperationName, ReplyOf } from './operationTypes.ts';

/** A part of the configuration. `etag`: of the state that was read, for the header If-Match of a change. */
export interface Part<T> {
  readonly value: T;
  readonly etag: string;
}

export async function readPart<Name extends OperationName>(
  name: Name,
  input: { readonly path: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Part<ReplyOf<Name>>> {
  const reply = await send(name, input);
  return { value: (await reply.json()) as ReplyOf<Name>, etag: reply.headers.get('etag') ?? '' };
}

/** The fields of a body that the server refused, with its words. Empty for another failure. */
export function refusedFields(error: Error | undefined): Readonly<Record<string, string>> {
  const problems = error instanceof ApiError ? error.details.problems : undefined;
  if (!Array.isArray(problems)) return {};
  return Object.fromEntries(
    problems.flatMap(({ field, message }: { readonly field?: unknown; readonly message?: unknown }) =>
      typeof field === 'string' && typeof message === 'string' ? [[field, message]] : [],
    ),
  );
}
