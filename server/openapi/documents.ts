import { defined } from '../../engine/ports/index.ts';
import { AUDIENCES, type Audience, type Route } from '../access/index.ts';
import { MAX_IDEMPOTENCY_KEY } from '../middleware/index.ts';
import { anyErrorReply, errorReplies, errorSchemas, errorsOf, negativeReplies } from './errorReplies.ts';
import { acceptsAbsence, jsonSchemaOf, type Part } from './jsonSchema.ts';
import {
  type ApiDescription,
  type Example,
  type Fields,
  FORM_TYPES,
  type Operation,
  type Reply,
} from './operation.ts';
import { securityOf, securitySchemes } from './securitySchemes.ts';
import { type PathTemplate, parametersOf, templatesOf } from './templates.ts';

const AUDIENCE_TAGS: Readonly<Record<Audience | 'everybody', string>> = {
  customer: 'Apps and pages of customers; other servers by HTTP Basic.',
  agent: 'Agent desktops.',
  platform: 'Other servers of the contact centre, and the documents of sessions.',
  administrator: 'Operators. Documents never reach these URLs.',
  everybody: 'Needs no credentials.',
};

const DESCRIPTION =
  'An SCXML orchestration server with the HTTP APIs of Genesys Orchestration Server and Genesys Mobile Services. ' +
  'Fields of a form may also be in the query; fields of the body have precedence.';
const LICENSE = { name: 'Apache-2.0', identifier: 'Apache-2.0' };

export interface DocumentDeps {
  /** Every route of the server. */
  readonly routes: readonly Route[];
  readonly apis: readonly ApiDescription[];
  /** Version of the package. */
  readonly version: string;
  /** URL of the server. */
  readonly baseUrl: string;
}

interface Described {
  readonly route: Route;
  readonly api: ApiDescription;
  readonly operation: Operation;
}

/** A route in the document. */
interface Entry extends Described {
  readonly template: string;
  readonly part: Part;
  /** The schemas of its own, by their names under components/schemas. */
  readonly schemas: Part;
}

/**
 * Makes the OpenAPI documents of the server: one for each set of audiences. A route without a description is
 * left out; a test finds it.
 */
export class Documents {
  readonly #deps: DocumentDeps;
  readonly #entries: readonly Entry[];

  constructor(deps: DocumentDeps) {
    this.#deps = deps;
    const templates = templatesOf(deps.routes.map(({ path }) => path));
    this.#entries = describedRoutes(deps).map((one) => entryOf(one, templates.get(one.route.path)!));
  }

  /** The document of the routes of some audiences, and of everybody. */
  for(audiences: ReadonlySet<Audience>): Part {
    const { apis, version, baseUrl } = this.#deps;
    const entries = this.#entries.filter(
      ({ route: { audience } }) => audience === 'everybody' || audiences.has(audience),
    );
    return {
      openapi: '3.1.0',
      jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
      info: { title: 'Orsay', version, description: DESCRIPTION, license: LICENSE },
      servers: [{ url: baseUrl }],
      tags: tagsOf(entries, apis),
      paths: pathsOf(entries),
      components: {
        schemas: Object.assign(errorSchemas(), ...entries.map(({ schemas }) => schemas)) as Part,
        responses: { Error: anyErrorReply() },
        securitySchemes: securitySchemes(),
      },
    };
  }
}

/** The routes that have a description, in the order of the tables of descriptions. */
export function describedRoutes({
  routes,
  apis,
}: Pick<DocumentDeps, 'routes' | 'apis'>): readonly Described[] {
  return apis.flatMap((api) =>
    Object.entries(api.operations).flatMap(([key, operation]) =>
      routes
        .filter(({ method, path }) => `${method} ${path}` === key)
        .map((route) => ({ route, api, operation })),
    ),
  );
}

function entryOf(described: Described, template: PathTemplate): Entry {
  const { route, operation } = described;
  const id = operationId(route);
  const schema = operation.body?.schema;
  return {
    ...described,
    template: template.template,
    part: operationPart(described, id, template),
    schemas: schema === undefined ? {} : { [`${id}Body`]: jsonSchemaOf(schema, 'input') },
  };
}

function pathsOf(entries: readonly Entry[]): Part {
  const paths: Record<string, Part> = {};
  for (const { template, route, part } of [...entries].sort((a, b) => (a.template < b.template ? -1 : 1))) {
    paths[template] = { ...paths[template], [route.method.toLowerCase()]: part };
  }
  return paths;
}

function tagsOf(found: readonly Described[], apis: readonly ApiDescription[]): readonly Part[] {
  const used = new Set(found.map(({ api }) => api.tag));
  const audiences = new Set(found.map(({ route }) => route.audience));
  const names = (['everybody', ...AUDIENCES] as const).filter((audience) => audiences.has(audience));
  return [
    ...apis
      .filter(({ tag }, at) => used.has(tag) && apis.findIndex((api) => api.tag === tag) === at)
      .map(({ tag, description }) => ({ name: tag, description })),
    ...names.map((name) => ({ name, description: AUDIENCE_TAGS[name] })),
  ];
}

