import type { Audience } from '../access/index.ts';
import { WIRE_ERRORS, type WireErrorCode } from '../errors/index.ts';
import type { Part } from './jsonSchema.ts';
import type { Operation } from './operation.ts';

/** Every route may answer with these: they are about the server, or about any request. */
const OF_EVERY_ROUTE: readonly WireErrorCode[] = [
  'HOST_UNKNOWN',
  'TOO_MANY_REQUESTS',
  'REQUEST_TOO_SLOW',
  'HEADERS_TOO_LARGE',
  'SERVER_BUSY',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'STORE_UNAVAILABLE',
  'STORE_DAMAGED',
  'INTERNAL',
];
const OF_CALLERS: readonly WireErrorCode[] = ['UNAUTHORIZED', 'FORBIDDEN', 'ORIGIN_REFUSED'];
const OF_BODIES: readonly WireErrorCode[] = ['BODY_MALFORMED', 'BODY_TOO_LARGE', 'BODY_TYPE_UNSUPPORTED'];

/** The codes that a route may answer with, beside those of every route. */
export function errorsOf(
  { body, query, path, errors = [], repeated }: Operation,
  audience: Audience | 'everybody',
): readonly WireErrorCode[] {
  const reads = body !== undefined || query !== undefined || path !== undefined || repeated !== 'reads';
  return [
    ...new Set([
      ...(audience === 'everybody' ? [] : OF_CALLERS),
      ...(body === undefined ? [] : OF_BODIES),
      ...(reads ? (['BODY_MALFORMED', 'PARAMETER_INVALID'] as const) : []),
      ...errors,
    ]),
  ];
}

/** The schemas of errors, by their names under components/schemas. */
export function errorSchemas(): Part {
  const rows = Object.entries(WIRE_ERRORS).map(([code, { exception, message }]) => [
    nameOf(code),
    {
      description: message,
      allOf: [{ $ref: '#/components/schemas/Error' }],
      properties: { code: { const: code }, exception: { default: exception } },
    },
  ]);
  return {
    Error: {
      description: 'The body of every error. A client may decide on `code`; `message` is for people.',
      type: 'object',
      properties: {
        message: { type: 'string', description: 'Says what was expected and what came.' },
        exception: {
          type: 'string',
          description: 'The class name that the platform documents, if it documents one.',
        },
        code: { enum: Object.keys(WIRE_ERRORS) },
      },
      required: ['message', 'exception', 'code'],
    },
    ...Object.fromEntries(rows),
  };
}

/** The reply that every route may have. */
export function anyErrorReply(): Part {
  const lines = OF_EVERY_ROUTE.map(
    (code) => `- ${WIRE_ERRORS[code].status} \`${code}\`: ${WIRE_ERRORS[code].message}`,
  );
  return {
    description: `Another error. Every route may answer:\n\n${lines.join('\n')}`,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
}

/** A document chooses the status of its negative response, and the fields beside the message. */
export function negativeReplies(): Part {
  const reply = errorReply(['NEGATIVE_RESPONSE']);
  const own = { ...reply, description: `${String(reply.description)} The document may choose the status.` };
  return { '4XX': own, '5XX': own };
}

/** The replies of some errors, by status. */
export function errorReplies(codes: readonly WireErrorCode[]): ReadonlyMap<number, Part> {
  const byStatus = new Map<number, WireErrorCode[]>();
  for (const code of codes) {
    const { status } = WIRE_ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].map(([status, found]) => [status, errorReply(found)]));
}

function errorReply(codes: readonly WireErrorCode[]): Part {
  const references = codes.map((code) => ({ $ref: `#/components/schemas/${nameOf(code)}` }));
  return {
    description: codes.map((code) => `\`${code}\`: ${WIRE_ERRORS[code].message}`).join('\n\n'),
    content: {
      'application/json': { schema: references.length === 1 ? references[0] : { oneOf: references } },
    },
  };
}

function nameOf(code: string): string {
  return `Error_${code}`;
}