/** `postGenesys1StorageTtl`: the method and the words of the path. */
function operationId({ method, path }: Route): string {
  const words = path.match(/[A-Za-z0-9]+/g) ?? [];
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function operationPart({ route, api, operation }: Described, id: string, template: PathTemplate): Part {
  const { summary, description, repeated } = operation;
  const parameters = parametersPart(operation, route, template);
  return defined({
    operationId: id,
    summary,
    description,
    tags: [api.tag, route.audience],
    security: securityOf(route.audience),
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: bodyPart(operation, id),
    responses: repliesPart(operation, route.audience),
    'x-audience': route.audience,
    'x-repetition': repeated,
  }) as Part;
}

function parametersPart(operation: Operation, route: Route, { names }: PathTemplate): readonly Part[] {
  const { path = {}, query = {}, headers = {}, repeated } = operation;
  const examples = Object.entries(operation.examples ?? {});
  const inPath = parametersOf(route.path).map((name) => {
    const joined = names.get(name)!;
    const part = parameterPart('path', name, {
      schema: path[name],
      examples: valuesOf(examples, 'path', name),
    });
    const meaning = [joined === name ? undefined : name, part.description].filter(
      (text) => text !== undefined,
    );
    return { ...part, name: joined, ...defined({ description: meaning.join(': ') || undefined }) };
  });
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The effect of requests with the same key happens once within a day.',
    schema: { type: 'string', maxLength: MAX_IDEMPOTENCY_KEY },
  };
  return [
    ...inPath,
    ...fieldParts('query', query, examples),
    ...fieldParts('header', headers, examples),
    ...(repeated.includes('key') ? [key] : []),
  ];
}

type Examples = readonly (readonly [name: string, example: Example])[];

function fieldParts(place: 'query' | 'header', fields: Fields, examples: Examples): readonly Part[] {
  const from = place === 'query' ? 'query' : 'headers';
  return Object.entries(fields).map(([name, schema]) =>
    parameterPart(place, name, { schema, examples: valuesOf(examples, from, name) }),
  );
}

function valuesOf(examples: Examples, from: 'path' | 'query' | 'headers', name: string): Part | undefined {
  const values = examples.flatMap(([example, { [from]: given }]) => {
    const value = given?.[name];
    return value === undefined ? [] : [[example, { value }] as const];
  });
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

function parameterPart(
  place: 'path' | 'query' | 'header',
  name: string,
  { schema, examples }: { readonly schema: Fields[string] | undefined; readonly examples: Part | undefined },
): Part {
  const { description, ...json } = schema === undefined ? { type: 'string' } : jsonSchemaOf(schema, 'input');
  const isMandatory = place === 'path' || (schema !== undefined && !acceptsAbsence(schema));
  return defined({
    name,
    in: place,
    description,
    required: isMandatory || undefined,
    schema: json,
    examples,
  }) as Part;
}

function bodyPart({ body, examples = {} }: Operation, id: string): Part | undefined {
  if (body === undefined) return undefined;
  const types = body.types ?? FORM_TYPES;
  const content = types.map((type) => {
    const own = Object.entries(examples).flatMap(
      ([name, { body: value, summary, type: given = types[0] }]) =>
        value === undefined || given !== type ? [] : [[name, defined({ summary, value })] as const],
    );
    const files = type === 'multipart/form-data' ? body.files : undefined;
    return [
      type,
      defined({
        schema: { $ref: `#/components/schemas/${id}Body` },
        encoding:
          files &&
          Object.fromEntries(Object.entries(files).map(([name, contentType]) => [name, { contentType }])),
        examples: own.length === 0 ? undefined : Object.fromEntries(own),
      }),
    ];
  });
  return defined({
    required: acceptsAbsence(body.schema) || body.schema.safeParse({}).success ? undefined : true,
    content: Object.fromEntries(content),
  }) as Part;
}

function repliesPart(operation: Operation, audience: Audience | 'everybody'): Part {
  const errors = errorReplies(errorsOf(operation, audience));
  const statuses = new Set([...Object.keys(operation.replies).map(Number), ...errors.keys()]);
  const replies = [...statuses]
    .sort((a, b) => a - b)
    .map((status) => {
      const own = operation.replies[status];
      const error = errors.get(status);
      const parts = [...(own === undefined ? [] : [replyPart(own)]), ...(error === undefined ? [] : [error])];
      return [status, withExamples(merged(parts), status, operation)];
    });
  return {
    ...Object.fromEntries(replies),
    ...(operation.errors?.includes('NEGATIVE_RESPONSE') && negativeReplies()),
    default: { $ref: '#/components/responses/Error' },
  };
}

function replyPart({ description, schema, type = 'application/json', others, headers }: Reply): Part {
  const bodies = schema && Object.entries({ [type]: schema, ...others });
  return defined({
    description,
    headers:
      headers &&
      Object.fromEntries(
        Object.entries(headers).map(([name, meaning]) => [
          name,
          { description: meaning, schema: { type: 'string' } },
        ]),
      ),
    content:
      bodies &&
      Object.fromEntries(bodies.map(([name, body]) => [name, { schema: jsonSchemaOf(body, 'output') }])),
  }) as Part;
}

/** A status may be a reply of the route and an error. */
function merged(parts: readonly Part[]): Part {
  const content: Record<string, Part> = {};
  for (const part of parts) {
    for (const [type, { schema }] of Object.entries((part.content ?? {}) as Record<string, Part>)) {
      const present = content[type]?.schema;
      content[type] = { schema: present === undefined ? schema : { anyOf: [present, schema] } };
    }
  }
  return {
    ...Object.assign({}, ...parts),
    description: parts.map(({ description }) => description).join('\n\n'),
    ...(Object.keys(content).length > 0 && { content }),
  };
}

function withExamples(part: Part, status: number, { examples = {} }: Operation): Part {
  const own = Object.entries(examples).flatMap(([name, { summary, reply }]) =>
    reply.status !== status || reply.body === undefined
      ? []
      : [[name, defined({ summary, value: reply.body })] as const],
  );
  const [type, content] = Object.entries((part.content ?? {}) as Record<string, Part>)[0] ?? [];
  if (own.length === 0 || type === undefined) return part;
  const shown = { ...content, examples: Object.fromEntries(own) };
  return { ...part, content: { ...(part.content as Part), [type]: shown } };
}
